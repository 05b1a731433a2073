import { isAtOrUnder } from '../armId';
import { refusal } from '../refusal';
import type { Refusal } from '../refusal';
import type { AllowRule, DenyRule, Policy } from './policy';

/** Who asks for what, as Resource Manager confirmed it. */
export type Asker = {
  /** GUID, lower case. */
  readonly roleDefinitionGuid: string;
  readonly scope: string;
  /** Object id of the person. */
  readonly personId: string;
  /** `User`, `Group`, `ServicePrincipal`, … */
  readonly principalType: string;
};

/**
 * The one allow rule that is about this asker, or why there is none. Explicit deny goes before
 * allow. A policy that passed its check has at most one; the first by the file's order otherwise.
 */
export function ruleFor(policy: Policy, asker: Asker): AllowRule | Refusal {
  const { principalType, scope } = asker;
  if (principalType.toLowerCase() !== 'user') return refusal('notAUser', { principalType });
  const deny = policy.deny.find((rule) => deniesAll(rule, asker));
  if (deny !== undefined) return refusal('denied', { rule: deny.name });

  const forRole = policy.allow.filter(({ roles }) => roles.includes(asker.roleDefinitionGuid));
  if (forRole.length === 0) return refusal('roleNotAllowed', { role: asker.roleDefinitionGuid });
  const forScope = forRole.filter(({ scopes }) => coversAny(scopes, scope));
  if (forScope.length === 0) {
    return refusal('scopeNotAllowed', { scope, allowed: forRole.flatMap(({ scopes }) => scopes) });
  }
  const rule = forScope.find(({ persons }) => includesPerson(persons, asker.personId));
  return rule ?? refusal('personNotAllowed', { rules: forScope.map(({ name }) => name) });
}

/** True for the answer of `ruleFor` that is a refusal. */
export function isRefusal(answer: AllowRule | Refusal): answer is Refusal {
  return 'code' in answer;
}

/** Whether a deny rule forbids one VM to this asker: by the VM's own place, or by its tag. */
export function deniesVm(
  rule: DenyRule,
  { roleDefinitionGuid, personId }: Asker,
  vm: { readonly vmId: string; readonly tags: Readonly<Record<string, string>> },
): boolean {
  return (
    (rule.roles.length === 0 || rule.roles.includes(roleDefinitionGuid)) &&
    includesPerson(rule.persons, personId) &&
    (rule.scopes.length === 0 || coversAny(rule.scopes, vm.vmId)) &&
    (rule.tag === null || carriesTag(vm.tags, rule.tag))
  );
}

/** Azure compares names of tags without case, values with it. */
export function carriesTag(
  tags: Readonly<Record<string, string>>,
  { name, value }: { readonly name: string; readonly value: string },
): boolean {
  return Object.entries(tags).some(
    ([key, held]) => key.toLowerCase() === name.toLowerCase() && held === value,
  );
}

function deniesAll(rule: DenyRule, { roleDefinitionGuid, scope, personId }: Asker): boolean {
  return (
    rule.tag === null &&
    (rule.roles.length === 0 || rule.roles.includes(roleDefinitionGuid)) &&
    includesPerson(rule.persons, personId) &&
    (rule.scopes.length === 0 || coversAny(rule.scopes, scope))
  );
}

function coversAny(scopes: readonly string[], id: string): boolean {
  return scopes.some((scope) => isAtOrUnder(id, scope));
}

function includesPerson(persons: readonly string[], personId: string): boolean {
  return persons.length === 0 || persons.includes(personId.toLowerCase());
}
