import { isIP } from 'node:net';
import type { GrantTarget, TargetRefusal } from '../grant';
import { refusal } from '../refusal';
import type { Refusal } from '../refusal';
import type { Policy } from './policy';
import { carriesTag, deniesVm } from './ruleFor';
import type { Asker } from './ruleFor';
import type { VmFacts } from './vmFacts';

/** Single VMs are named in a refusal up to here; the rest is one line with their number. */
const namedMax = 20;

export type Targets = {
  readonly targets: readonly GrantTarget[];
  readonly refusedTargets: readonly TargetRefusal[];
};

/**
 * Which of the covered VMs may be opened. More than the cap refuses all of them: nobody can say
 * which ten of a thousand were meant. `cut` says that the index held more rows than were read.
 */
export function targetsFor(
  policy: Policy,
  asker: Asker,
  vms: readonly VmFacts[],
  cut: boolean,
): Targets | Refusal {
  const denied: TargetRefusal[] = [];
  const notOptedIn: VmFacts[] = [];
  const eligible: VmFacts[] = [];
  for (const vm of vms) {
    const deny = policy.deny.find((rule) => deniesVm(rule, asker, vm));
    if (deny !== undefined) denied.push(refusedVm(vm, refusal('denied', { rule: deny.name })));
    else if (isOptedIn(policy, vm)) eligible.push(vm);
    else notOptedIn.push(vm);
  }
  const cap = policy.caps.vmsPerActivation;
  if (cut || eligible.length > cap) {
    const covered = cut ? vms.length : eligible.length;
    return refusal('tooBroad', { vms: covered, cap, atLeast: cut, scope: asker.scope });
  }
  const withNic = eligible.filter(hasNic);
  const withoutNic = eligible.filter((vm) => !hasNic(vm));
  return {
    targets: withNic.map(targetOf),
    refusedTargets: [
      ...withoutNic.map((vm) => refusedVm(vm, refusal('noNic'))),
      ...denied.slice(0, namedMax),
      ...notOptedInRefusals(policy, notOptedIn),
    ],
  };
}

/** Takes out VMs that have no address of a family that the sources have. */
export function withinFamily(
  { targets, refusedTargets }: Targets,
  vms: readonly VmFacts[],
  sources: readonly string[],
): Targets {
  const families = new Set(sources.map((source) => familyOf(source.split('/')[0] ?? '')));
  const reachable = new Set(
    vms
      .filter(({ addresses }) => addresses.some((address) => families.has(familyOf(address))))
      .map(({ vmId }) => vmId),
  );
  const refused = targets
    .filter(({ vmId }) => !reachable.has(vmId))
    .map((target) => refusedVm(target, refusal('addressFamily', { sources })));
  return {
    targets: targets.filter(({ vmId }) => reachable.has(vmId)),
    refusedTargets: [...refused, ...refusedTargets],
  };
}

/** A refusal of one VM, or of the whole request where `vmId` is empty. */
export function refusedVm(
  { vmId }: { readonly vmId: string },
  { code, rule, next }: Refusal,
): TargetRefusal {
  return { vmId, code, rule, next };
}

function isOptedIn({ optInTag }: Policy, { tags }: VmFacts): boolean {
  return optInTag === null || carriesTag(tags, optInTag);
}

function hasNic({ nicIds, addresses }: VmFacts): boolean {
  return nicIds.length > 0 && addresses.length > 0;
}

function targetOf(vm: VmFacts): GrantTarget {
  const { vmId, vmGuid, name, powerState, nicIds, subnetNsgIds } = vm;
  return { vmId, vmGuid, name, powerState, nicIds, subnetNsgIds };
}

function notOptedInRefusals({ optInTag }: Policy, vms: readonly VmFacts[]): TargetRefusal[] {
  if (optInTag === null) return [];
  const { name: tag, value } = optInTag;
  const named = vms
    .slice(0, namedMax)
    .map((vm) => refusedVm(vm, refusal('vmNotOptedIn', { tag, value })));
  const more = vms.length - named.length;
  if (more === 0) return named;
  return [
    ...named,
    refusedVm({ vmId: '' }, refusal('vmsNotOptedInMore', { vms: more, tag, value })),
  ];
}

function familyOf(address: string): 0 | 4 | 6 {
  const version = isIP(address);
  return version === 4 ? 4 : version === 6 ? 6 : 0;
}
