import { askToClose } from '../../functions/wishes/askToClose';
import { askToExtend } from '../../functions/wishes/askToExtend';
import { carryOut } from '../../functions/wishes/carryOut';
import { Fault } from '../../shared/domain/fault';
import type { World } from '../../shared/ports/world';
import type { Simulation } from '../support/simulatedAzure';
import { starterOf } from '../support/starterOf';
import type { Boundaries } from './boundaries';

/** A wish as a door would bring it: one invocation of the app, which may die like any other. */
export async function ask(
  {
    boundaries,
    world,
    simulation,
  }: { boundaries: Boundaries; world: World; simulation: Simulation },
  {
    windowId,
    untilMs,
    startLost = false,
  }: { windowId: string; untilMs: number | null; startLost?: boolean },
  accepted: () => void,
): Promise<void> {
  const by = { by: 'somebody', reason: 'the simulation asks' };
  const name = untilMs === null ? 'askToClose' : 'askToExtend';
  const place = { kind: 'trigger', name, subject: windowId, input: untilMs } as const;
  try {
    await boundaries.cross(place, async () => {
      const answer =
        untilMs === null
          ? await askToClose(world, windowId, by)
          : await askToExtend(world, windowId, { ...by, until: untilMs });
      if (answer.kind === 'accepted') accepted();
      if (!startLost) await carryOut(world, starterOf(simulation), answer);
    });
  } catch (error) {
    // Whoever asked gets an error and asks again, or not.
    if (!(error instanceof Fault)) throw error;
  }
}
