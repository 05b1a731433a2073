import type { RemediationTally } from '../../../shared/domain/remediation/remediationRow';
import type { NightRun } from './nightRun';

/** The end of a run: its scopes have had their first night, and its row says so. Throws `Fault`. */
export async function finishRun(run: NightRun, ended: RemediationTally['ended']): Promise<void> {
  const { clock, log } = run.world;
  const isCancelled = run.row.cancelAt !== null;
  if (!isCancelled) await noteFirstNights(run);
  await run.save(ended, () => ({
    phase: isCancelled ? 'cancelled' : 'done',
    endedAt: clock.now(),
    heldUntil: 0,
  }));
  log.info('remediation.done', { run: run.id, phase: run.row.phase, ...run.row.tally });
}

async function noteFirstNights({ row, world }: NightRun): Promise<void> {
  const { ledger, clock } = world;
  while (row.dryScopes.length > 0) {
    const stored = await ledger.remediationScopes.get('scopes');
    const now = clock.now();
    const seen = {
      ...Object.fromEntries(row.dryScopes.map((scope) => [scope, now])),
      ...stored?.row.seen,
    };
    const next = { schema: 1, id: 'scopes', seen } as const;
    const written =
      stored === null
        ? await ledger.remediationScopes.insert(next)
        : await ledger.remediationScopes.replace(next, stored.etag);
    if (written !== 'changed' && written !== 'exists') return;
  }
}
