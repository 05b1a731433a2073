import { batchId } from '../../shared/domain/remediation/batchRow';
import { isOver, type RemediationRow } from '../../shared/domain/remediation/remediationRow';
import type { Stored } from '../../shared/ports/ledger';
import type { RemediatorWorld } from '../../shared/ports/remediatorWorld';

const dayMs = 24 * 3_600_000;

type Remembering = Pick<RemediatorWorld, 'clock' | 'ledger' | 'log' | 'rules'>;

/**
 * Takes away the rows of runs that ended longer ago than the rules keep them, the oldest first. A
 * run's own row goes last: what ends in between leaves it, and whoever comes next goes on. Stops at
 * `endsAt`, epoch ms. Throws `Fault`.
 */
export async function forgetRuns(world: Remembering, endsAt: number): Promise<void> {
  const { clock, ledger, log, rules } = world;
  const before = clock.now() - rules.keepRunsDays * dayMs;
  const old = (await ledger.remediations.list())
    .filter(({ row }) => isOver(row) && row.endedAt !== null && row.endedAt < before)
    .toSorted((one, other) => (one.row.endedAt ?? 0) - (other.row.endedAt ?? 0));
  for (const stored of old) {
    if (!(await forgetRun(world, stored, endsAt))) return;
    log.info('remediation.forgotten', { run: stored.row.id, batches: stored.row.batches });
  }
}

/** `false`: the time was over before all of it was gone. */
async function forgetRun(
  { clock, ledger }: Remembering,
  { row, etag }: Stored<RemediationRow>,
  endsAt: number,
): Promise<boolean> {
  for (let number = 0; number < row.batches; number++) {
    if (clock.now() >= endsAt) return false;
    const id = batchId(row.id, number);
    const stored = await ledger.remediationBatches.get(id);
    if (stored !== null) await ledger.remediationBatches.remove(id, stored.etag);
  }
  await ledger.remediations.remove(row.id, etag);
  return true;
}
