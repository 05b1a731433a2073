import type { EndHintRow, HintRow } from '../../../shared/domain/hint';
import { activationBehind } from '../../../shared/domain/grant';
import { assignmentKeyOf } from '../../../shared/domain/identity';
import { endsSooner } from '../../../shared/domain/intake/endsSooner';
import { stillListed } from '../../../shared/domain/intake/findInstance';
import { endAnswersMax, endLookMs, goneLookMs } from '../../../shared/domain/intake/pace';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { Instance } from '../../../shared/ports/directory';
import type { Stored } from '../../../shared/ports/ledger';
import type { Starter } from '../../../shared/ports/starter';
import type { World } from '../../../shared/ports/world';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import { closeWindow, markWindows, windowsOf } from './endWindows';
import { queue } from './queue';
import { again, end } from './verdict';
import type { Verdict } from './verdict';

/**
 * Is the activation that a delete hint speaks of really gone? The point query that justified the
 * window must lack it twice in a row. A list that is stale for half a minute closes nothing, and
 * a forged hint closes nothing ever; but while the question is open no PUT is confirmed.
 */
export async function judgeEnd(world: World, starter: Starter, hint: HintRow): Promise<Verdict> {
  const key = assignmentKeyOf(hint.roleAssignmentId);
  const stored = await openEndHint(world, key, hint);
  if (stored === null) return again(1_000, hint.lacks);
  const { state, eventAt } = stored.row;
  const windows = await windowsOf(world, key, eventAt);
  if (state === 'ended') return closeAll(world, starter, hint, windows);
  if (state === 'unfounded') return giveBack(world, windows);

  // With a window to close the question is a close's; without one nobody waits for its answer.
  const queued = windows.length === 0 ? queue(world, hint) : null;
  if (queued !== null) return queued;
  await markWindows(world, windows, world.clock.now());
  if (await isListed(world, hint, windows, eventAt)) {
    const shown = Math.max(-hint.lacks, 0) + 1;
    if (shown < endAnswersMax) return again(endLookMs, -shown);
    if (!(await settle(world, stored, 'unfounded'))) return again(1_000, hint.lacks);
    return giveBack(world, windows);
  }
  if (hint.lacks < 1) return again(hint.from === 'reconcile' ? goneLookMs : endLookMs, 1);
  if (!(await settle(world, stored, 'ended'))) return again(1_000, hint.lacks);
  // Read anew: a window may have been granted since.
  return closeAll(world, starter, hint, await windowsOf(world, key, eventAt));
}

/**
 * Opens the question, or opens it again for a newer hint. An answer that stands already is kept
 * for a hint no newer than it, so that the same hint run again ends as before. `null`: somebody
 * else wrote meanwhile.
 */
async function openEndHint(
  { ledger, clock }: World,
  id: string,
  { eventAt, lacks }: HintRow,
): Promise<Stored<EndHintRow> | null> {
  const row: EndHintRow = { id, eventAt, receivedAt: clock.now(), state: 'open' };
  const inserted = await ledger.endHints.insert(row);
  if (inserted !== 'exists') return inserted;
  const stored = await ledger.endHints.get(id);
  if (stored === null || stored.row.state === 'open') {
    return stored === null || stored.row.eventAt >= eventAt
      ? stored
      : written(await ledger.endHints.replace({ ...stored.row, eventAt }, stored.etag));
  }
  // A hint that was called unfounded may be true by now: one that nobody has asked about yet is asked about.
  const isNew = stored.row.eventAt < eventAt || (stored.row.state === 'unfounded' && lacks === 0);
  if (!isNew) return stored;
  const reopened = { ...row, eventAt: Math.max(eventAt, stored.row.eventAt) };
  return written(await ledger.endHints.replace(reopened, stored.etag));
}

/** The point query: by the person of a window, else by the person of the assignment if it is there. */
async function isListed(
  world: World,
  { roleAssignmentId, from }: HintRow,
  windows: readonly WindowRow[],
  eventAt: number,
): Promise<boolean> {
  const { directory } = world;
  const [known] = windows;
  const asked =
    known === undefined
      ? await directory.readRoleAssignment(roleAssignmentId)
      : activationBehind(known.grant.origin);
  if (asked === null || asked.scope === '/') return false;
  const { instances } = await directory.listInstances(asked.scope, asked.principalId);
  const now = nowOfWorld(world);
  const [window] = windows;
  // Reconcile also asks where PIM has made the end an earlier one than the window's.
  const isEnding = (one: Instance) =>
    from === 'reconcile' && window !== undefined && endsSooner(one, window, now);
  const standing = instances.filter((one) => !isEnding(one));
  return stillListed(standing, roleAssignmentId, eventAt, now);
}

async function settle(
  { ledger }: World,
  { row, etag }: Stored<EndHintRow>,
  state: EndHintRow['state'],
): Promise<boolean> {
  return (await ledger.endHints.replace({ ...row, state }, etag)) !== 'changed';
}

async function closeAll(
  world: World,
  starter: Starter,
  { from }: HintRow,
  windows: readonly WindowRow[],
): Promise<Verdict> {
  const reason = from === 'reconcile' ? 'activationGone' : 'deactivated';
  for (const { id } of windows) await closeWindow(world, starter, id, reason);
  return end('ended', windows[0]?.id ?? null);
}

async function giveBack(world: World, windows: readonly WindowRow[]): Promise<Verdict> {
  await markWindows(world, windows, null);
  return end('unfounded', windows[0]?.id ?? null);
}

function written(answer: Stored<EndHintRow> | 'changed'): Stored<EndHintRow> | null {
  return answer === 'changed' ? null : answer;
}
