import type { Caller } from '../../../shared/domain/caller/caller';
import { isAtOrUnder, parseArmId, subscriptionOf } from '../../../shared/domain/armId';
import { decide } from '../../../shared/domain/policy/decide';
import type { Policy } from '../../../shared/domain/policy/policy';
import { refusal } from '../../../shared/domain/refusal';
import type { Asked } from '../../../shared/domain/request/asked';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import type { TargetRow } from '../../../shared/ports/inventory';
import type { World } from '../../../shared/ports/world';
import { coveringActivations } from './covering';
import { findVms } from './findVms';
import { judgeByClaim } from './judgeByClaim';
import { askedOf, type Judged, judgedOf, refused } from './judged';

/** The index is read up to here for each activation, and so many activations are looked through. */
const rowsMax = 4_000;
const activationsMax = 8;

/**
 * May this caller have this window, now? By an active role of theirs, or else by being on call; by
 * breaking the glass only where they say so. Throws `Fault`.
 */
export async function judgeRequest(
  world: World,
  policy: Policy,
  caller: Caller,
  asked: Asked,
  address: string | null,
): Promise<Judged> {
  if (asked.breakGlass === true) {
    return judgeByClaim(world, policy, caller, 'breakGlass', asked, address);
  }
  // A role first: it can be asked about again, and ends by itself.
  const byRole = await judgeByRole(world, policy, caller, asked, address);
  const hasDuty = policy.claims.some(({ kind }) => kind === 'onCall');
  if (byRole.kind === 'granted' || !hasDuty) return byRole;
  const byDuty = await judgeByClaim(world, policy, caller, 'onCall', asked, address);
  if (byDuty.kind === 'granted' || byDuty.refusal.code !== 'noClaim') return byDuty;
  return byRole;
}

/**
 * By their own active roles, read live, and by policy, which is asked with the very function that
 * events are judged by. Throws `Fault`.
 */
export async function judgeByRole(
  world: World,
  policy: Policy,
  caller: Pick<Caller, 'objectId'>,
  asked: Asked,
  address: string | null,
): Promise<Judged> {
  const covering = await coveringActivations(world, policy, caller.objectId);
  if ('code' in covering) return refused(covering);
  const found = await findVms(
    covering.slice(0, activationsMax),
    asked.vms,
    // Of these it is one that the window ends with.
    ({ activation }) => coveredRows(world.inventory, activation.scope, asked.vms),
    refusal('severalActivations'),
  );
  if ('code' in found) return refused(found);
  const { one, rows } = found;
  const now = nowOfWorld(world);
  const decision = decide(policy, {
    ...one.asker,
    endAt: Math.min(one.activation.endAt, now.earliestMs + asked.durationMs),
    ...askedOf(rows, address, now),
  });
  const { activation, answeredAt } = one;
  const judged = judgedOf(decision, asked, rows, { kind: 'activation', activation, answeredAt });
  if (judged.kind === 'refused') return judged;
  const rule = policy.allow.find(({ name }) => name === judged.parts.policyRule);
  return { ...judged, approval: rule?.approval ?? null };
}

/** Machines known by their ids are asked for by them: a subscription may hold more than is read of it. */
async function coveredRows(
  inventory: World['inventory'],
  scope: string,
  wanted: readonly string[],
): Promise<readonly TargetRow[]> {
  const isByIds = wanted.every((word) => parseArmId(word) !== null) && subscriptionOf(scope) !== '';
  if (!isByIds) return inventory.listTargets(scope, rowsMax);
  const rows = await inventory.listMachines(wanted);
  return rows.filter(({ vmId }) => isAtOrUnder(vmId, scope));
}
