import type { NetworkInterfaceSeed, VirtualMachineSeed, VirtualNetworkSeed } from '../../estate';
import type { BastionHostSeed } from '../../estateConnect';
import type { StoreChange } from './estateStore';
import type { World } from './call';

/** A rule as the index knows it. */
export type IndexedRule = { name: string; description: string };

/** An NSG as the index knows it. */
export type IndexedNsg = { id: string; location: string; rules: Map<string, IndexedRule> };

/** By id; as the ids of what is below them stand; or by the machines' own GUIDs, which are random. */
export type MachineOrder = 'id' | 'below' | 'guid';

/** The Resource Graph's own copy of the estate: right, but late. */
export type GraphIndex = {
  vms: Map<string, VirtualMachineSeed>;
  nics: Map<string, NetworkInterfaceSeed>;
  vnets: Map<string, VirtualNetworkSeed>;
  nsgs: Map<string, IndexedNsg>;
  /** All VMs in order: `placeOf` of each. */
  sortedVms(order: MachineOrder): readonly string[];
  /** Those of the beginning: nobody makes a Bastion here. */
  bastions: ReadonlyMap<string, BastionHostSeed>;
  /** Carries out every change whose lag is over. Call before reading. */
  catchUp(): void;
};

const pendingMany = 5_000;

/** An index of the store as it stands, which follows it with `resourceGraphLagMs`. */
export function createGraphIndex({ store, settings }: World): GraphIndex {
  let pending: { dueAtMs: number; apply: () => void }[] = [];
  const vms = new Map(store.vms);
  const nics = new Map(store.nics);
  const vnets = new Map(store.vnets);
  const nsgs = new Map<string, IndexedNsg>();
  const snapshot = (id: string): (() => void) => {
    const nsg = store.nsgs.get(id);
    if (nsg === undefined) return () => nsgs.delete(id);
    const rules = new Map<string, IndexedRule>();
    for (const [key, rule] of nsg.rules) rules.set(key, indexed(rule));
    return () => nsgs.set(id, { id: nsg.id, location: nsg.location, rules });
  };
  for (const id of store.nsgs.keys()) snapshot(id)();

  const sorted = new Map<MachineOrder, readonly string[]>();
  const copyVm = (id: string): (() => void) => {
    const apply = copying(store.vms, vms, id);
    return () => {
      const before = vms.get(id);
      apply();
      // One that has changed keeps its place; another one of its name has another GUID.
      if (vms.get(id)?.vmId !== before?.vmId) sorted.clear();
    };
  };
  const whole = (kind: Exclude<StoreChange['kind'], 'rule'>, id: string): (() => void) => {
    if (kind === 'vm') return copyVm(id);
    if (kind === 'nic') return copying(store.nics, nics, id);
    return kind === 'vnet' ? copying(store.vnets, vnets, id) : snapshot(id);
  };
  const change = (event: StoreChange): (() => void) => {
    const id = event.id.toLowerCase();
    if (event.kind !== 'rule') return whole(event.kind, id);
    const key = event.rule.toLowerCase();
    const rule = store.nsgs.get(id)?.rules.get(key);
    const seen = rule === undefined ? undefined : indexed(rule);
    return () => {
      const rules = nsgs.get(id)?.rules;
      if (seen === undefined) rules?.delete(key);
      else rules?.set(key, seen);
    };
  };
  const catchUp = (): void => {
    const now = Date.now();
    const later = pending.findIndex(({ dueAtMs }) => dueAtMs > now);
    const due = later < 0 ? pending : pending.slice(0, later);
    pending = later < 0 ? [] : pending.slice(later);
    for (const { apply } of due) apply();
  };
  store.onChange((event) => {
    pending.push({ dueAtMs: Date.now() + settings.resourceGraphLagMs, apply: change(event) });
    // Where nobody asks for hours, what is overdue would only take room.
    if (pending.length % pendingMany === 0) catchUp();
  });
  return {
    vms,
    nics,
    vnets,
    nsgs,
    bastions: store.bastions,
    sortedVms: (order) => {
      const known = sorted.get(order) ?? placesIn(vms, order);
      sorted.set(order, known);
      return known;
    },
    catchUp,
  };
}

function indexed(rule: { name: string; properties: { description?: string } }): IndexedRule {
  return { name: rule.name, description: rule.properties.description ?? '' };
}

function copying<T>(from: Map<string, T>, to: Map<string, T>, id: string): () => void {
  const value = from.get(id);
  return () => {
    if (value === undefined) to.delete(id);
    else to.set(id, value);
  };
}

function placesIn(
  vms: ReadonlyMap<string, VirtualMachineSeed>,
  order: MachineOrder,
): readonly string[] {
  const places = Array.from(vms.values(), ({ id, vmId }) => {
    if (order === 'guid') return placeOf(vmId, id);
    return order === 'below' ? `${id}/` : id;
  });
  return places.sort();
}

/** Where a machine stands in the order of GUIDs. */
export function placeOf(vmGuid: string, id: string): string {
  return `${vmGuid.toLowerCase()} ${id}`;
}

/** Id of the machine that stands at a place, lower case. */
export function idAt(place: string, order: MachineOrder): string {
  const lower = place.toLowerCase();
  if (order === 'guid') return lower.slice(lower.indexOf(' ') + 1);
  return order === 'below' ? lower.slice(0, -1) : lower;
}
