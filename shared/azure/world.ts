import type { TokenCredential } from '@azure/core-auth';
import type { ClosingConfig, Config } from '../config';
import { createDeleteTimes } from '../deleteTimes';
import type { ChainStore } from '../ports/audit';
import type { World } from '../ports/world';
import { createAudit } from '../audit/createAudit';
import { createUnsetChains } from '../audit/unsetChains';
import { createActivityLog } from './activityLog';
import { createAuditBlobs } from './auditBlobs';
import { createBudget } from './budget';
import { createCallers } from './callers';
import { createCandidateIndex } from './candidateQuery';
import { createClock } from './clock';
import { createCompute } from './compute';
import { connect } from './connect';
import { createDirectory } from './directory';
import { createInventory } from './inventory';
import { createMachines } from './machines';
import { createNetwork } from './network';
import { placesNotInAzure } from './placesNotInAzure';
import { createNotices } from './notices';
import { createRemediation } from './remediation';
import { createSigner } from './signer';
import { createVerifier } from './verifier';
import type { WorldParts } from './worldParts';

/** The settings of a world: the closing half in order, the others as they came. */
export type WorldConfig = {
  readonly closing: ClosingConfig;
  readonly opening: Config['opening'];
  readonly api: Config['api'];
  readonly notices: Config['notices'];
  readonly remediation: Config['remediation'];
};

/** Everything the app asks of the outside, as Azure gives it. Sends nothing by itself. */
export function createAzureWorld(config: WorldConfig, parts: WorldParts): World {
  const { closing, opening, api, notices, remediation } = config;
  const { meter, arm, ledger, credential } = connect(closing, parts);
  const clock = createClock(meter);
  const machines = createMachines(arm);
  const chains = parts.chains ?? chainsOf(closing, credential);
  return {
    clock,
    budget: createBudget(meter),
    log: parts.log,
    ledger,
    audit: createAudit(chains, closing.deployment, () => clock.now()),
    network: createNetwork(arm),
    compute: createCompute(arm),
    directory: createDirectory(arm),
    inventory: createInventory(arm),
    // This app reads VMs and writes to none: the writes are left out.
    machines: { readMachine: async (vmId) => machines.readMachine(vmId) },
    candidates: createCandidateIndex(arm),
    activityLog: createActivityLog(arm),
    verifier: createVerifier(closing.publicKeys),
    deleteTimes: createDeleteTimes(),
    deployment: closing.deployment,
    sweepSchedule: closing.sweep.text,
    reconcileSchedule: closing.reconcile.text,
    sweepPeriodMs: closing.sweep.gapMs,
    sweep: closing.sweepSettings,
    opening:
      'faults' in opening
        ? opening
        : {
            policy: opening.policy,
            signer: createSigner(opening.privateKey, opening.keyVersion),
            sweeper: opening.sweeper,
          },
    notAzure: placesNotInAzure(closing, api, remediation),
    api:
      'faults' in api ? api : { callers: parts.callers ?? createCallers(api, () => clock.now()) },
    notices: createNotices(notices, {
      credential,
      deployment: closing.deployment,
      ...(parts.httpClient === undefined ? {} : { httpClient: parts.httpClient }),
    }),
    remediation: parts.remediation ?? createRemediation(remediation, closing, credential),
  };
}

function chainsOf({ audit, deployment }: ClosingConfig, credential: TokenCredential): ChainStore {
  if (audit === null) return createUnsetChains();
  const place = audit.kind === 'identity' ? { ...audit, credential } : audit;
  return createAuditBlobs(place, deployment);
}
