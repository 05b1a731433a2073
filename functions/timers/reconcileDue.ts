import type { Starter } from '../../shared/ports/starter';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { World } from '../../shared/ports/world';
import { applyPolicy } from '../reconcile/applyPolicy';
import { findAuthors } from '../reconcile/authors';
import { discover } from '../reconcile/discover';
import { explainEndings } from '../reconcile/explainEndings';
import { openRows, readMachines } from '../reconcile/openRows';
import { performOverdue } from '../reconcile/overdue';
import { createReconcileMemory } from '../reconcile/reconcileRun';
import type {
  ReconcileMemory,
  ReconcileRun,
  ReconcileSummary,
  Tally,
} from '../reconcile/reconcileRun';
import { endUnvouched } from '../reconcile/unvouched';
import { watchTargets } from '../reconcile/watchTargets';
import { endWithoutActivation } from '../reconcile/withoutActivation';

/** The period is a minute: what is not a close is not begun later than this. */
const runMs = 40_000;

/**
 * What events and engine missed, closes first: looks that are overdue are performed, windows whose
 * activation has ended are closed, activations that nobody told of are taken up. Throws `Fault`
 * when the ledger cannot be listed; every other fault costs its own part only. Whatever ends a run
 * early, what it came to is told.
 */
export async function reconcileDue(
  world: World,
  starter: Starter,
  memory: ReconcileMemory = createReconcileMemory(),
): Promise<ReconcileSummary> {
  const tally: Tally = {
    live: 0,
    overdue: 0,
    stepped: 0,
    started: 0,
    tidied: 0,
    failed: 0,
    queries: 0,
    reads: 0,
    postponed: 0,
    seen: 0,
    discovered: 0,
    gone: 0,
    policyChanged: 0,
    targetChanged: 0,
  };
  try {
    await runAll(world, starter, memory, tally);
  } catch (error) {
    tally.failed += 1;
    throw error;
  } finally {
    world.log.info('reconcile.done', tally);
  }
  return tally;
}

async function runAll(
  world: World,
  starter: Starter,
  memory: ReconcileMemory,
  tally: Tally,
): Promise<void> {
  const endsAt = world.clock.now() + runMs;
  const stored = await world.ledger.live.list();
  tally.live = stored.length;
  memory.runs += 1;
  const live = stored.map(({ row }) => row);
  const run: ReconcileRun = { world, starter, memory, tally, live, endsAt };
  const rows = await performOverdue(run, stored);
  await closeWhatChanged(run, openRows(rows));
  await discover(run);
  await findAuthors(run, rows);
  await explainEndings(run, rows);
}

/** Whatever has become of the activation, the machines and the policy behind windows that stand. */
async function closeWhatChanged(run: ReconcileRun, rows: readonly WindowRow[]): Promise<void> {
  const [machines] = await Promise.all([readMachines(run, rows), endWithoutActivation(run, rows)]);
  await endUnvouched(run, rows);
  await applyPolicy(run, rows, machines);
  await watchTargets(run, rows, machines);
}
