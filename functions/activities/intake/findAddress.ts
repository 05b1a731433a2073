import { isGuid, sameArmId } from '../../../shared/domain/armId';
import type { AddressHintRow, HintRow } from '../../../shared/domain/hint';
import { addressWaitMs } from '../../../shared/domain/intake/pace';
import { confirmsAddress } from '../../../shared/domain/intake/confirmsAddress';
import type { ScheduleRequest } from '../../../shared/ports/directory';
import type { Stored } from '../../../shared/ports/ledger';
import type { World } from '../../../shared/ports/world';
import type { Activation } from './judgeLook';

/** What is known of the address that somebody activated the role from. */
export type FoundAddress =
  | { readonly kind: 'found'; readonly address: string; readonly request: ScheduleRequest }
  /** Not yet: the request's event may be on its way. */
  | { readonly kind: 'wait'; readonly forMs: number }
  | { readonly kind: 'none' };

/** Forged hints cost a read each; beyond these the oldest are not looked at. */
const candidatesMax = 5;
const keptMs = 3_600_000;
/** One look does not clean up after a storm by itself. */
const forgottenMax = 20;

/**
 * The address of the activation's own request: remembered from an event, and counted only if
 * Resource Manager knows a request of that name, by that person, made at that time, which this
 * activation came out of.
 */
export async function findAddress(
  { ledger, directory, clock }: World,
  hint: HintRow,
  activation: Activation,
): Promise<FoundAddress> {
  const stored = await ledger.addresses.list();
  await forgetOld({ ledger, clock }, stored);
  const rows = stored.map(({ row }) => row);
  for (const row of candidates(rows, activation)) {
    const request = await directory.readScheduleRequest(row.scope, row.requestName);
    if (request !== null && confirmsAddress(row, request, activation.instance)) {
      return { kind: 'found', address: row.address, request };
    }
  }
  // What reconcile found is told late: the wait began with the activation itself.
  const since = hint.from === 'reconcile' ? activation.origin.startAt : hint.receivedAt;
  const waitMs = Math.min(since + addressWaitMs - clock.now(), addressWaitMs);
  // Short pauses: the address usually comes a second or two before or after the assignment.
  return waitMs > 0 ? { kind: 'wait', forMs: Math.min(waitMs, 3_000) } : { kind: 'none' };
}

/** Addresses are personal data, and after an hour no activation can use one any more. */
async function forgetOld(
  { ledger, clock }: Pick<World, 'ledger' | 'clock'>,
  stored: readonly Stored<AddressHintRow>[],
): Promise<void> {
  const old = stored.filter(({ row }) => clock.now() - row.receivedAt > keptMs);
  for (const { row, etag } of old.slice(0, forgottenMax)) {
    await ledger.addresses.remove(row.id, etag);
  }
}

/** Hints of this person at this scope; the one named like the schedule first, then the newest. */
function candidates(
  rows: readonly AddressHintRow[],
  { asker, instance }: Activation,
): readonly AddressHintRow[] {
  const named = ({ requestName }: AddressHintRow): number =>
    requestName === instance.scheduleName ? 0 : 1;
  return rows
    .filter((row) => !row.void && isGuid(row.requestName))
    .filter(({ objectId, scope }) => objectId === asker.personId && sameArmId(scope, asker.scope))
    .sort((one, other) => named(one) - named(other) || other.receivedAt - one.receivedAt)
    .slice(0, candidatesMax);
}
