import type { World } from './ports/world';

/**
 * When this ledger began, epoch ms: written by the first who asks. Whoever loses a ledger loses
 * this row with it, and what began before the next one is only reported.
 */
export async function ledgerBornAt({ ledger, clock }: Pick<World, 'ledger' | 'clock'>) {
  const known = await ledger.meta.get('ledger');
  if (known !== null) return known.row.bornAt;
  const inserted = await ledger.meta.insert({ id: 'ledger', bornAt: clock.now() });
  if (inserted !== 'exists') return inserted.row.bornAt;
  return (await ledger.meta.get('ledger'))?.row.bornAt ?? clock.now();
}
