import { factsOf } from '../../../shared/domain/fault';
import type { NightRun } from './nightRun';

const waitMsMax = 15_000;
const refusalsMax = 20;

/**
 * One question to the index, once its count allows it; where it says that it has too many, the
 * question waits and comes again. Throws `Fault` for everything else.
 */
export async function askIndex<Answer>(run: NightRun, ask: () => Promise<Answer>): Promise<Answer> {
  const { pace, clock } = run.world;
  for (let refusals = 0; ; refusals++) {
    for (let pause = pace.queryPauseMs(); pause > 0; pause = pace.queryPauseMs()) {
      await clock.wait(Math.min(pause, waitMsMax));
    }
    run.count('queries');
    try {
      return await ask();
    } catch (error) {
      const { kind, retryAfterMs } = factsOf(error);
      if (kind !== 'throttled' || refusals >= refusalsMax || run.isLost) throw error;
      await clock.wait(Math.min(retryAfterMs ?? waitMsMax, waitMsMax));
    }
  }
}
