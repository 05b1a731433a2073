import { factsOf } from '../../shared/domain/fault';
import type { Table } from '../../shared/ports/ledger';
import type { NightLedger } from '../../shared/ports/nightLedger';
import type { Clock } from '../../shared/ports/world';

const pausesMs = [500, 1_000, 2_000, 4_000] as const;

/**
 * The same ledger, which asks again where storage does not answer: a night is long, and a glitch
 * must not end what is under way. A write that is sent again may come back as `changed` or `exists`
 * although it was ours, as everywhere: callers look then.
 */
export function patientLedger(ledger: NightLedger, clock: Pick<Clock, 'wait'>): NightLedger {
  return {
    remediations: patientTable(ledger.remediations, clock),
    remediationsLive: patientTable(ledger.remediationsLive, clock),
    remediationBatches: patientTable(ledger.remediationBatches, clock),
    standings: patientTable(ledger.standings, clock),
    remediationScopes: patientTable(ledger.remediationScopes, clock),
  };
}

function patientTable<Row extends { readonly id: string }>(
  table: Table<Row>,
  clock: Pick<Clock, 'wait'>,
): Table<Row> {
  const patiently =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      for (const pause of pausesMs) {
        try {
          return await call(...args);
        } catch (error) {
          if (!isPassing(error)) throw error;
          await clock.wait(pause);
        }
      }
      return call(...args);
    };
  return {
    insert: patiently((row) => table.insert(row)),
    get: patiently((id) => table.get(id)),
    replace: patiently((row, etag) => table.replace(row, etag)),
    remove: patiently((id, etag) => table.remove(id, etag)),
    list: patiently(() => table.list()),
  };
}

function isPassing(error: unknown): boolean {
  return ['unavailable', 'throttled', 'busy'].includes(factsOf(error).kind);
}
