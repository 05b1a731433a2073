import type { TargetRefusal } from '../grant';
import { refusal } from '../refusal';
import type { PlacementRefusal } from './step';
import type { Placement, WindowRow } from './windowRow';

/** Why one VM gets no rule: a code, the rule that refused, the next step. */
export type Reason = Omit<TargetRefusal, 'vmId'>;

/** Refusals that only planning and opening know. */
const texts = {
  bastionSubnet: (nsgId: string): Omit<Reason, 'code'> => ({
    rule: `NSG ${nsgId} also guards an AzureBastionSubnet.`,
    next: 'Give the VM’s subnet an NSG of its own.',
  }),
  tooManySlots: (nsgId: string): Omit<Reason, 'code'> => ({
    rule: `Ports and sources need more than three rules in NSG ${nsgId}.`,
    next: 'Merge port sets in policy, or use sources of one address family.',
  }),
  readDenied: (azureCode: string): Omit<Reason, 'code'> => ({
    rule: `Postern’s identity may not read the VM’s network (${azureCode}).`,
    next: 'Assign Postern’s role at this scope.',
  }),
  unreadable: (azureCode: string): Omit<Reason, 'code'> => ({
    rule: `Resource Manager gave no answer about the VM’s network in time (${azureCode}).`,
    next: 'Activate again.',
  }),
  putDenied: (azureCode: string): Omit<Reason, 'code'> => ({
    rule: `Azure forbids Postern’s identity to write the rule (${azureCode}).`,
    next: 'Assign Postern’s role at this scope, or exempt rules named postern-* from the policy.',
  }),
  putInvalid: (azureCode: string): Omit<Reason, 'code'> => ({
    rule: `Azure refused the content of the rule (${azureCode}).`,
    next: 'Look up the error code; the log holds the whole rule.',
  }),
} as const;

/** A refusal of this file's own table. */
export function planRefusal(code: keyof typeof texts, of: string): Reason {
  return { code, ...texts[code](of) };
}

/** What a placement that is given up says about its VMs. */
export function placementRefusal(
  row: WindowRow,
  { nsgId }: Placement,
  code: PlacementRefusal,
  detail: string,
): Reason {
  switch (code) {
    case 'shadowed':
      return refusal('shadowed', { rule: detail, nsg: nsgId });
    case 'neverOpened':
      return refusal('tooLate');
    case 'conflict':
      return refusal('planFailed', { nsg: nsgId, plans: row.plans });
    case 'putLocked':
      return refusal('locked', { lock: detail });
    case 'nsgMissing':
      return refusal('vanished');
    case 'putDenied':
    case 'putInvalid':
      return planRefusal(code, detail);
  }
}
