import type { FaultKind } from '../../stage';
import { nightLedger } from './ledger';
import { nightMachines } from './machines';
import { nightProcesses } from './processes';
import { nightRequests } from './requests';

/** Every kind of fault that befalls the night alone. */
export const nightFaults: readonly FaultKind[] = [
  ...nightRequests,
  ...nightLedger,
  ...nightProcesses,
  ...nightMachines,
];
