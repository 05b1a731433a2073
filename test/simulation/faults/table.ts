import type { FaultPlan } from '../plan';
import type { FaultKind } from '../stage';
import { auditFaults } from './audit';
import { callFaults } from './calls';
import { clockFaults } from './clocks';
import { deliveryFaults } from './deliveries';
import { deployFaults } from './deployments';
import { nightFaults } from '../night/faults/index';
import { editorFaults } from './editors';
import { engineFaults } from './engine';
import { eventFaults } from './events';
import { ledgerFaults } from './ledger';
import { operationFaults } from './operations';
import { peopleFaults } from './people';
import { pimFaults } from './pim';
import { processFaults } from './processes';
import { strangers } from './strangers';
import { requestFaults } from './requests';

/** Every kind of fault, in one table. */
export const faultTable: readonly FaultKind[] = [
  ...processFaults,
  ...engineFaults,
  ...requestFaults,
  ...operationFaults,
  ...editorFaults,
  ...strangers,
  ...eventFaults,
  ...deliveryFaults,
  ...clockFaults,
  ...ledgerFaults,
  ...auditFaults,
  ...pimFaults,
  ...peopleFaults,
  ...deployFaults,
  ...callFaults,
  ...nightFaults,
];

/** The kind of a planned fault; throws where a plan names one that is not in the table. */
export function kindOf({ kind }: Pick<FaultPlan, 'kind'>): FaultKind {
  const found = faultTable.find(({ name }) => name === kind);
  if (found === undefined) throw new Error(`There is no fault "${kind}".`);
  return found;
}

/** Faults that this app cannot meet, and why: nothing of the kind exists in it. */
export const notApplicable: readonly { readonly name: string; readonly why: string }[] = [
  { name: 'external event duplicated, reordered, lost', why: 'no orchestrator waits for events' },
  { name: 'event at continueAsNew', why: 'continueAsNew is not used' },
  { name: 'entity lock left behind', why: 'no entities' },
  { name: 'stale status query', why: 'no status is asked: the row decides' },
];
