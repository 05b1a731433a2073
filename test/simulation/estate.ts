import type { RoleDefinition } from '../../local/azure/contract';
import { type Estate, estateOf, subscriptionId } from '../../local/estate';
import { spareNsg } from './faults/editors';
import { withMachines } from './night/estate';
import type { Plan } from './plan';

/** A role that somebody made, and called as Azure calls the one that opens ports. */
export const sameName: RoleDefinition = {
  guid: 'cccccccc-0000-4000-8000-000000000001',
  name: 'Virtual Machine Administrator Login',
  actions: ['*/read'],
  notActions: [],
};

export const subscription = `/subscriptions/${subscriptionId}`;
/** The scope that everybody may activate the role on. */
export const groupScope = `${subscription}/resourceGroups/rg-app`;

/** The estate of a plan: machines with an NSG of their own or without, in one subnet. */
export function estateOfPlan({ machines, subnetNsg, night }: Plan): Estate {
  const vms = machines.map(({ ownNsg }, at) => ({
    name: `vm-${at + 1}`,
    ...(ownNsg ? {} : { nics: [{ nsg: null }] }),
  }));
  const subnetNsgs = { 'snet-app': subnetNsg ? 'nsg-snet-app' : null };
  const estate =
    night === null ? estateOf({ vms, subnetNsgs }) : withMachines(night, vms, subnetNsgs);
  return { ...estate, networkSecurityGroups: [...estate.networkSecurityGroups, spareNsg] };
}
