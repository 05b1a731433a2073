import type { OrchestrationContext } from 'durable-functions';
import type { Look, SleeperInput, SleeperName } from '../../shared/ports/starter';
import { activityCalls, type Step } from './steps';

/** A history stays short: after so many turns a successor goes on. */
export const turnsMax = 50;
/** The pause after a step that failed: its worker died, or it took too long. */
export const pauseMs = 15_000;

const steps = { accessWindow: 'advanceWindow', activationIntake: 'advanceIntake' } as const;

/**
 * The only orchestrator: look after one row, sleep until the next look, go on. Everything that
 * decides or acts is in the step; everything that must not be forgotten is in the row. Not covered
 * here: an instance that fails or is lost. `reconcileDue` starts it again, and the sweep closes what
 * is due whatever becomes of it.
 */
export function* sleeper(context: OrchestrationContext, name: SleeperName): Step<string> {
  const { successor, ...input } = readInput(context.df.getInput());
  const { id } = input;
  for (let turn = 0; turn < turnsMax; turn++) {
    const look = yield* stepOrPause(context, name, input);
    if (look.done) return look.outcome;
    yield context.df.createTimer(timeOf(context, look.nextLook));
  }
  yield* activityCalls(context).startSuccessor({ name, id, successor: successor + 1 });
  return 'succeeded';
}

function* stepOrPause(
  context: OrchestrationContext,
  name: SleeperName,
  input: Omit<SleeperInput, 'successor'>,
): Step<Look> {
  try {
    return yield* activityCalls(context)[steps[name]](input);
  } catch {
    // An ordinary thing on this engine; the row tells the next step where the last one got to.
    return { done: false, nextLook: '' };
  }
}

/** A timer for an invalid date would never fire, and a missing one means: after the pause. */
function timeOf({ df }: OrchestrationContext, nextLook: string): Date {
  const at = Date.parse(nextLook);
  return new Date(Number.isFinite(at) ? at : df.currentUtcDateTime.getTime() + pauseMs);
}

function readInput(input: unknown): SleeperInput {
  const { id, successor, helper } = { id: '', successor: 0, helper: false, ...Object(input) };
  const read = { id: String(id), successor: Number(successor) || 0 };
  return helper === true ? { ...read, helper } : read;
}
