import type {
  Estate,
  LockSeed,
  NetworkInterfaceSeed,
  NetworkSecurityGroupSeed,
  PowerState,
  VirtualMachineSeed,
  VirtualNetworkSeed,
} from '../../estate';
import type { BastionHostSeed } from '../../estateConnect';
import { guidOf } from '../../estate';
import { isWithin } from './armPath';
import { deviceNameOf, isDevice } from './machineSoftware';
import type { Attachments, NsgState } from './nsgState';
import { nsgFromSeed, nsgValue, touch } from './nsgState';
import type { NamedRule } from './securityRule';

/** What changed: the Resource Graph copies it after its lag. */
export type StoreChange =
  | { kind: 'nsg' | 'vnet' | 'nic' | 'vm'; id: string }
  | { kind: 'rule'; id: string; rule: string };

/** A subnet found by its id, with the network it is part of. */
type FoundSubnet = {
  vnet: VirtualNetworkSeed;
  subnet: VirtualNetworkSeed['subnets'][number];
};

/**
 * The estate while the local Azure runs. Maps are keyed by id in lower case; values keep the casing
 * they were given. Seeds are replaced, never changed, so that a snapshot is a reference.
 */
export class EstateStore {
  readonly nsgs = new Map<string, NsgState>();
  readonly vnets = new Map<string, VirtualNetworkSeed>();
  readonly nics = new Map<string, NetworkInterfaceSeed>();
  readonly vms = new Map<string, VirtualMachineSeed>();
  readonly bastions = new Map<string, BastionHostSeed>();
  readonly locks = new Map<string, LockSeed>();
  readonly subscriptions = new Map<string, Estate['subscriptions'][number]>();
  readonly groups = new Map<string, Estate['resourceGroups'][number]>();
  /** Host names that are devices of the tenant, and the VM that joined: one per name, for good. */
  readonly devices = new Map<string, string>();
  private readonly listeners: ((change: StoreChange) => void)[] = [];
  private attached: Map<string, Attachments> | undefined;
  private ipConfigurations: Map<string, string[]> | undefined;
  private scopesOfSubscription = new Map<string, string[]>();

  constructor(readonly initial: Estate) {
    for (const item of initial.subscriptions) {
      this.subscriptions.set(item.subscriptionId.toLowerCase(), item);
    }
    for (const item of initial.resourceGroups) {
      this.groups.set(`${item.subscriptionId}/${item.name}`.toLowerCase(), item);
    }
    for (const item of initial.networkSecurityGroups) {
      this.nsgs.set(item.id.toLowerCase(), nsgFromSeed(item, guidOf(`etag ${item.id}`)));
    }
    for (const item of initial.virtualNetworks) this.vnets.set(item.id.toLowerCase(), item);
    for (const item of initial.networkInterfaces) this.nics.set(item.id.toLowerCase(), item);
    for (const item of initial.virtualMachines) {
      this.vms.set(item.id.toLowerCase(), item);
      if (isDevice(item)) this.devices.set(deviceNameOf(item), item.vmId);
    }
    for (const item of initial.bastionHosts ?? []) this.bastions.set(item.id.toLowerCase(), item);
    for (const item of initial.locks) this.addLock(item);
  }

  /** Calls `listener` after every change. */
  onChange(listener: (change: StoreChange) => void): void {
    this.listeners.push(listener);
  }

  /** Tells the listeners. */
  changed(change: StoreChange): void {
    for (const listener of this.listeners) listener(change);
  }

  hasSubscription(subscriptionId: string): boolean {
    return this.subscriptions.has(subscriptionId.toLowerCase());
  }

  hasGroup(subscriptionId: string, group: string): boolean {
    return this.groups.has(`${subscriptionId}/${group}`.toLowerCase());
  }

  /** Ids (lower case) of the management groups above a subscription, nearest first. */
  managementGroupsAbove(subscriptionId: string): string[] {
    const key = subscriptionId.toLowerCase();
    const known = this.scopesOfSubscription.get(key);
    if (known !== undefined) return known;
    const groups = this.initial.managementGroups;
    const scopes: string[] = [];
    let group = groups.find((item) => item.subscriptions.some((id) => id.toLowerCase() === key));
    while (group !== undefined && scopes.length < groups.length) {
      scopes.push(`/providers/microsoft.management/managementgroups/${group.name.toLowerCase()}`);
      const parent = group.parent?.toLowerCase();
      group = groups.find((item) => item.name.toLowerCase() === parent);
    }
    this.scopesOfSubscription.set(key, scopes);
    return scopes;
  }

  /** True where `scope` is `id` or stands above it; both in lower case. */
  isAtOrAbove(scope: string, id: string): boolean {
    if (scope === '/' || isWithin(id, scope)) return true;
    if (!scope.startsWith('/providers/microsoft.management/')) return false;
    if (!id.startsWith('/subscriptions/')) return false;
    return this.managementGroupsAbove(id.split('/')[2] ?? '').includes(scope);
  }

