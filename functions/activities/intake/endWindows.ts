import { activationBehind } from '../../../shared/domain/grant';
import { assignmentKeyOf } from '../../../shared/domain/identity';
import type { EndHintRow } from '../../../shared/domain/hint';
import { wishClosed } from '../../../shared/domain/window/judgeRow';
import type { CloseReason, WindowRow } from '../../../shared/domain/window/windowRow';
import type { Stored } from '../../../shared/ports/ledger';
import type { Starter } from '../../../shared/ports/starter';
import type { World } from '../../../shared/ports/world';

type Ledgered = Pick<World, 'ledger' | 'clock' | 'log'>;

/** The windows of an assignment that live and began before the delete hint: what it speaks of. */
export async function windowsOf(
  { ledger }: Pick<World, 'ledger'>,
  assignmentKey: string,
  eventAt: number,
): Promise<WindowRow[]> {
  const live = (await ledger.live.list()).filter(
    ({ row }) => row.kind === 'window' && row.assignmentKey === assignmentKey,
  );
  const rows = await Promise.all(live.map(({ row }) => ledger.windows.get(row.id)));
  return rows.flatMap((stored) =>
    stored !== null && speaksOf(stored.row, eventAt) ? [stored.row] : [],
  );
}

/** Withholds the confirmation of PUTs (`at`), or gives it back (`null`), until the hint is judged. */
export async function markWindows(
  world: Ledgered,
  windows: readonly WindowRow[],
  at: number | null,
): Promise<void> {
  for (const { id } of windows) {
    await change(world, id, (row) => {
      const settled = (row.endHintAt === null) === (at === null);
      return settled || row.wish === 'closed' ? null : { ...row, endHintAt: at };
    });
  }
}

/** Wishes the window closed, and wakes somebody to see to it. The first reason stays. */
export async function closeWindow(
  world: Ledgered,
  starter: Starter,
  id: string,
  reason: CloseReason = 'deactivated',
): Promise<void> {
  const { clock, log } = world;
  const stored = await change(world, id, (row) =>
    row.wish === 'closed' || row.concludedAt !== null
      ? null
      : { ...wishClosed(row, reason, clock.now()), endHintAt: null },
  );
  if (stored === null || stored.row.concludedAt !== null) return;
  const { generation, closeReason } = stored.row;
  log.info('window.closeWished', { windowId: id, reason: closeReason, generation });
  await starter.start('accessWindow', `${id}-g${generation}`, { id, successor: 0 });
}

/**
 * After a window's row was written: a delete hint that arrived meanwhile is applied to it. Whoever
 * writes second sees the other's write, so either intake finds what the other left.
 */
export async function heedEndHint(
  world: Ledgered,
  starter: Starter,
  roleAssignmentId: string,
  windowId: string,
): Promise<void> {
  const hint = await world.ledger.endHints.get(assignmentKeyOf(roleAssignmentId));
  const stored = await world.ledger.windows.get(windowId);
  if (hint === null || stored === null || !isAbout(hint.row, stored.row)) return;
  if (hint.row.state === 'open') await markWindows(world, [stored.row], world.clock.now());
  if (hint.row.state === 'ended') await closeWindow(world, starter, windowId);
}

function isAbout(hint: EndHintRow, row: WindowRow): boolean {
  return hint.state !== 'unfounded' && speaksOf(row, hint.eventAt);
}

function speaksOf({ concludedAt, grant }: WindowRow, eventAt: number): boolean {
  const activation = activationBehind(grant.origin);
  return concludedAt === null && activation !== null && activation.startAt <= eventAt;
}

/** Replaces a row by ETag, reading it anew while others write; the row as it then stands. */
async function change(
  { ledger }: Ledgered,
  id: string,
  next: (row: WindowRow) => WindowRow | null,
): Promise<Stored<WindowRow> | null> {
  for (;;) {
    const stored = await ledger.windows.get(id);
    if (stored === null) return null;
    const row = next(stored.row);
    if (row === null) return stored;
    const written = await ledger.windows.replace(row, stored.etag);
    if (written !== 'changed') return written;
  }
}
