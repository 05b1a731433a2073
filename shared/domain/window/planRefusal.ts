import type { TargetRefusal } from '../grant';
import { refusal } from '../refusal';
import type { PlacementRefusal } from './step';
import type { Placement, WindowRow } from './windowRow';

/** Why one VM gets no rule: a code, the rule that refused, the next step. */
export type Reason = Omit<TargetRefusal, 'vmId'>;

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
      return refusal(code, { azureCode: detail });
  }
}
