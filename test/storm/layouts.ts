import { type Estate, estateOf, subscriptionId, vmId } from '../../local/estate';

/** A network in which many windows end in the same second. */
export type StormLayout = {
  name: string;
  estate: Estate;
  /** Scopes of the windows that make the storm, one each. */
  scopes: string[];
  /** Scopes of windows that are asked for while it rages. */
  lateScopes: string[];
  /** How the windows lie: what the lower bound is computed from. */
  subscriptions: number;
  groupsPerSubscription: number;
};

type Plan = {
  name: string;
  windows: number;
  late?: number;
  groups?: number;
  subscriptions?: number;
};

/** So many machines, each with a window, spread evenly over NSGs and subscriptions. */
export function stormLayout(plan: Plan): StormLayout {
  const { name, windows, late = 0, groups = windows, subscriptions = 1 } = plan;
  const perSubscription = windows / subscriptions;
  const groupsPerSubscription = groups / subscriptions;
  const vms = Array.from({ length: perSubscription + late }, (_item, at) => {
    const group = at < perSubscription ? at % groupsPerSubscription : at;
    return { name: `vm-${at + 1}`, nics: [{ nsg: `nsg-${group + 1}` }] };
  });
  const one = estateOf({ vms, subnetNsgs: { 'snet-app': null } });
  const guids = Array.from({ length: subscriptions }, (_item, at) => guidOf(at));
  const scopesOf = (guid: string): string[] =>
    vms.map((vm) => vmId(vm.name).replace(subscriptionId, guid));
  return {
    name,
    estate: merged(guids.map((guid) => moved(one, guid))),
    scopes: guids.flatMap((guid) => scopesOf(guid).slice(0, perSubscription)),
    lateScopes: guids.flatMap((guid) => scopesOf(guid).slice(perSubscription)),
    subscriptions,
    groupsPerSubscription,
  };
}

/** The first subscription is the tenant's own. */
function guidOf(at: number): string {
  return at === 0 ? subscriptionId : `11111111-1111-4111-8111-${String(at).padStart(12, '0')}`;
}

/** The same network in another subscription. */
function moved(estate: Estate, guid: string): Estate {
  return JSON.parse(JSON.stringify(estate).replaceAll(subscriptionId, guid)) as Estate;
}

function merged(estates: readonly Estate[]): Estate {
  const [first] = estates;
  if (first === undefined) throw new Error('A layout has at least one subscription.');
  const group = first.managementGroups[0];
  return {
    ...first,
    managementGroups:
      group === undefined
        ? []
        : [
            {
              ...group,
              subscriptions: estates.flatMap((one) =>
                one.subscriptions.map((of) => of.subscriptionId),
              ),
            },
          ],
    subscriptions: estates.flatMap((one) => one.subscriptions),
    resourceGroups: estates.flatMap((one) => one.resourceGroups),
    networkSecurityGroups: estates.flatMap((one) => one.networkSecurityGroups),
    virtualNetworks: estates.flatMap((one) => one.virtualNetworks),
    networkInterfaces: estates.flatMap((one) => one.networkInterfaces),
    virtualMachines: estates.flatMap((one) => one.virtualMachines),
    locks: estates.flatMap((one) => one.locks),
  };
}
