import type { ChainStore } from '../ports/audit';
import { auditFault } from './createAudit';

/** In place of a store that the settings do not name: nothing can be recorded, so nothing opens. */
export function createUnsetChains(): ChainStore {
  const refuse = (): Promise<never> => Promise.reject(auditFault('invalid', 'AuditNotConfigured'));
  return { readTail: refuse, append: refuse, readAll: refuse, names: refuse };
}
