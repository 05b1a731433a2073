import type { Policy } from '../../shared/domain/policy/policy';
import { stillGranted } from '../../shared/domain/policy/stillGranted';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import { nowOfWorld } from '../../shared/nowOfWorld';
import { closeWindow } from '../activities/intake/endWindows';
import { changeRow } from '../wishes/changeRow';
import { eachApart } from './eachApart';
import type { Machines } from './openRows';
import type { ReconcileRun } from './reconcileRun';

const width = 8;

/**
 * Applies the running policy to windows that were granted by another: what it would not grant any
 * more closes, what it still grants gets its version noted. A faulty policy changes nothing.
 * Never throws for a fault.
 */
export async function applyPolicy(
  run: ReconcileRun,
  rows: readonly WindowRow[],
  machines: Machines,
): Promise<void> {
  const { opening } = run.world;
  if ('faults' in opening) return;
  const { policy } = opening;
  const others = rows.filter(({ grant }) => grant.policyVersion !== policy.version);
  const event = 'reconcile.policyFailed';
  await eachApart(run, others, { width, event, name: ({ id }) => ({ windowId: id }) }, (row) =>
    judgeAgain(run, policy, row, machines),
  );
}

async function judgeAgain(
  { world, starter, tally }: ReconcileRun,
  policy: Policy,
  row: WindowRow,
  machines: Machines,
): Promise<void> {
  const { log } = world;
  // A machine that the index does not know has no tags that anybody could read: it is asked again.
  const tagsOf = (vmId: string) => machines?.get(vmId.toLowerCase())?.[0]?.tags ?? null;
  const standing = stillGranted(policy, row, tagsOf, nowOfWorld(world));
  const fields = { windowId: row.id, from: row.grant.policyVersion, to: policy.version };
  if (standing.kind === 'denied') {
    tally.policyChanged += 1;
    const { refusal, rule } = standing;
    log.warn('window.policyChanged', { ...fields, refusal, rule });
    await closeWindow(world, starter, row.id, 'policyChanged');
  } else if (standing.kind === 'granted') {
    await changeRow<never>(world, row.id, (stored) =>
      stored.wish === 'closed' || stored.grant.policyVersion !== row.grant.policyVersion
        ? stored
        : {
            ...stored,
            grant: {
              ...stored.grant,
              policyVersion: policy.version,
              // What a voucher has signed stays as it was granted.
              policyRule: stored.voucher === undefined ? standing.rule : stored.grant.policyRule,
            },
          },
    );
    log.info('window.policyNoted', { ...fields, policyRule: standing.rule });
  }
}
