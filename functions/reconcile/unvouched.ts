import { isVouched } from '../../shared/domain/window/voucher';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import { closeWindow } from '../activities/intake/endWindows';
import { eachApart } from './eachApart';
import type { ReconcileRun } from './reconcileRun';

const width = 8;

/**
 * Windows on a claim or an approval whose row is not what was signed: closed, with the alarm. What
 * waits is looked at as well, so that nobody approves what somebody else has written. Nothing is
 * asked of Azure; whether policy still grants them is asked with all others. Never throws for a
 * fault.
 */
export async function endUnvouched(run: ReconcileRun, rows: readonly WindowRow[]): Promise<void> {
  const { world, starter } = run;
  const forged = rows.filter((row) => isOnPaper(row) && !isSound(run, row));
  const event = 'reconcile.voucherFailed';
  await eachApart(run, forged, { width, event, name: ({ id }) => ({ windowId: id }) }, (row) =>
    closeWindow(world, starter, row.id, 'voucherInvalid'),
  );
}

function isOnPaper({ grant, voucher, approval }: WindowRow): boolean {
  return grant.origin.kind === 'claim' || voucher !== undefined || approval !== undefined;
}

function isSound({ world }: ReconcileRun, row: WindowRow): boolean {
  const { deployment, verifier } = world;
  return isVouched(row, deployment, verifier);
}
