import {
  demonstrationEstate,
  type Estate,
  estateOf,
  subscriptionId,
  vmId,
  vmsOnManyNsgs,
  vmsOnOneNsg,
} from '../../local/estate';

/** The one subscription of the tenant. */
export const subscription = `/subscriptions/${subscriptionId}`;

const group = `${subscription}/resourceGroups/rg-app`;

/** A network to open windows in, and who opens them. */
export type Layout = {
  name: string;
  estate: () => Estate;
  /** One activation, and so one window, for each of these scopes. */
  scopes: string[];
  /** Rules that each window needs: the NSGs on the ways to its VMs. */
  slotsPerWindow: number;
};

export const oneVmOneNsg: Layout = {
  name: '1 VM, 1 NSG',
  estate: () => vmsOnOneNsg(1),
  scopes: [group],
  slotsPerWindow: 1,
};

export const oneVmTwoNsgs: Layout = {
  name: '1 VM, 2 NSGs',
  estate: demonstrationEstate,
  scopes: [group],
  slotsPerWindow: 2,
};

export const tenVmsOneNsg: Layout = {
  name: '10 VMs on 1 NSG',
  estate: () => vmsOnOneNsg(10),
  scopes: [group],
  slotsPerWindow: 1,
};

export const tenVmsTenNsgs: Layout = {
  name: '10 VMs on 10 NSGs',
  estate: () => vmsOnManyNsgs(10),
  scopes: [group],
  slotsPerWindow: 10,
};

/** So many windows at once: each has a VM of its own, in a subnet of its own, both with an NSG. */
export function manyWindows(count: number): Layout {
  const vms = Array.from({ length: count }, (_item, at) => ({
    name: `vm-${at + 1}`,
    nics: [{ subnet: `snet-${at + 1}` }],
  }));
  return {
    name: `${count} windows at once, each 1 VM and 2 NSGs`,
    estate: () => estateOf({ vms }),
    scopes: vms.map(({ name }) => vmId(name)),
    slotsPerWindow: 2,
  };
}
