import { type ClosingConfig, isSafeConnectionString, readService } from './closing';
import { queueName, queueNameForm } from './queueName';
import type { SettingsReader } from './settings';

/** How the remediator app is asked; `queue` is `null` where none is named, and nothing is offered. */
export type RemediationConfig = {
  readonly queue: string | null;
  /** The queue service of the storage in which the ledger is. */
  readonly storage: ClosingConfig['storage'] | null;
};

/**
 * Reads by what the remediator app is asked; every fault is left with the reader, `null` if there
 * was one. The queue lies beside the ledger, in the same storage and reached in the same way.
 */
export function readRemediation(reader: SettingsReader): RemediationConfig | null {
  if (reader.optional('REMEDIATION_QUEUE') === '') return { queue: null, storage: null };
  const queue = reader.required('REMEDIATION_QUEUE', queueNameForm, queueName);
  const storage = readQueueStorage(reader);
  return reader.faults.length > 0 ? null : { queue, storage };
}

function readQueueStorage(reader: SettingsReader): ClosingConfig['storage'] | null {
  if (reader.optional('AzureWebJobsStorage__tableServiceUri') !== '') {
    return readService(reader, 'AzureWebJobsStorage__queueServiceUri');
  }
  const connectionString = reader.optional('AzureWebJobsStorage');
  // Closing names a connection string that is missing or is no good at all.
  if (!isSafeConnectionString(connectionString)) return null;
  return isSafeConnectionString(connectionString, 'queue')
    ? { kind: 'connectionString', connectionString }
    : reader.fault('AzureWebJobsStorage is not valid: it names no queue endpoint that is safe.');
}
