import { decodeFailure, type DecodedFailure } from './decodeFailure';
import type { EntryError } from './entry';

/** What an error of Azure leads to in the night, by the tables of failures. */
export function retryOf(error: EntryError): Pick<DecodedFailure, 'reason' | 'retry'> {
  // Where on the VM to look is told with the report, for which the cloud counts.
  const { reason, retry } = decodeFailure(error, { family: 'unknown', cloud: 'AzureCloud' });
  return { reason, retry };
}
