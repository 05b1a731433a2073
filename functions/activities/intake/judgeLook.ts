import { sameArmId } from '../../../shared/domain/armId';
import { cleanText } from '../../../shared/domain/text';
import type { Origin } from '../../../shared/domain/grant';
import type { HintRow } from '../../../shared/domain/hint';
import { assignmentKeyOf, windowIdOf } from '../../../shared/domain/identity';
import { skewMaxMs } from '../../../shared/domain/instant';
import type { Now } from '../../../shared/domain/instant';
import { findInstance } from '../../../shared/domain/intake/findInstance';
import { wasRefused } from '../../../shared/domain/intake/newWindow';
import { afterLackMs, lackForMs } from '../../../shared/domain/intake/pace';
import { isRefusal, ruleFor } from '../../../shared/domain/policy/ruleFor';
import type { Asker } from '../../../shared/domain/policy/ruleFor';
import type { Policy } from '../../../shared/domain/policy/policy';
import { refusal } from '../../../shared/domain/refusal';
import type { Instance, RoleAssignment } from '../../../shared/ports/directory';
import type { Starter } from '../../../shared/ports/starter';
import type { World } from '../../../shared/ports/world';
import { raiseOnce } from '../../../shared/raiseOnce';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import { ledgerBornAt } from '../../../shared/ledgerBornAt';
import { findAddress } from './findAddress';
import { queue } from './queue';
import { openOrRefuse } from './openOrRefuse';
import { refusalFields } from './refusalFields';
import { again, end } from './verdict';
import type { IntakeOutcome, Verdict } from './verdict';

/** An activation as Resource Manager confirmed it, active now. */
export type Activation = {
  readonly origin: Origin & { readonly kind: 'activation' };
  readonly instance: Instance & { readonly startAt: number };
  readonly asker: Asker;
  readonly assignmentKey: string;
  /** `Date` of the answer that listed it. */
  readonly answeredAt: number;
};

/** A start this near is waited for; a later one raises an event of its own. */
const startWaitMaxMs = 600_000;

/** Is there an activation behind this hint, active now, and what does policy say to it? */
export async function judgeLook(world: World, starter: Starter, hint: HintRow): Promise<Verdict> {
  const { directory, clock } = world;
  if ('faults' in world.opening) {
    raiseOnce(world, 'openingsDisabled', { intake: hint.id, faults: world.opening.faults });
    return end('openingsDisabled');
  }
  const skewed = stopForSkew(world, hint);
  if (skewed !== null) return skewed;
  const queued = queue(world, hint);
  if (queued !== null) return queued;
  const assignment = await directory.readRoleAssignment(hint.roleAssignmentId);
  if (assignment === null) return lacking(hint, 'noAssignment', clock.now());
  const stop = stopFor(world, world.opening.policy, hint, assignment);
  if (stop !== null) return stop;

  const { instances, answeredAt } = await directory.listInstances(
    assignment.scope,
    assignment.principalId,
  );
  // The first answers of a process are the first that tell of its clock.
  const skewedNow = stopForSkew(world, hint);
  if (skewedNow !== null) return skewedNow;
  const now = nowOfWorld(world);
  const found = findInstance(instances, assignment, now);
  switch (found.kind) {
    case 'active': {
      const activation = activationOf(hint, assignment, found.instance, answeredAt);
      return confirmed(world, starter, hint, activation, now);
    }
    case 'later': {
      const waitMs = found.startAt - now.earliestMs;
      return waitMs <= startWaitMaxMs ? again(Math.max(waitMs, 1_000)) : end('startsLater');
    }
    case 'over':
      return lacking(hint, 'activationOver', clock.now());
    case 'assigned':
    case 'none':
    default:
      return lacking(hint, 'notAnActivation', clock.now());
  }
}

const skewAgainMs = 30_000;

/** While the clocks disagree nobody can say what is active now; told once in ten minutes. */
function stopForSkew(world: World, hint: HintRow): Verdict | null {
  const { skewMs } = world.clock.skew();
  if (Math.abs(skewMs) <= skewMaxMs) return null;
  raiseOnce(world, 'skew', { intake: hint.id, skewMs, doing: 'nothing is opened' });
  return again(skewAgainMs, hint.lacks);
}

/** Facts of the plain assignment that make every further question needless. */
function stopFor(
  { log }: World,
  policy: Policy,
  hint: HintRow,
  { roleDefinitionGuid, principalType, scope }: RoleAssignment,
): Verdict | null {
  const fields = { intake: hint.id, roleAssignmentId: hint.roleAssignmentId };
  if (!policy.allow.some(({ roles }) => roles.includes(roleDefinitionGuid.toLowerCase()))) {
    log.info('intake.refused', {
      ...fields,
      ...refusalFields(refusal('roleNotAllowed', { role: roleDefinitionGuid })),
    });
    return end('roleNotAllowed');
  }
  if (principalType.toLowerCase() !== 'user') {
    const kind = cleanText(principalType, 40);
    const said = refusal('notAUser', { principalType: kind });
    log.info('intake.refused', { ...fields, ...refusalFields(said) });
    return end('notAUser');
  }
  if (scope === '/') {
    const allowed = policy.allow.flatMap(({ scopes }) => scopes);
    const said = refusal('scopeNotAllowed', { scope, allowed });
    log.info('intake.refused', { ...fields, ...refusalFields(said) });
    return end('scopeNotAllowed');
  }
  return null;
}

