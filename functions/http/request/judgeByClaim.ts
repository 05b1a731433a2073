import { parseArmId } from '../../../shared/domain/armId';
import type { Caller } from '../../../shared/domain/caller/caller';
import type { ClaimKind } from '../../../shared/domain/grant';
import { decideUnder } from '../../../shared/domain/policy/decide';
import type { ClaimRule, Policy } from '../../../shared/domain/policy/policy';
import { claimRules, coversVm } from '../../../shared/domain/policy/presentRule';
import { refusal } from '../../../shared/domain/refusal';
import type { Asked } from '../../../shared/domain/request/asked';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import type { TargetRow } from '../../../shared/ports/inventory';
import type { World } from '../../../shared/ports/world';
import { findVms } from './findVms';
import { askedOf, type Judged, judgedOf, refused } from './judged';

/** The index is read up to here for each place, and so many places are looked through. */
const rowsMax = 4_000;
const placesMax = 40;

/** Who asks, as far as a group claim goes. */
export type Claimant = Pick<Caller, 'objectId' | 'tenantId' | 'groups' | 'hasMoreGroups'>;

/**
 * May this caller have this window by a group in their token? Policy names the group, the places
 * and the longest time. Throws `Fault`.
 */
export async function judgeByClaim(
  world: World,
  policy: Policy,
  caller: Claimant,
  kind: ClaimKind,
  asked: Asked,
  address: string | null,
): Promise<Judged> {
  const rules = claimRules(policy, caller.groups, kind);
  if (rules.length === 0) {
    return refused(caller.hasMoreGroups ? refusal('groupsOverage') : refusal('noClaim', { kind }));
  }
  const split = refusal('vmNotCovered', { vms: asked.vms });
  const found = await findVms(
    rules,
    asked.vms,
    (rule) => coveredRows(world, rule, asked.vms),
    split,
  );
  if ('code' in found) return refused(found);
  const { one: rule, rows } = found;
  const { name, reasonMin, group, approval } = rule;
  if (asked.reason.length < reasonMin) {
    return refused(refusal('reasonTooShort', { rule: name, least: reasonMin }));
  }
  const now = nowOfWorld(world);
  const decision = decideUnder(policy, rule, {
    // Deny rules for a role are about people who hold one.
    roleDefinitionGuid: '',
    scope: rule.scopes[0] ?? '/',
    personId: caller.objectId,
    principalType: 'User',
    endAt: now.earliestMs + asked.durationMs,
    ...askedOf(rows, address, now),
  });
  const claim = { kind, groupId: group, tenantId: caller.tenantId };
  const judged = judgedOf(decision, asked, rows, { kind: 'claim', claim });
  return judged.kind === 'refused' ? judged : { ...judged, approval };
}

/** Machines known by their ids are asked for by them; names are looked for in each place of the rule. */
async function coveredRows(
  { inventory }: World,
  rule: ClaimRule,
  wanted: readonly string[],
): Promise<readonly TargetRow[]> {
  if (wanted.every((word) => parseArmId(word) !== null)) {
    const rows = await inventory.listMachines(wanted);
    return rows.filter(({ vmId }) => coversVm(rule, vmId));
  }
  const everywhere = rule.scopes.includes('/');
  const places = everywhere
    ? (await inventory.listSubscriptions()).map((one) => `/subscriptions/${one}`)
    : rule.scopes;
  const lists: TargetRow[] = [];
  for (const place of places.slice(0, placesMax)) {
    lists.push(...(await inventory.listTargets(place, rowsMax)));
  }
  return lists.filter(({ vmId }) => coversVm(rule, vmId));
}
