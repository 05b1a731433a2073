import type { Entry } from './entry';

/**
 * Some VMs of one subscription in one run: what is saved together. A row holds few enough of them
 * for an entity of a table, and there are few enough rows for 50,000 VMs.
 */
export type BatchRow = {
  readonly schema: 1;
  /** `<run>-b00042`. */
  readonly id: string;
  readonly runId: string;
  readonly number: number;
  /** Lower case. */
  readonly subscriptionId: string;
  readonly entries: readonly Entry[];
};

/** VMs in a batch. */
export const batchSize = 40;

/** Id of a batch's row. */
export function batchId(runId: string, number: number): string {
  return `${runId}-b${String(number).padStart(5, '0')}`;
}
