import { randomUUID } from 'node:crypto';
import type { RemediatorConfig } from '../config/remediator';
import type { NightLedger } from '../ports/nightLedger';
import type { RemediatorWorld } from '../ports/remediatorWorld';
import { createArm } from './arm';
import { createCandidateIndex } from './candidateQuery';
import { createClock } from './clock';
import { createCredential } from './credential';
import { createNightTables } from './ledgerTables';
import { createMachines } from './machines';
import { createMeter } from './meter';
import { createNightPace } from './nightPace';
import type { WorldParts } from './worldParts';

type Parts = Pick<WorldParts, 'httpClient' | 'credential' | 'log'> & {
  readonly nightLedger?: NightLedger;
};

/**
 * The world of the remediator app, as Azure gives it: it reads VMs, turns identities on and
 * installs one kind of extension. Sends nothing by itself.
 */
export function createRemediatorWorld(config: RemediatorConfig, parts: Parts): RemediatorWorld {
  const { storage, deployment, clientId, resourceManager } = config;
  const meter = createMeter(parts.log);
  const credential = parts.credential ?? createCredential(clientId);
  const place = storage.kind === 'identity' ? { ...storage, credential } : storage;
  const arm = createArm(resourceManager, credential, meter, parts.httpClient);
  return {
    clock: createClock(meter),
    log: parts.log,
    pace: createNightPace(meter.buckets),
    ledger: parts.nightLedger ?? createNightTables(place, deployment),
    machines: createMachines(arm),
    index: createCandidateIndex(arm),
    rules: config.rules,
    schedule: config.schedule,
    timeZone: config.timeZone,
    holder: randomUUID(),
    version: config.version,
  };
}
