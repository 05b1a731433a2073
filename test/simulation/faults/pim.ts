import type { FaultKind, Stage } from '../stage';
import type { PimKnobs } from '../../../local/azure/pim/types';

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
        const { knobs } = stage.simulation().azure.pim;
        const changes = turned(stage);
        const names = Object.keys(changes) as (keyof PimKnobs)[];
        const before = Object.fromEntries(names.map((one) => [one, knobs[one]]));
        stage.took(fault, fault.forMs);
        Object.assign(knobs, changes);
        stage.clock.at(stage.clock.now() + fault.forMs, () => Object.assign(knobs, before));
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
