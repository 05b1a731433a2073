import { decodeFailure } from './decodeFailure';
import type { EntryError } from './entry';
import type { Failure } from './failure';

/** What an error of Azure leads to. Where one looks on the VM, and in which cloud, changes nothing. */
export function retryOf(error: EntryError): Pick<Failure, 'name' | 'reason' | 'retry'> {
  return decodeFailure(error, { family: 'unknown', cloud: 'AzureCloud' });
}
