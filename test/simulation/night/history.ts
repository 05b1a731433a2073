import type { VirtualMachineSeed } from '../../../local/estateMachine';
import type { BatchRow } from '../../../shared/domain/remediation/batchRow';
import type { RemediationRow } from '../../../shared/domain/remediation/remediationRow';
import type { StandingRow } from '../../../shared/domain/remediation/standing';

/** A VM from a time on; `null`: it is not there. */
export type MachineState = { readonly atMs: number; readonly seed: VirtualMachineSeed | null };

export type WriteKind = 'identity' | 'extension' | 'stray';

/** A write as Resource Manager received it. */
export type NightWrite = {
  readonly atMs: number;
  readonly kind: WriteKind;
  readonly method: string;
  /** Lower case, and so is the VM's id. */
  readonly path: string;
  readonly vmId: string;
  readonly status: number;
  readonly outcome: 'succeeded' | 'failed' | 'canceled' | null;
  readonly effectiveAtMs: number | null;
  readonly body: unknown;
  /** What stood there when it was received. */
  readonly before: unknown;
  readonly after: unknown;
};

/** A write, or a read of one VM, as it left the app. */
export type SentRequest = {
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly vmId: string;
  /** Which worker sent it, and in which of its lives. */
  readonly worker: string;
  /** What the app was answered; `null`: nothing. */
  status: number | null;
  answeredMs: number | null;
};

/** A row as the ledger took it, whether or not anybody heard of that. */
export type StoredRow<Row> = { readonly atMs: number; readonly row: Row };

/** A message as a worker took it, and what it said of it. */
export type TakenAsk = { readonly atMs: number; readonly message: unknown; readonly taken: string };

/** All that a night is judged by. Rows are what the app wrote; everything else is the world. */
export type NightHistory = {
  /** By VM id in lower case, in the order of time; the first from the beginning. */
  readonly machines: ReadonlyMap<string, readonly MachineState[]>;
  readonly writes: readonly NightWrite[];
  readonly sent: readonly SentRequest[];
  readonly batches: readonly StoredRow<BatchRow>[];
  readonly runs: readonly StoredRow<RemediationRow>[];
  readonly removedRuns: readonly string[];
  /** Rows of VMs that failed, as they were stored; `null`: taken away. */
  readonly standings: readonly StoredRow<{ id: string; row: StandingRow | null }>[];
  readonly asks: readonly TakenAsk[];
  /** Runs that were still to be worked on when all should have been at rest; `null`: nobody asked. */
  readonly liveAtRest: readonly string[] | null;
};

/** Every state that a VM had at some moment between two times. */
export function statesWithin(
  { machines }: Pick<NightHistory, 'machines'>,
  vmId: string,
  fromMs: number,
  toMs: number,
): (VirtualMachineSeed | null)[] {
  const all = machines.get(vmId) ?? [];
  return all
    .filter(({ atMs }, at) => atMs <= toMs && (all[at + 1]?.atMs ?? Infinity) >= fromMs)
    .map(({ seed }) => seed);
}
