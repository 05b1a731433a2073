import type { PlacementTarget } from './windowRow';

/** What the index, or a read, says of one machine's interfaces. */
export type SeenMachine = {
  readonly vmGuid: string;
  readonly nicId: string;
  readonly privateIp: string;
};

/**
 * Does the index show the machine as it was when the window was planned? A difference proves
 * nothing, because the index lags; it is the reason to read.
 */
export function looksTheSame(target: PlacementTarget, seen: readonly SeenMachine[]): boolean {
  const ours = seen.filter(
    ({ vmGuid, nicId }) => same(vmGuid, target.vmGuid) && same(nicId, target.nicId),
  );
  return target.addresses.every((address) => ours.some(({ privateIp }) => privateIp === address));
}

/** What was read fresh: `null` where Resource Manager says that it is not there. */
export type FreshTarget = {
  readonly vm: { readonly vmGuid: string } | null;
  readonly nic: {
    readonly vmId: string;
    readonly ipConfigurations: readonly { readonly address: string }[];
  } | null;
};

/**
 * What is not as it was when the window was planned: `null` if nothing. The rule lets in to an
 * address, and an address that is free may be another machine's tomorrow.
 */
export function changedPart(
  target: PlacementTarget,
  { vm, nic }: FreshTarget,
): 'machineGone' | 'anotherMachine' | 'interfaceMoved' | 'addressMoved' | null {
  if (vm === null) return 'machineGone';
  if (!same(vm.vmGuid, target.vmGuid)) return 'anotherMachine';
  if (nic === null || !same(nic.vmId, target.vmId)) return 'interfaceMoved';
  const held = new Set(nic.ipConfigurations.map(({ address }) => address));
  return target.addresses.every((address) => held.has(address)) ? null : 'addressMoved';
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
