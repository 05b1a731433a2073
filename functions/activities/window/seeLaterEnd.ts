import { subscriptionOf } from '../../../shared/domain/armId';
import { factsOf } from '../../../shared/domain/fault';
import { ceilingOf, isRefused } from '../../../shared/domain/window/ceiling';
import {
  endLookFailed,
  followActivation,
  isEndLookTime,
} from '../../../shared/domain/window/extendRow';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { World } from '../../../shared/ports/world';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import { endAmong } from './gather';
import type { Run } from './run';

/**
 * Shortly before no PUT may be sent any more: does the activation end later by now? Then the window
 * follows it, as far as policy allows. One question; without an answer it is asked again in time.
 * Whatever goes wrong here must not keep anybody from closing, so nothing is thrown.
 */
export async function seeLaterEnd({ world }: Run, row: WindowRow): Promise<WindowRow> {
  if (!isEndLookTime(row, nowOfWorld(world))) return row;
  // While a delete hint is judged, no list says that the activation stands.
  if (row.endHintAt !== null) return endLookFailed(row, nowOfWorld(world));
  // A later end is an opening's question: it has no claim on what closes may need.
  if (heldBackMs(world, row) > 0) return endLookFailed(row, nowOfWorld(world));
  try {
    return await askPim(world, row);
  } catch (error) {
    const { kind, code } = factsOf(error);
    world.log.warn('window.endLookFailed', { windowId: row.id, faultKind: kind, azureCode: code });
    return endLookFailed(row, nowOfWorld(world));
  }
}

function heldBackMs({ budget }: World, { grant }: WindowRow): number {
  const { origin } = grant;
  return origin.kind === 'activation' ? budget.pauseMs(subscriptionOf(origin.scope)) : 0;
}

async function askPim(world: World, row: WindowRow): Promise<WindowRow> {
  const { origin } = row.grant;
  const { opening, directory } = world;
  const ceiling = 'policy' in opening ? ceilingOf(opening.policy, row, nowOfWorld(world)) : null;
  const isPossible =
    ceiling !== null && !isRefused(ceiling) && ceiling.policyEndAt >= (row.until ?? 0) + 1_000;
  if (!isPossible || origin.kind !== 'activation') return { ...row, endLookAt: null };
  const { instances } = await directory.listInstances(origin.scope, origin.principalId);
  return followActivation(
    row,
    endAmong(instances, row) ?? 0,
    ceiling.policyEndAt,
    nowOfWorld(world),
  );
}
