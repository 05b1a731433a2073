import { hashId } from '../../shared/domain/identity';
import type { AddressHintRow } from '../../shared/domain/hint';
import type { AddressHint } from '../../shared/domain/intake/parseHint';
import type { World } from '../../shared/ports/world';

type Ledgered = Pick<World, 'ledger' | 'log' | 'clock'>;

/** The key of a request's address row. */
export function addressKeyOf(requestName: string): string {
  return hashId(`address|${requestName.toLowerCase()}`);
}

/**
 * Remembers where a request came from. The first hint under a name wins; a different second one
 * voids both, because one of the two is a lie and we cannot know which.
 */
export async function rememberAddress(
  { ledger, log, clock }: Ledgered,
  { requestName, scope, objectId, address, eventAt }: AddressHint,
): Promise<'addressKept' | 'addressVoided'> {
  const id = addressKeyOf(requestName);
  const receivedAt = clock.now();
  const row: AddressHintRow = {
    id,
    requestName,
    scope,
    objectId,
    address,
    eventAt,
    receivedAt,
    void: false,
  };
  if ((await ledger.addresses.insert(row)) !== 'exists') {
    log.info('address.kept', { request: requestName, objectId });
    return 'addressKept';
  }
  const outcome = await voidUnless({ ledger }, id, (first) => isSame(first, row));
  if (outcome === 'addressVoided') log.warn('address.voided', { request: requestName, objectId });
  return outcome;
}

/**
 * A cancelled request names no address any more. The row stays, voided, so that neither the
 * request's own event, delivered late, nor a forged one brings it back.
 */
export async function forgetAddress(
  { ledger, log, clock }: Ledgered,
  { requestName, scope }: { readonly requestName: string; readonly scope: string },
): Promise<'forgotten'> {
  const id = addressKeyOf(requestName);
  const receivedAt = clock.now();
  const nobody = { objectId: '', address: '', eventAt: receivedAt };
  const row: AddressHintRow = { id, requestName, scope, receivedAt, void: true, ...nobody };
  if ((await ledger.addresses.insert(row)) === 'exists') {
    await voidUnless({ ledger }, id, () => false);
  }
  log.info('address.forgotten', { request: requestName });
  return 'forgotten';
}

async function voidUnless(
  { ledger }: Pick<Ledgered, 'ledger'>,
  id: string,
  keep: (row: AddressHintRow) => boolean,
): Promise<'addressKept' | 'addressVoided'> {
  // Somebody else may be writing the same row: read again until our write, or theirs, has settled it.
  for (;;) {
    const stored = await ledger.addresses.get(id);
    if (stored === null) return 'addressKept';
    if (stored.row.void) return 'addressVoided';
    if (keep(stored.row)) return 'addressKept';
    const written = await ledger.addresses.replace({ ...stored.row, void: true }, stored.etag);
    if (written !== 'changed') return 'addressVoided';
  }
}

function isSame(one: AddressHintRow, other: AddressHintRow): boolean {
  return (
    one.address === other.address &&
    one.objectId === other.objectId &&
    one.scope.toLowerCase() === other.scope.toLowerCase()
  );
}
