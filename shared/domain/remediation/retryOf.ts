import { decodeFailure, type DecodedFailure } from './decodeFailure';
import type { EntryError } from './entry';

/** What an error of Azure leads to. Where one looks on the VM, and in which cloud, changes nothing. */
export function retryOf(error: EntryError): Pick<DecodedFailure, 'name' | 'reason' | 'retry'> {
  const { name, reason, retry } = decodeFailure(error, { family: 'unknown', cloud: 'AzureCloud' });
  return { name, reason, retry };
}
