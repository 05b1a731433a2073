import { nowOf } from '../domain/instant';
import { decide, decideUnder } from '../domain/policy/decide';
import type { Decision, RequestFacts } from '../domain/policy/decide';
import type { Policy } from '../domain/policy/policy';
import { claimRules, coversVm } from '../domain/policy/presentRule';
import { refusedVm } from '../domain/policy/targetsFor';
import { refusal } from '../domain/refusal';
import type { VmFacts } from '../domain/policy/vmFacts';
import type { ExampleEntry } from './fileSchema';
import type { PathFault } from './policyFault';
import type { Placed } from './sections';
import { readRole, readScope } from './values';

/** Any instant does: an example has no date, only a length. */
const now = nowOf(0, 0);
const somebody = '00000000-0000-4000-8000-000000000001';

/** Asks the policy what each example asks, by the very function that decides in earnest. */
export function exampleFaults(
  policy: Policy,
  examples: readonly Placed<ExampleEntry>[],
): PathFault[] {
  return examples.flatMap(({ index, entry }) => {
    if ((entry.role === undefined) === (entry.group === undefined)) {
      const message = 'Write either role or group.';
      return [{ path: ['examples', index], code: 'exampleWrong' as const, message }];
    }
    const decision = decideExample(policy, entry);
    if (codesOf(decision).includes(entry.expect)) return [];
    const path = ['examples', index, 'expect'];
    const message = `Expected ${entry.expect}, and the policy says ${sayingOf(decision)}`;
    return [{ path, code: 'exampleWrong' as const, message }];
  });
}

/** What comes of it; `waits`: once a second person has agreed. */
type Outcome = Decision & { readonly waits?: true };

function decideExample(policy: Policy, entry: ExampleEntry): Outcome {
  const { role = '', group, scope, person = somebody, minutes = 60, address = null } = entry;
  const { vms = 1, breakGlass } = entry;
  const guid = readRole(role);
  const id = readScope(scope);
  const facts: RequestFacts = {
    roleDefinitionGuid: typeof guid === 'string' ? guid : '',
    scope: typeof id === 'string' ? id : '',
    personId: person.toLowerCase(),
    principalType: 'User',
    endAt: minutes * 60_000,
    now,
    address,
    vms: Array.from({ length: vms }, (_, at) => vmOf(policy, entry, at)),
    vmsCut: false,
    completeWith: 'POST /api/windows',
  };
  if (group === undefined) return decide(policy, facts);
  const kind = breakGlass === true ? 'breakGlass' : 'onCall';
  const rule = claimRules(policy, [group.toLowerCase()], kind).find((one) =>
    facts.vms.every(({ vmId }) => coversVm(one, vmId)),
  );
  if (rule === undefined) {
    const refusals = [refusedVm({ vmId: '' }, refusal('noClaim', { kind }))];
    return { granted: false, rule: '', refusals };
  }
  const decision = decideUnder(policy, rule, { ...facts, roleDefinitionGuid: '', canWait: true });
  return rule.approval === null ? decision : { ...decision, waits: true };
}

/** A VM of the example: opted in unless the example gives tags of its own. */
function vmOf({ optInTag }: Policy, { scope, vm = {} }: ExampleEntry, at: number): VmFacts {
  const optedIn: Record<string, string> =
    optInTag === null ? {} : { [optInTag.name]: optInTag.value };
  const name = `example-${at}`;
  return {
    vmId: `${scope}/providers/Microsoft.Compute/virtualMachines/${name}`,
    vmGuid: name,
    name,
    powerState: 'PowerState/running',
    tags: vm.tags ?? optedIn,
    nicIds: [`nic-of-${name}`],
    subnetNsgIds: [],
    addresses: vm.addresses ?? ['10.0.0.4'],
  };
}

function codesOf(decision: Outcome): readonly string[] {
  if (decision.granted) return [decision.waits === true ? 'awaitingApproval' : 'granted'];
  return decision.refusals.map(({ code }) => code);
}

function sayingOf(decision: Outcome): string {
  if (decision.granted)
    return `${codesOf(decision).join('')}, by rule ${decision.grant.policyRule}.`;
  const [first] = decision.refusals;
  return `${codesOf(decision).join(', ')}. ${first?.rule ?? ''}`;
}
