import { createNightMemory } from '../../../shared/ledgerMemory';
import type { Table } from '../../../shared/ports/ledger';
import type { NightLedger } from '../../../shared/ports/nightLedger';

/** The largest row that was written. */
export type LargestRow = { readonly table: string; readonly id: string; readonly kib: number };

/** A ledger in memory that knows the largest row it was ever given. */
export function createMeasuredLedger(): { ledger: NightLedger; largest(): LargestRow } {
  let most: LargestRow = { table: '', id: '', kib: 0 };
  const measured = <Row extends { readonly id: string }>(
    table: string,
    inner: Table<Row>,
  ): Table<Row> => {
    const measure = (row: Row): void => {
      // A table keeps texts as UTF-16: two bytes for each character of the JSON.
      const kib = (2 * JSON.stringify(row).length) / 1_024;
      if (kib > most.kib) most = { table, id: row.id, kib };
    };
    return {
      ...inner,
      insert: (row) => {
        measure(row);
        return inner.insert(row);
      },
      replace: (row, etag) => {
        measure(row);
        return inner.replace(row, etag);
      },
    };
  };
  const memory = createNightMemory();
  const ledger: NightLedger = {
    remediations: measured('remediations', memory.remediations),
    remediationsLive: measured('remediationsLive', memory.remediationsLive),
    remediationBatches: measured('remediationBatches', memory.remediationBatches),
    standings: measured('standings', memory.standings),
    remediationScopes: measured('remediationScopes', memory.remediationScopes),
  };
  return { ledger, largest: () => most };
}