  /** What an NSG (id in lower case) is attached to. */
  attachments(nsgId: string): Attachments {
    this.attached ??= this.countAttachments();
    return this.attached.get(nsgId) ?? { networkInterfaces: [], subnets: [] };
  }

  /** Ids of the ip configurations in a subnet (id in lower case). */
  ipConfigurationsIn(subnetId: string): string[] {
    this.ipConfigurations ??= this.countIpConfigurations();
    return this.ipConfigurations.get(subnetId) ?? [];
  }

  /** The subnet of an id, in any case. */
  findSubnet(id: string): FoundSubnet | undefined {
    const lower = id.toLowerCase();
    const at = lower.lastIndexOf('/subnets/');
    const vnet = this.vnets.get(lower.slice(0, Math.max(at, 0)));
    const subnet = vnet?.subnets.find((item) => item.name.toLowerCase() === lower.slice(at + 9));
    return vnet === undefined || subnet === undefined ? undefined : { vnet, subnet };
  }

  /** Puts or replaces a VM by another hand: made anew, tagged. It has another etag afterwards. */
  setVm(seed: VirtualMachineSeed): void {
    const before = this.vms.get(seed.id.toLowerCase());
    this.showVm(before === undefined ? seed : { ...seed, version: (before.version ?? 1) + 1 });
  }

  /** Replaces a VM by another state of itself; its etag is the seed's. */
  showVm(seed: VirtualMachineSeed): void {
    this.vms.set(seed.id.toLowerCase(), seed);
    this.changed({ kind: 'vm', id: seed.id });
  }

  /** Starts or stops a VM. */
  setPowerState(id: string, powerState: PowerState): void {
    const vm = this.vms.get(id.toLowerCase());
    if (vm === undefined) throw new Error(`The estate has no VM ${id}.`);
    this.showVm({ ...vm, powerState });
  }

  /** Takes a VM away; its NICs stay, as in Azure, unless they are removed too. */
  removeVm(id: string): void {
    this.vms.delete(id.toLowerCase());
    this.changed({ kind: 'vm', id });
  }

  /** Puts or replaces a network interface: new address, other NSG, other VM. */
  setNic(seed: NetworkInterfaceSeed): void {
    this.nics.set(seed.id.toLowerCase(), seed);
    this.attachmentsChanged();
    this.changed({ kind: 'nic', id: seed.id });
  }

  removeNic(id: string): void {
    this.nics.delete(id.toLowerCase());
    this.attachmentsChanged();
    this.changed({ kind: 'nic', id });
  }

  /** Puts or replaces a virtual network with its subnets. */
  setVnet(seed: VirtualNetworkSeed): void {
    this.vnets.set(seed.id.toLowerCase(), seed);
    this.attachmentsChanged();
    this.changed({ kind: 'vnet', id: seed.id });
  }

  addLock(lock: LockSeed): void {
    this.locks.set(lockKey(lock.scope, lock.name), lock);
  }

  removeLock(scope: string, name: string): boolean {
    return this.locks.delete(lockKey(scope, name));
  }

  /** The rules that the network obeys now, by priority; empty for an NSG that is not there. */
  effectiveRules(nsgId: string): NamedRule[] {
    const rules = [...(this.nsgs.get(nsgId.toLowerCase())?.effective.values() ?? [])];
    return rules.sort((one, other) => one.properties.priority - other.properties.priority);
  }

  /** All NSGs as seeds, as Resource Manager shows them now: the present state for a verdict. */
  networkSecurityGroups(): NetworkSecurityGroupSeed[] {
    return [...this.nsgs.values()].flatMap((nsg) => nsgValue(nsg) ?? []);
  }

  private attachmentsChanged(): void {
    this.attached = undefined;
    this.ipConfigurations = undefined;
    for (const nsg of this.nsgs.values()) touch(nsg);
  }

  private countAttachments(): Map<string, Attachments> {
    const found = new Map<string, Attachments>();
    const of = (id: string): Attachments => {
      const key = id.toLowerCase();
      const known = found.get(key) ?? { networkInterfaces: [], subnets: [] };
      found.set(key, known);
      return known;
    };
    for (const nic of this.nics.values()) {
      const id = nic.networkSecurityGroupId;
      if (id !== undefined) of(id).networkInterfaces.push(nic.id);
    }
    for (const vnet of this.vnets.values()) {
      for (const subnet of vnet.subnets) {
        const id = subnet.networkSecurityGroupId;
        if (id !== undefined) of(id).subnets.push(`${vnet.id}/subnets/${subnet.name}`);
      }
    }
    return found;
  }

  private countIpConfigurations(): Map<string, string[]> {
    const found = new Map<string, string[]>();
    for (const nic of this.nics.values()) {
      for (const item of nic.ipConfigurations) {
        const key = item.subnetId.toLowerCase();
        const list = found.get(key) ?? [];
        list.push(`${nic.id}/ipConfigurations/${item.name}`);
        found.set(key, list);
      }
    }
    return found;
  }
}

function lockKey(scope: string, name: string): string {
  return `${scope}/locks/${name}`.toLowerCase();
}
