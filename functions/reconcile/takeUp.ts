import { sameArmId } from '../../shared/domain/armId';
import { assignmentKeyOf, intakeIdOf } from '../../shared/domain/identity';
import { type Sighting, sightingEventId } from '../../shared/domain/intake/sighting';
import { wasRefused } from '../../shared/domain/intake/newWindow';
import type { Policy } from '../../shared/domain/policy/policy';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { World } from '../../shared/ports/world';
import type { IntakeOutcome } from '../activities/intake/verdict';
import { startIntake } from '../events/receiveActivation';
import type { ReconcileRun } from './reconcileRun';

/** An event's own intake is given this long before a second one looks at the same activation. */
const eventsTurnMs = 60_000;
/** An intake that came to nothing although the activation is listed is run again after this. */
const againAfterMs = 600_000;
const settledMax = 20_000;

/** Ends that a later look may see otherwise. */
const mayChange: ReadonlySet<string | null> = new Set<IntakeOutcome>([
  'noAssignment',
  'notAnActivation',
  'activationOver',
  'startsLater',
  'licenceMissing',
  'openingsDisabled',
  'givenUp',
]);

/**
 * Begins the intake of an activation that has no window and had none. Twice, or beside its event,
 * it ends in the same window, whose id is made of the activation. Throws `Fault` when the ledger
 * or the engine fails.
 */
export async function takeUp(
  run: ReconcileRun,
  policy: Policy,
  sighting: Sighting,
  bornAt: number,
): Promise<void> {
  const { world, memory, live, tally } = run;
  const { windowId, startAt } = sighting;
  if (live.some(({ id }) => id === windowId)) return;
  const key = assignmentKeyOf(sighting.roleAssignmentId);
  const isYoung = world.clock.now() - startAt < eventsTurnMs;
  if (isYoung && live.some((row) => row.kind === 'intake' && row.assignmentKey === key)) return;

  const known = await world.ledger.windows.get(windowId);
  if (known !== null && !wasRefused(known.row)) {
    if (memory.settled.size > settledMax) memory.settled.clear();
    memory.settled.add(`${windowId}|${policy.version}`);
    return;
  }
  if (known === null && startAt < bornAt) return reportOlder(world, sighting);
  const addressId = known === null ? '' : await newAddress(world, sighting, known.row);
  const isSame = known?.row.grant.policyVersion === policy.version && addressId === '';
  if (isSame) return;
  if (await begin(run, sighting, sightingEventId(sighting, policy.version, addressId))) {
    tally.discovered += 1;
  }
}

async function begin(run: ReconcileRun, sighting: Sighting, eventId: string): Promise<boolean> {
  const { world, starter } = run;
  const { roleAssignmentId, startAt } = sighting;
  const hint = { kind: 'look', eventId, roleAssignmentId, eventAt: startAt } as const;
  const id = intakeIdOf(eventId);
  // It runs, or is overdue and was seen to already.
  if (run.live.some((row) => row.id === id)) return false;
  const earlier = await world.ledger.hints.get(id);
  if (earlier !== null && earlier.row.outcome !== null) {
    const now = world.clock.now();
    const isDue = now - earlier.row.nextLook >= againAfterMs && mayChange.has(earlier.row.outcome);
    if (!isDue) return false;
    const fresh = { receivedAt: now, nextLook: now, looks: 0, lacks: 0, outcome: null };
    const written = await world.ledger.hints.replace({ ...earlier.row, ...fresh }, earlier.etag);
    if (written === 'changed') return false;
  }
  const received = await startIntake(world, starter, { ...hint, from: 'reconcile' });
  return earlier === null && received !== 'repeat';
}

/** An address that became known after the refusal for want of one; `''` if none did. */
async function newAddress(
  { ledger }: World,
  { personId, scope }: Sighting,
  { refusals, createdAt }: WindowRow,
): Promise<string> {
  if (!refusals.some(({ code }) => code === 'noAddress')) return '';
  const rows = (await ledger.addresses.list()).map(({ row }) => row);
  const found = rows.find(
    (row) =>
      !row.void &&
      row.objectId === personId &&
      sameArmId(row.scope, scope) &&
      row.receivedAt >= createdAt,
  );
  return found?.id ?? '';
}

/** Once for each, in the ledger's own words: the row is what remembers that it was said. */
async function reportOlder(
  { ledger, clock, log }: World,
  { roleAssignmentId, startAt, windowId, personId }: Sighting,
): Promise<void> {
  const at = clock.now();
  const inserted = await ledger.hints.insert({
    id: intakeIdOf(`older|${windowId}`),
    kind: 'look',
    roleAssignmentId,
    eventAt: startAt,
    receivedAt: at,
    nextLook: at,
    looks: 0,
    outcome: 'beforeLedger',
    windowId: null,
    lacks: 0,
    from: 'reconcile',
  });
  if (inserted === 'exists') return;
  const began = new Date(startAt).toISOString();
  log.warn('discovery.beforeLedger', { roleAssignmentId, personId, began });
}
