import type { TokenCredential } from '@azure/core-auth';
import type { SweeperConfig } from '../config/sweeper';
import type { Ledger } from '../ports/ledger';
import { type Arm, createArm } from './arm';
import { createCredential } from './credential';
import { createLedgerTables } from './ledgerTables';
import { createMeter, type Meter } from './meter';
import type { WorldParts } from './worldParts';

/** What both apps reach Azure by: one identity, one count of requests, storage. */
type Connection = {
  readonly meter: Meter;
  readonly arm: Arm;
  readonly ledger: Ledger;
  readonly credential: TokenCredential;
};

/** Sends nothing by itself. */
export function connect(
  config: Pick<SweeperConfig, 'clientId' | 'resourceManager' | 'storage' | 'deployment'>,
  parts: WorldParts,
): Connection {
  const { storage, deployment, clientId, resourceManager } = config;
  const meter = createMeter(parts.log);
  const credential = parts.credential ?? createCredential(clientId);
  const place = storage.kind === 'identity' ? { ...storage, credential } : storage;
  return {
    meter,
    credential,
    arm: createArm(resourceManager, credential, meter, parts.httpClient),
    ledger: parts.ledger ?? createLedgerTables(place, deployment),
  };
}
