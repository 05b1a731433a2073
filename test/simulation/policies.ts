import { subscriptionId, vmId } from '../../local/estate';
import type { Plan } from './plan';

const subscription = `/subscriptions/${subscriptionId}`;

/** Limits that the oracle holds every rule to, beside the policy that says the same to the app. */
export const limits = {
  ports: ['22', '3389'],
  range: '198.51.100.7/32',
  fromActivation: '203.0.113.',
  band: { from: 200, to: 899 },
} as const;

/** The policy that the first host of a plan starts with. */
export function firstPolicyOf(plan: Plan): string {
  const { longestMinutes } = plan.firstPolicy ?? plan;
  return policyOfPlan({ ...plan, longestMinutes });
}

/** The policy of a plan: the times that are meant for work. */
export function policyOfPlan({ ranges, longestMinutes, caps }: Plan): string {
  return `
version: 1
times: { guard: 180s, lead: 120s, settle: 120s, shortest: 60s, longest: ${longestMinutes}m }
priorities: { from: ${limits.band.from}, to: ${limits.band.to} }
caps: { vmsPerActivation: 10, windowsPerPerson: ${caps.windowsPerPerson}, windows: ${caps.windows} }
allow:
  - name: operators
    roles: [Virtual Machine Administrator Login, Virtual Machine User Login]
    scopes: [${subscription}]
    ports: [rdp, ssh]
    sources:
      fromActivation: { within: [203.0.113.0/24] }
${ranges ? `      ranges: [{ name: vpn, prefixes: [${limits.range}] }]\n` : ''}`;
}

/** Ways in which a policy may come to allow less. */
export const narrowings = ['one port', 'one machine', 'no addresses of activations'] as const;
export type Narrowing = (typeof narrowings)[number];

/** The only port, and the only machine, that are left. */
export const left = { port: '22', machine: vmId('vm-1') } as const;

/** The policy of a plan, narrowed. */
export function narrowPolicyOf(plan: Plan, narrowing: Narrowing): string {
  const whole = policyOfPlan(plan);
  switch (narrowing) {
    case 'one port':
      return whole.replace('ports: [rdp, ssh]', 'ports: [ssh]');
    case 'one machine':
      return whole.replace(`scopes: [${subscription}]`, `scopes: [${left.machine}]`);
    case 'no addresses of activations':
      return whole.replace('203.0.113.0/24', '203.0.114.0/24');
  }
}

/** Ranges alone, each of them narrower than everything, together the world. */
export function widePolicyOf(plan: Plan): string {
  const halves = '["0.0.0.0/1", "128.0.0.0/1"]';
  return policyOfPlan({ ...plan, ranges: true })
    .replace(`[${limits.range}]`, halves)
    .replace(/^ *fromActivation.*\n/m, '');
}
