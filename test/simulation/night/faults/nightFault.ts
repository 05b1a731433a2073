import type { Crossing, Deed, Moment } from '../../boundaries';
import type { Dice } from '../../dice';
import type { FaultPlan } from '../../plan';
import type { FaultKind, Stage } from '../../stage';

const facts = { aim: 'anywhere', group: 'night', onlyNamed: true, ofNight: true } as const;

type Facts = Pick<FaultKind, 'forMs' | 'times' | 'skip'>;

/** `isEarly`: it waits from the start, because what it strikes happens in the first seconds of a run. */
type StrikeFacts = Facts & { readonly isEarly?: boolean };

/** Something that befalls the night at a time. `act` says whether it took effect. */
export function nightEvent(
  name: string,
  act: (stage: Stage, dice: Dice, fault: FaultPlan) => boolean,
  more: Facts = {},
): FaultKind {
  return {
    ...facts,
    name: `night: ${name}`,
    ...more,
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        if (act(stage, stage.dice(fault), fault)) stage.took(fault);
      });
    },
  };
}

/** Something that strikes crossings of the night's workers. */
export function nightStrike(
  name: string,
  at: Moment,
  on: (crossing: Crossing) => boolean,
  deed: (crossing: Crossing, stage: Stage, dice: Dice) => Deed,
  { isEarly = false, ...more }: StrikeFacts = {},
): FaultKind {
  return {
    ...facts,
    name: `night: ${name}`,
    ...more,
    install: (stage, fault) => {
      const dice = stage.dice(fault);
      const early = { ...fault, atMs: 0, forMs: fault.atMs + fault.forMs };
      stage.night().strike(isEarly ? early : fault, on, (crossing) => ({
        at,
        deed: deed(crossing, stage, dice),
      }));
    },
  };
}
