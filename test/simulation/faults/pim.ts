import type { FaultKind, Stage } from '../stage';
import type { PimKnobs } from '../../../local/azure/pim/types';
import { turnFor } from './turnFor';

function knob(
  name: string,
  aim: FaultKind['aim'],
  forMs: readonly [number, number],
  turned: (stage: Stage) => Partial<PimKnobs>,
): FaultKind {
  return {
    name,
    group: 'pim',
    aim,
    forMs,
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        stage.took(fault, fault.forMs);
        turnFor(stage, stage.simulation().azure.pim.knobs, turned(stage), fault.forMs);
      });
    },
  };
}

/** What PIM shows, and when. */
export const pimFaults: readonly FaultKind[] = [
  knob('list stale for 25 s', 'anywhere', [600_000, 1_800_000], () => ({ staleListMs: 25_000 })),
  knob('listed 20 s late', 'opening', [120_000, 400_000], () => ({ listingLagMs: 20_000 })),
  knob('role assignment GUID used again', 'anywhere', [900_000, 1_800_000], () => ({
    roleAssignmentGuidReuse: true,
  })),
  knob('one row per page', 'anywhere', [600_000, 1_800_000], () => ({ pageSize: 1 })),
];
