import { factsOfRow } from '../../../shared/domain/audit/rowFacts';
import { isOlder, type LiveRow } from '../../../shared/domain/live';
import type { Policy } from '../../../shared/domain/policy/policy';
import { refusal, type Refusal } from '../../../shared/domain/refusal';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import { noteWindow } from '../../../shared/notices/noteOwing';
import { mayRecord } from '../../../shared/mustRecord';
import type { World } from '../../../shared/ports/world';
import { unbookedLive } from './keepLive';

/** The row that waits, whoever wrote it; or why there may be no more of them. */
type Waiting =
  | { readonly kind: 'granted'; readonly row: WindowRow }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * Writes a request that waits for a second person: live row, count, row. Nothing is planned, booked
 * or started: reconcile sees to its end if nobody says anything. Sent twice it is one. Throws `Fault`.
 */
export async function awaitApproval(
  world: World,
  { caps }: Policy,
  row: WindowRow,
): Promise<Waiting> {
  const { ledger, log } = world;
  const known = await ledger.windows.get(row.id);
  if (known !== null) return { kind: 'granted', row: known.row };
  const self: LiveRow = { ...unbookedLive(row, row.createdAt), kind: 'waiting' };
  await ledger.live.insert(self);
  const waiting = (await ledger.live.list()).map((one) => one.row).filter(isWaiting);
  const older = waiting.filter((one) => one.id !== self.id && isOlder(one, self));
  const own = older.filter(({ personId }) => personId === self.personId);
  if (own.length >= caps.windowsPerPerson || older.length >= caps.windows) {
    return refuse(world, self, Math.min(caps.windowsPerPerson, own.length));
  }
  if ((await ledger.windows.insert(row)) === 'exists') {
    const other = await ledger.windows.get(row.id);
    if (other === null) throw new Error('A row that was there is gone.');
    return { kind: 'granted', row: other.row };
  }
  await keepWaiting(world, self);
  // Its end is told also where it never opens.
  await noteWindow(world, row.id);
  await mayRecord(world, row, factsOfRow(row, row.createdAt));
  log.info('window.awaitingApproval', {
    windowId: row.id,
    personId: row.grant.person.objectId,
    policyRule: row.grant.policyRule,
    groups: row.approval?.groups,
    expiresAt: new Date(row.approval?.expiresAt ?? 0).toISOString(),
  });
  return { kind: 'granted', row };
}

function isWaiting({ kind }: LiveRow): boolean {
  return kind === 'waiting';
}

/** The same call may be counted twice, and refused only once: whose row stands keeps its live row. */
async function keepWaiting({ ledger }: World, self: LiveRow): Promise<void> {
  const stored = await ledger.live.get(self.id);
  if (stored === null) await ledger.live.insert(self);
  else await ledger.live.replace(stored.row, stored.etag);
}

async function refuse({ ledger }: World, { id }: LiveRow, cap: number): Promise<Waiting> {
  const stored = await ledger.live.get(id);
  const row = (await ledger.windows.get(id))?.row;
  if (row !== undefined) return { kind: 'granted', row };
  if (stored !== null) await ledger.live.remove(id, stored.etag);
  return { kind: 'refused', refusal: refusal('requestsWaiting', { cap }) };
}
