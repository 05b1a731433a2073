import { changedPart, looksTheSame } from '../../shared/domain/window/targetDrift';
import type { PlacementTarget, WindowRow } from '../../shared/domain/window/windowRow';
import { closeWindow } from '../activities/intake/endWindows';
import { eachApart } from './eachApart';
import { type Machines, targetsOf } from './openRows';
import type { ReconcileRun } from './reconcileRun';
import { turnOf } from './turnOf';

/** Windows whose machines are read fresh in one run, and side by side. */
const readMax = 40;
const width = 4;

/**
 * Closes windows that lead to something else than they were granted for: a machine that is gone or
 * is another one, an interface or address that moved. The index says where to look; what closes is
 * a read. Never throws for a fault of Azure.
 */
export async function watchTargets(
  run: ReconcileRun,
  rows: readonly WindowRow[],
  machines: Machines,
): Promise<void> {
  if (machines === null) return;
  const suspects = rows.flatMap((row) => {
    const different = targetsOf(row).filter((target) => {
      const seen = machines.get(target.vmId.toLowerCase());
      return seen !== undefined && !looksTheSame(target, seen);
    });
    return different.length > 0 ? [{ row, different }] : [];
  });
  const asked = turnOf(suspects, readMax, run.memory.runs);
  const event = 'reconcile.targetFailed';
  const name = ({ row }: (typeof asked)[number]) => ({ windowId: row.id });
  await eachApart(run, asked, { width, event, name }, ({ row, different }) =>
    closeIfChanged(run, row, different),
  );
}

async function closeIfChanged(
  { world, starter, tally }: ReconcileRun,
  { id }: WindowRow,
  targets: readonly PlacementTarget[],
): Promise<void> {
  for (const target of targets) {
    const { vmId, nicId } = target;
    tally.reads += 2;
    const vm = await world.compute.readVm(vmId);
    const changed = changedPart(target, { vm, nic: await world.network.readNic(nicId) });
    if (changed === null) continue;
    tally.targetChanged += 1;
    world.log.warn('window.targetChanged', { windowId: id, vmId, nicId, changed });
    await closeWindow(world, starter, id, 'targetChanged');
    return;
  }
}
