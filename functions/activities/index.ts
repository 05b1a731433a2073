import type { SleeperInput, Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { advanceIntake } from './advanceIntake';
import { advanceWindow } from './advanceWindow';
import { startSuccessor, type Succession } from './startSuccessor';

/** Which row a step looks after. */
export type StepInput = Pick<SleeperInput, 'id' | 'helper'>;

/** Every activity, already holding the world it works on. Orchestrators import only this type. */
export type Activities = ReturnType<typeof createActivities>;

/**
 * The activities. The starter comes with each call, because Azure hands out the durable client with
 * each invocation.
 */
export const createActivities = (world: World) => ({
  advanceIntake: (input: StepInput, starter: Starter) => advanceIntake(world, starter, input),
  advanceWindow: (input: StepInput) => advanceWindow(world, input),
  startSuccessor: (input: Succession, starter: Starter) => startSuccessor(starter, input),
});
