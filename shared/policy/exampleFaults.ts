import { nowOf } from '../domain/instant';
import { decide } from '../domain/policy/decide';
import type { Decision } from '../domain/policy/decide';
import type { Policy } from '../domain/policy/policy';
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
    const decision = decideExample(policy, entry);
    if (codesOf(decision).includes(entry.expect)) return [];
    const path = ['examples', index, 'expect'];
    const message = `Expected ${entry.expect}, and the policy says ${sayingOf(decision)}`;
    return [{ path, code: 'exampleWrong' as const, message }];
  });
}

function decideExample(policy: Policy, entry: ExampleEntry): Decision {
  const { role, scope, person = somebody, minutes = 60, address = null, vms = 1 } = entry;
  const guid = readRole(role);
  const id = readScope(scope);
  return decide(policy, {
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
  });
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

function codesOf(decision: Decision): readonly string[] {
  return decision.granted ? ['granted'] : decision.refusals.map(({ code }) => code);
}

function sayingOf(decision: Decision): string {
  if (decision.granted) return `granted, by rule ${decision.grant.policyRule}.`;
  const [first] = decision.refusals;
  return `${codesOf(decision).join(', ')}. ${first?.rule ?? ''}`;
}