/**
 * It may only be listed late: ask again for about a minute, then it is none. Where hints queue up
 * one more answer after that minute is enough.
 */
function lacking({ lacks, receivedAt }: HintRow, outcome: IntakeOutcome, hostMs: number): Verdict {
  const isLate = lacks > 0 && hostMs - receivedAt >= lackForMs;
  const afterMs = isLate ? null : afterLackMs(lacks + 1);
  return afterMs === null ? end(outcome) : again(afterMs, lacks + 1);
}

async function confirmed(
  world: World,
  starter: Starter,
  hint: HintRow,
  activation: Activation,
  now: Now,
): Promise<Verdict> {
  const { ledger } = world;
  if ('faults' in world.opening) return end('openingsDisabled');
  const { policy } = world.opening;

  const ending = await ledger.endHints.get(activation.assignmentKey);
  if (ending !== null && ending.row.eventAt >= activation.origin.startAt) {
    if (ending.row.state === 'ended') return end('endedAlready');
    // Its own intake judges it; until then nobody knows whether this activation still stands.
    if (ending.row.state === 'open') return again(5_000);
  }

  const rule = ruleFor(policy, activation.asker);
  const wanted = !isRefusal(rule) && rule.sources.fromActivation !== null;
  const found = wanted ? await findAddress(world, hint, activation) : noAddress;
  const known = await ledger.windows.get(windowIdOf(activation.origin));
  if (known !== null && !isJudgedAgain(known.row, policy, found)) {
    const { id, concludedAt } = known.row;
    if (wasRefused(known.row)) return end('refusedBefore', id);
    if (concludedAt === null) await starter.start('accessWindow', id, { id, successor: 0 });
    return end('sameWindow', id);
  }
  if (known === null && (await isOlderThanLedger(world, hint, activation))) {
    return end('beforeLedger');
  }
  if (found.kind === 'wait') return again(found.forMs);
  const { address, request: asked } =
    found.kind === 'found' ? found : { address: null, request: null };
  return openOrRefuse(world, starter, { policy, activation, now, address, asked, hint });
}

/**
 * Did both the activation and the event that tells of it come before the ledger? Then nobody knows
 * whether its window has been opened before, been extended or been closed: whoever lost a ledger
 * opens nothing for what it may have held, until somebody activates again. An event of today is
 * believed: the ledger of a new deployment is young for everybody.
 */
async function isOlderThanLedger(
  world: World,
  hint: HintRow,
  { origin, asker }: Activation,
): Promise<boolean> {
  // Discovery has asked the same before it began.
  if (hint.from === 'reconcile') return false;
  const bornAt = await ledgerBornAt(world);
  if (origin.startAt >= bornAt || hint.eventAt >= bornAt) return false;
  world.log.warn('intake.beforeLedger', {
    intake: hint.id,
    roleAssignmentId: hint.roleAssignmentId,
    personId: asker.personId,
    began: new Date(origin.startAt).toISOString(),
  });
  return true;
}

/** What was refused is judged again only when the policy or the address has changed. */
function isJudgedAgain(
  row: Parameters<typeof wasRefused>[0],
  policy: Policy,
  address: { readonly kind: string },
): boolean {
  if (!wasRefused(row)) return false;
  const lackedAddress = row.refusals.some(({ code }) => code === 'noAddress');
  const changed = row.grant.policyVersion !== policy.version;
  return changed || (lackedAddress && address.kind === 'found');
}

const noAddress = { kind: 'none' } as const;

function activationOf(
  { roleAssignmentId }: HintRow,
  assignment: RoleAssignment,
  instance: Instance & { readonly startAt: number },
  answeredAt: number,
): Activation {
  const { scope, principalId, roleDefinitionGuid } = assignment;
  // As Resource Manager spells it, if it is the one that was asked for.
  const id = sameArmId(assignment.id, roleAssignmentId) ? assignment.id : roleAssignmentId;
  const principalType = instance.principalType || assignment.principalType;
  return {
    instance,
    answeredAt,
    assignmentKey: assignmentKeyOf(roleAssignmentId),
    asker: { roleDefinitionGuid, scope, personId: principalId.toLowerCase(), principalType },
    origin: {
      kind: 'activation',
      roleAssignmentId: id,
      scope,
      roleDefinitionGuid,
      principalId,
      startAt: instance.startAt,
      endAt: instance.endAt ?? instance.startAt,
    },
  };
}
