import type { ActivationTruth } from '../contract';
import type { Estate, NetworkInterfaceSeed, VirtualMachineSeed } from '../../estate';
import { isInPrefix } from './admits';
import type { Standing } from './timeline';
import type { RequestTruth } from './verdictTypes';

const rulePrefix = 'postern-';

/** One NSG on the way to a VM's network interface. */
export type PathNsg = {
  vm: VirtualMachineSeed;
  nicId: string;
  nsgId: string;
  on: 'networkInterface' | 'subnet';
  addresses: string[];
};

/** Every NSG on the way to a VM, per network interface. */
export function pathsTo(vm: VirtualMachineSeed, estate: Estate): PathNsg[] {
  const ids = new Set(vm.networkInterfaceIds.map((id) => id.toLowerCase()));
  return estate.networkInterfaces
    .filter((nic) => ids.has(nic.id.toLowerCase()))
    .flatMap((nic) => pathsOfNic(vm, nic, estate));
}

function pathsOfNic(vm: VirtualMachineSeed, nic: NetworkInterfaceSeed, estate: Estate): PathNsg[] {
  const nicId = nic.id.toLowerCase();
  const addresses = nic.ipConfigurations.flatMap((item) => item.privateIPAddress ?? []);
  const subnetIds = new Set(nic.ipConfigurations.map((item) => item.subnetId.toLowerCase()));
  const onSubnets = estate.virtualNetworks.flatMap((vnet) =>
    vnet.subnets.flatMap((subnet) =>
      subnetIds.has(`${vnet.id}/subnets/${subnet.name}`.toLowerCase())
        ? (subnet.networkSecurityGroupId ?? [])
        : [],
    ),
  );
  const common = { vm, nicId, addresses };
  return [
    ...(nic.networkSecurityGroupId === undefined
      ? []
      : [{ ...common, nsgId: nic.networkSecurityGroupId, on: 'networkInterface' as const }]),
    ...onSubnets.map((nsgId) => ({ ...common, nsgId, on: 'subnet' as const })),
  ];
}

/** All rules of the app that belong together: one window, found by the name they share. */
export type WindowFound = {
  key: string;
  standings: Standing[];
  acceptedAtMs: number;
  /** Whose it is; absent where no activation explains it. */
  activation?: ActivationTruth;
  /** It was asked for by its person, beside the activation's own window. */
  asked?: true;
};

/** A rule of the app that lets somebody in. */
export function isOpening({ isByApp, rule }: Standing): boolean {
  return isByApp && isOurName(rule.name) && rule.properties.access === 'Allow';
}

export function isOurName(name: string): boolean {
  return name.toLowerCase().startsWith(rulePrefix);
}

/**
 * Finds the windows in the network's history and gives each the activation it can belong to: one
 * that was in force when the rule was accepted, covers a VM that the rule reaches, and has no
 * window yet. Where several fit, the rule's marker only helps to choose among them; the deadline
 * is always the chosen activation's own end, and no activation is chosen twice, unless its person has
 * asked for one more: each such call explains one window.
 */
export function findWindows(
  standings: readonly Standing[],
  activations: readonly ActivationTruth[],
  estate: Estate,
  requests: readonly RequestTruth[] = [],
): WindowFound[] {
  const byKey = new Map<string, Standing[]>();
  for (const standing of standings) {
    if (!isOpening(standing)) continue;
    const key = standing.rule.name.toLowerCase().replace(/-[^-]*$/, '');
    byKey.set(key, [...(byKey.get(key) ?? []), standing]);
  }
  const windows = [...byKey].map(([key, list]): WindowFound => {
    const accepted = list.map((item) => item.acceptedAtMs ?? item.fromMs);
    return { key, standings: list, acceptedAtMs: Math.min(...accepted) };
  });
  windows.sort((one, other) => one.acceptedAtMs - other.acceptedAtMs);
  const taken = new Set<ActivationTruth>();
  for (const window of windows) {
    const fitting = activations.filter(
      (item) => !taken.has(item) && isFitting(window, item, estate),
    );
    const chosen = choose(window, fitting);
    if (chosen === undefined) continue;
    taken.add(chosen);
    window.activation = chosen;
  }
  explainAsked(windows, activations, estate, requests);
  return windows;
}

