import { type Estate, estateOf, subscriptionId } from '../../local/estate';
import { spareNsg } from './faults/editors';
import type { Plan } from './plan';

export const subscription = `/subscriptions/${subscriptionId}`;
/** The scope that everybody may activate the role on. */
export const groupScope = `${subscription}/resourceGroups/rg-app`;

/** The estate of a plan: machines with an NSG of their own or without, in one subnet. */
export function estateOfPlan({ machines, subnetNsg }: Plan): Estate {
  const estate = estateOf({
    vms: machines.map(({ ownNsg }, at) => ({
      name: `vm-${at + 1}`,
      ...(ownNsg ? {} : { nics: [{ nsg: null }] }),
    })),
    subnetNsgs: { 'snet-app': subnetNsg ? 'nsg-snet-app' : null },
  });
  return { ...estate, networkSecurityGroups: [...estate.networkSecurityGroups, spareNsg] };
}

/** Limits that the oracle holds every rule to, beside the policy that says the same to the app. */
export const limits = {
  ports: ['22', '3389'],
  range: '198.51.100.7/32',
  fromActivation: '203.0.113.',
  band: { from: 200, to: 899 },
} as const;

/** The policy of a plan: the times that are meant for work. */
export function policyOfPlan({ ranges, longestMinutes }: Plan): string {
  return `
version: 1
times: { guard: 180s, lead: 120s, settle: 120s, shortest: 60s, longest: ${longestMinutes}m }
priorities: { from: ${limits.band.from}, to: ${limits.band.to} }
caps: { vmsPerActivation: 10, windowsPerPerson: 10, windows: 100 }
allow:
  - name: operators
    roles: [Virtual Machine Administrator Login]
    scopes: [${subscription}]
    ports: [rdp, ssh]
    sources:
      fromActivation: { within: [203.0.113.0/24] }
${ranges ? `      ranges: [{ name: vpn, prefixes: [${limits.range}] }]\n` : ''}`;
}

/** Both timers every minute, as in a deployment. */
export const settings = {
  SWEEP_SCHEDULE: '0 * * * * *',
  RECONCILE_SCHEDULE: '30 * * * * *',
  SWEEP_RUN_SECONDS: '10',
  DELETE_SECONDS: '30',
};
