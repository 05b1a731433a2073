import type { TokenCredential } from '@azure/core-auth';
import type { ClosingConfig, Config } from '../config';
import { type CloudName, endpoints } from '../domain/remediation/endpoints';
import type { World } from '../ports/world';
import type { ArmPlace } from './arm';
import { clouds } from './cloud';
import { createNightTables, type StoragePlace } from './ledgerTables';
import { createRemediationQueue } from './remediationQueue';

/** What is offered of the remediation, as the settings say. Sends nothing by itself. */
export function createRemediation(
  config: Config['remediation'],
  { storage, deployment, resourceManager }: ClosingConfig,
  credential: TokenCredential,
): World['remediation'] {
  if ('faults' in config) return config;
  if (config.queue === null || config.storage === null) return null;
  const placeOf = (place: ClosingConfig['storage']): StoragePlace =>
    place.kind === 'identity' ? { ...place, credential } : place;
  return {
    ledger: createNightTables(placeOf(storage), deployment),
    queue: createRemediationQueue(placeOf(config.storage), config.queue),
    cloud: cloudOf(resourceManager),
  };
}

/** A cloud of one's own stands in for the global one. */
function cloudOf({ endpoint }: ArmPlace): CloudName {
  const names = Object.keys(endpoints.clouds).filter(isCloud);
  return names.find((name) => clouds[name]?.endpoint === endpoint) ?? 'AzureCloud';
}

function isCloud(name: string): name is CloudName {
  return Object.hasOwn(endpoints.clouds, name);
}
