import type { TokenCredential } from '@azure/core-auth';
import type { ClosingConfig, Config } from '../config';
import type { World } from '../ports/world';
import { createNightTables, type StoragePlace } from './ledgerTables';
import { createRemediationQueue } from './remediationQueue';

/** What is offered of the remediation, as the settings say. Sends nothing by itself. */
export function createRemediation(
  config: Config['remediation'],
  { storage, deployment }: Pick<ClosingConfig, 'storage' | 'deployment'>,
  credential: TokenCredential,
): World['remediation'] {
  if ('faults' in config) return config;
  if (config.queue === null || config.storage === null) return null;
  const placeOf = (place: ClosingConfig['storage']): StoragePlace =>
    place.kind === 'identity' ? { ...place, credential } : place;
  return {
    ledger: createNightTables(placeOf(storage), deployment),
    queue: createRemediationQueue(placeOf(config.storage), config.queue),
  };
}
