import type { RemediationRow } from '../../shared/domain/remediation/remediationRow';
import { isOver } from '../../shared/domain/remediation/remediationRow';
import type { RemediatorWorld } from '../../shared/ports/remediatorWorld';

/**
 * Puts a run into the ledger: first among those that live, then its row, so that no run is there
 * that nobody works on. `exists`: it was there, at its end or not.
 */
export async function beginRun(
  { ledger }: Pick<RemediatorWorld, 'ledger'>,
  row: RemediationRow,
): Promise<'begun' | 'exists'> {
  const { id, createdAt } = row;
  const known = await ledger.remediations.get(id);
  if (known !== null && isOver(known.row)) return 'exists';
  await ledger.remediationsLive.insert({ id, createdAt });
  const inserted = await ledger.remediations.insert(row);
  return inserted === 'exists' ? 'exists' : 'begun';
}

/** Notes in a run that another start came for it. */
export async function mergeStart(world: RemediatorWorld, id: string): Promise<void> {
  await changeRun(world, id, (row) => ({ ...row, merged: row.merged + 1 }));
}

const turnsMax = 20;

/**
 * Changes a run's row, whoever else writes to it at the same time. `change` answers the row itself
 * where there is nothing to change. `null`: there is no such run.
 */
export async function changeRun(
  { ledger }: Pick<RemediatorWorld, 'ledger'>,
  id: string,
  change: (row: RemediationRow) => RemediationRow,
): Promise<RemediationRow | null> {
  for (let turn = 0; turn < turnsMax; turn++) {
    const stored = await ledger.remediations.get(id);
    if (stored === null) return null;
    const changed = change(stored.row);
    if (changed === stored.row) return changed;
    const written = await ledger.remediations.replace(changed, stored.etag);
    if (written !== 'changed') return written.row;
  }
  throw new Error('A row changed twenty times while it was written.');
}
