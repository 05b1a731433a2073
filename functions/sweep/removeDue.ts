import { factsOf, type FaultFacts } from '../../shared/domain/fault';
import { groupBy } from '../../shared/domain/group';
import { nowOf } from '../../shared/domain/instant';
import { reactionTo } from '../../shared/domain/reaction';
import type { Sighted, Verdict } from '../../shared/domain/sweep/judgeRule';
import type { World } from '../../shared/ports/world';
import { eachOf } from '../activities/window/eachOf';

export type Judged = { readonly sighted: Sighted; readonly verdict: Verdict };

/** NSGs worked on side by side; on one NSG one delete follows the other. */
const width = 8;
/** How often one delete is asked for within one sweep; the next sweep goes on. */
const attemptsMax = 3;
const pauseMaxMs = 15_000;

/** Deletes what has to go, the earliest deadline first. */
export async function removeDue(
  world: World,
  judged: readonly Judged[],
  tally: { deleted: number; failed: number },
): Promise<void> {
  const due = judged
    .filter(({ verdict }) => verdict.do === 'delete')
    .sort((one, other) => one.verdict.dueAt - other.verdict.dueAt);
  const byNsg = [...groupBy(due, ({ sighted }) => sighted.nsgId.toLowerCase()).values()];
  await eachOf(byNsg, width, async (inNsg) => {
    for (const one of inNsg) {
      if (await remove(world, one)) tally.deleted += 1;
      else tally.failed += 1;
    }
  });
}

/** True if the delete was accepted, or nothing was there. */
async function remove(world: World, { sighted, verdict }: Judged): Promise<boolean> {
  const { clock, log, network } = world;
  const { nsgId, ruleName } = sighted;
  const fields = { nsgId, rule: ruleName, why: verdict.why };
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await network.deleteRule(nsgId, ruleName);
      log.warn('sweep.deleted', { ...fields, absent: answer === 'absent' });
      return true;
    } catch (error) {
      const fault = factsOf(error);
      if (fault.kind === 'missing') return true;
      const { afterMs, alarm } = reactionTo(fault, 'close', attempt);
      if (!alarm && attempt < attemptsMax) {
        await clock.wait(Math.min(afterMs, pauseMaxMs));
        continue;
      }
      log.warn('sweep.deleteFailed', { ...fields, faultKind: fault.kind, azureCode: fault.code });
      alarmIfNeeded(world, sighted, verdict, fault);
      return false;
    }
  }
}

function alarmIfNeeded(
  { clock, log }: World,
  { nsgId, ruleName, rule }: Sighted,
  { deadlineAt }: Verdict,
  fault: FaultFacts,
): void {
  const fields = { nsgId, rule: ruleName, faultKind: fault.kind, azureCode: fault.code };
  const now = nowOf(clock.now(), clock.skew().skewMs);
  // A Deny that a lock keeps in place lets nobody in.
  const admits = rule?.access !== 'Deny';
  if (admits && deadlineAt !== null && now.latestMs > deadlineAt) {
    const overrunSeconds = Math.round((now.latestMs - deadlineAt) / 1000);
    log.alarm('overrun', { ...fields, overrunSeconds });
  } else if (reactionTo(fault, 'close', attemptsMax).alarm) {
    log.alarm('closeRefused', fields);
  }
}
