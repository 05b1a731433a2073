import { factsOf } from '../../shared/domain/fault';
import type { PlacementTarget, WindowRow } from '../../shared/domain/window/windowRow';
import type { TargetRow } from '../../shared/ports/inventory';
import type { ReconcileRun } from './reconcileRun';
import { turnOf } from './turnOf';

/** Windows that nobody wishes closed. */
export function openRows(rows: readonly WindowRow[]): WindowRow[] {
  return rows.filter(({ wish, closingAt }) => wish === 'open' && closingAt === null);
}

/** Every machine that a window's rules lead to, once. */
export function targetsOf({ placements }: WindowRow): PlacementTarget[] {
  const targets = new Map<string, PlacementTarget>();
  for (const target of placements.flatMap((placement) => placement.targets)) {
    targets.set(`${target.vmId}|${target.nicId}`.toLowerCase(), target);
  }
  return [...targets.values()];
}

/** The machines of these windows as the index has them, by lower-case id; `null`: no answer. */
export type Machines = ReadonlyMap<string, readonly TargetRow[]> | null;

/** Hundred machines are one query; more of them than this are not asked about in one run. */
const machinesMax = 1_000;

/** One question for all windows, instead of reads of each machine. Never throws for a fault. */
export async function readMachines(
  { world, tally, memory }: ReconcileRun,
  rows: readonly WindowRow[],
): Promise<Machines> {
  const ids = [...new Set(rows.flatMap((row) => targetsOf(row).map(({ vmId }) => vmId)))];
  if (ids.length === 0) return new Map();
  const asked = turnOf(ids, machinesMax, memory.runs);
  tally.queries += Math.ceil(asked.length / 100);
  try {
    // What the index does not know at all is in the map as well, with nothing behind it.
    const machines = new Map<string, TargetRow[]>(asked.map((id) => [id.toLowerCase(), []]));
    for (const row of await world.inventory.listMachines(asked)) {
      machines.get(row.vmId.toLowerCase())?.push(row);
    }
    return machines;
  } catch (error) {
    const { kind, code } = factsOf(error);
    tally.failed += 1;
    world.log.warn('reconcile.machinesFailed', { faultKind: kind, azureCode: code });
    return null;
  }
}
