import { vouchedUntil, withVoucher } from '../../../shared/domain/window/voucher';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { World } from '../../../shared/ports/world';

/** The row with a voucher for what it says now. Whoever calls has judged it by policy just before. */
export function vouchFor(
  { opening, deployment, clock }: Pick<World, 'opening' | 'deployment' | 'clock'>,
  row: WindowRow,
): WindowRow {
  if ('faults' in opening) throw new Error('Nothing is vouched for while openings are off.');
  return withVoucher(row, vouchedUntil(row), clock.now(), deployment, opening.signer);
}
