import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { ClosingConfig, Config } from '../config';
import { createDeleteTimes } from '../deleteTimes';
import type { Log } from '../ports/log';
import type { Ledger } from '../ports/ledger';
import type { World } from '../ports/world';
import { createArm } from './arm';
import { createBudget } from './budget';
import { createClock } from './clock';
import { createCompute } from './compute';
import { createCredential } from './credential';
import { createDirectory } from './directory';
import { createInventory } from './inventory';
import { createLedgerTables } from './ledgerTables';
import { createMeter } from './meter';
import { createNetwork } from './network';
import { createSigner, createVerifier } from './signer';

/** What tests and hosts may put in place of the real thing. */
export type WorldParts = {
  /** Answers every request of every Resource Manager client in process. */
  readonly httpClient?: HttpClient;
  readonly credential?: TokenCredential;
  readonly ledger?: Ledger;
  readonly log: Log;
};

/** The settings of a world: the closing half in order, the opening half as it came. */
export type WorldConfig = { readonly closing: ClosingConfig; readonly opening: Config['opening'] };

/** Everything the app asks of the outside, as Azure gives it. Sends nothing by itself. */
export function createAzureWorld(config: WorldConfig, parts: WorldParts): World {
  const { closing, opening } = config;
  const { log } = parts;
  const meter = createMeter(log);
  const credential = parts.credential ?? createCredential(closing.clientId);
  const arm = createArm(closing.resourceManager, credential, meter, parts.httpClient);
  const { storage } = closing;
  return {
    clock: createClock(meter),
    budget: createBudget(meter),
    log,
    ledger:
      parts.ledger ??
      createLedgerTables(
        storage.kind === 'identity' ? { ...storage, credential } : storage,
        closing.deployment,
      ),
    network: createNetwork(arm),
    compute: createCompute(arm),
    directory: createDirectory(arm),
    inventory: createInventory(arm),
    verifier: createVerifier(closing.publicKeys),
    deleteTimes: createDeleteTimes(),
    deployment: closing.deployment,
    sweepSchedule: closing.sweep.text,
    reconcileSchedule: closing.reconcile.text,
    sweepPeriodMs: closing.sweep.gapMs,
    opening:
      'faults' in opening
        ? opening
        : {
            policy: opening.policy,
            signer: createSigner(opening.privateKey, opening.keyVersion),
          },
  };
}
