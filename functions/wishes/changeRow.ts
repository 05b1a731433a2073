import { Fault } from '../../shared/domain/fault';
import { isNewer, type WindowRow } from '../../shared/domain/window/windowRow';
import type { Ledger } from '../../shared/ports/ledger';

/** Others save a row a few times a second at most; this many in a row is no ordinary race. */
const attemptsMax = 20;

/**
 * Changes a window's row by ETag, from the row as it is each time: `decide` answers the row itself
 * where nothing is to be written, or why not. `null`: there is no such window. Throws `Fault` when
 * the ledger cannot be reached, or the row belongs to a newer version of the app.
 */
export async function changeRow<Refused>(
  { ledger }: { readonly ledger: Pick<Ledger, 'windows'> },
  id: string,
  decide: (row: WindowRow) => WindowRow | { readonly refused: Refused },
): Promise<
  | { readonly row: WindowRow; readonly changed: boolean }
  | { readonly row: WindowRow; readonly refused: Refused }
  | null
> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const stored = await ledger.windows.get(id);
    if (stored === null) return null;
    const { row } = stored;
    if (isNewer(row)) throw unavailable('newerSchema');
    const next = decide(row);
    if ('refused' in next) return { row, refused: next.refused };
    if (next === row) return { row, changed: false };
    const written = await ledger.windows.replace(next, stored.etag);
    if (written !== 'changed') return { row: written.row, changed: true };
  }
  throw unavailable('rowContended');
}

function unavailable(code: string): Fault {
  return new Fault(
    { kind: 'unavailable', code, status: 0, retryAfterMs: 1_000 },
    'change a window',
  );
}