function explainAsked(
  windows: readonly WindowFound[],
  activations: readonly ActivationTruth[],
  estate: Estate,
  requests: readonly RequestTruth[],
): void {
  const left = [...requests];
  for (const window of windows.filter(({ activation }) => activation === undefined)) {
    const fitting = activations.filter((item) => isFitting(window, item, estate));
    const at = left.findIndex(({ principalId, at: atTime }) => {
      const isBefore = Date.parse(atTime) <= window.acceptedAtMs;
      return isBefore && fitting.some((item) => item.principalId === principalId);
    });
    const [request] = at === -1 ? [] : left.splice(at, 1);
    const theirs = fitting.filter(({ principalId }) => principalId === request?.principalId);
    const chosen = choose(window, theirs);
    if (chosen === undefined) continue;
    window.activation = chosen;
    window.asked = true;
  }
}

function isFitting(window: WindowFound, activation: ActivationTruth, estate: Estate): boolean {
  const { acceptedAtMs, standings } = window;
  if (acceptedAtMs < Date.parse(activation.startAt)) return false;
  if (acceptedAtMs >= Date.parse(activation.endAt)) return false;
  return estate.virtualMachines.some(
    (vm) =>
      isCovered(vm, activation, estate) &&
      pathsTo(vm, estate).some((path) => standings.some((item) => reaches(item, path))),
  );
}

function choose(window: WindowFound, fitting: ActivationTruth[]): ActivationTruth | undefined {
  const ends = window.standings.flatMap(({ rule }) => {
    const until = /^postern1\|(\d+)\|/.exec(rule.properties.description ?? '')?.[1];
    return until === undefined ? [] : [Number(until) * 1_000];
  });
  const until = Math.max(...ends);
  const distance = (item: ActivationTruth): number => Math.abs(Date.parse(item.endAt) - until);
  const ordered = [...fitting].sort((one, other) =>
    ends.length > 0
      ? distance(one) - distance(other)
      : Date.parse(other.startAt) - Date.parse(one.startAt),
  );
  return ordered[0];
}

/** True where a rule stands in this NSG and its destination holds an address of the VM. */
export function reaches({ nsgId, rule }: Standing, path: PathNsg): boolean {
  if (nsgId !== path.nsgId.toLowerCase()) return false;
  const { destinationAddressPrefix: single, destinationAddressPrefixes: many } = rule.properties;
  const prefixes = [...(single === undefined ? [] : [single]), ...(many ?? [])];
  return path.addresses.some((address) => prefixes.some((prefix) => isInPrefix(address, prefix)));
}

/** True where the activation's scope is the VM, or stands above it. */
export function isCovered(
  vm: VirtualMachineSeed,
  activation: ActivationTruth,
  estate: Estate,
): boolean {
  const scope = activation.scope.toLowerCase().replace(/\/+$/, '');
  const id = vm.id.toLowerCase();
  if (scope === '' || id === scope || id.startsWith(`${scope}/`)) return true;
  const group = /^\/providers\/microsoft\.management\/managementgroups\/([^/]+)$/.exec(scope)?.[1];
  return group !== undefined && groupsAbove(id.split('/')[2] ?? '', estate).includes(group);
}

function groupsAbove(subscription: string, { managementGroups }: Estate): string[] {
  const above: string[] = [];
  let group = managementGroups.find((item) =>
    item.subscriptions.some((id) => id.toLowerCase() === subscription),
  );
  while (group !== undefined && !above.includes(group.name.toLowerCase())) {
    above.push(group.name.toLowerCase());
    const parent = group.parent?.toLowerCase();
    group = managementGroups.find((item) => item.name.toLowerCase() === parent);
  }
  return above;
}
