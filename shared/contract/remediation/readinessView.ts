import type * as z from 'zod';
import type { FactSource } from '../../domain/remediation/readiness/fact';
import type { Readiness } from '../../domain/remediation/readiness/readinessOf';
import { loginRoleNote } from '../../domain/remediation/report/report';
import type { readinessSchema } from './remediationSchemas';

/** The readiness of a VM as the API shows it. */
type ReadinessView = z.output<typeof readinessSchema>;

/** How old what stands here is. */
const sources: Readonly<Record<FactSource, string>> = {
  machine: 'a read of the VM, now',
  network: 'reads of network security groups, now',
  roles: 'the list of active role assignments, now; what is eligible is not in it',
  index: 'Resource Graph, which is seconds or minutes behind',
};

/** What the API shows of a VM's readiness; `at`: when it was read, epoch ms. */
export function readinessView(readiness: Readiness, at: number): ReadinessView {
  const { vmId, name, os, state, facts, rdp, endpoints } = readiness;
  return {
    vm: vmId,
    name,
    os: { family: os.family, name: os.name },
    state,
    readAt: new Date(at).toISOString(),
    facts: facts.map((one) => ({ ...one })),
    sources: { ...sources },
    rdp: rdp && { ...rdp },
    endpoints: endpoints.map((one) => ({ ...one })),
    note: loginRoleNote,
  };
}
