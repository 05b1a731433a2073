import type { OrchestrationContext, Task } from 'durable-functions';
import type { Look } from '../../shared/ports/starter';
import type { Activities } from '../activities';

/** Suspends the orchestrator on a task and resumes it with that task's typed result. */
export type Step<Result> = Generator<Task, Result, unknown>;

type Calls = {
  readonly [Name in keyof Activities]: (
    input: Parameters<Activities[Name]>[0],
  ) => Step<Awaited<ReturnType<Activities[Name]>>>;
};

/** Typed stand-ins, so that an orchestrator can call activities without importing their code. */
export function activityCalls({ df }: OrchestrationContext): Calls {
  const call = function* (name: keyof Activities, input: unknown): Step<unknown> {
    return yield df.callActivity(name, input);
  };
  return {
    advanceIntake: function* (input) {
      return readLook(yield* call('advanceIntake', input));
    },
    advanceWindow: function* (input) {
      return readLook(yield* call('advanceWindow', input));
    },
    startSuccessor: function* (input) {
      yield* call('startSuccessor', input);
      return { started: `${input.id}-s${input.successor}` };
    },
  };
}

/** What came back through history, checked: an orchestrator must not fail on an odd answer. */
function readLook(answer: unknown): Look {
  if (typeof answer === 'object' && answer !== null) {
    if ('done' in answer && answer.done === true) {
      return { done: true, outcome: 'outcome' in answer ? String(answer.outcome) : '' };
    }
    if ('nextLook' in answer && typeof answer.nextLook === 'string') {
      return { done: false, nextLook: answer.nextLook };
    }
  }
  return { done: false, nextLook: '' };
}
