import type { OrchestrationContext } from 'durable-functions';
import { accessWindow } from '../../../functions/orchestrators/accessWindow';
import { activationIntake } from '../../../functions/orchestrators/activationIntake';
import { pauseMs, turnsMax } from '../../../functions/orchestrators/sleeper';

type Action = { readonly call: string; readonly input: unknown } | { readonly timer: string };

const startedAt = Date.UTC(2026, 0, 1, 10);

/**
 * Runs an orchestrator to its end: `answer` says what each activity answers, or throws. Timers fire
 * when they are due.
 */
function run(
  orchestrator: typeof accessWindow,
  input: unknown,
  answer: (call: string, turn: number) => unknown,
): { actions: Action[]; result: unknown } {
  const actions: Action[] = [];
  let nowMs = startedAt;
  const df = {
    getInput: () => input,
    callActivity: (call: string, given: unknown): Action => ({ call, input: given }),
    createTimer: (at: Date): Action => ({ timer: at.toISOString() }),
    get currentUtcDateTime() {
      return new Date(nowMs);
    },
  };
  const context = { df } as unknown as OrchestrationContext;
  const steps = orchestrator(context);
  let turn = 0;
  let next = steps.next();
  while (next.done !== true) {
    const action = next.value as unknown as Action;
    actions.push(action);
    if ('timer' in action) {
      nowMs = Date.parse(action.timer);
      next = steps.next();
      continue;
    }
    turn += 1;
    try {
      const value = answer(action.call, turn);
      next = steps.next(value);
    } catch (error) {
      next = steps.throw(error);
    }
  }
  return { actions, result: next.value };
}

const at = (ms: number): string => new Date(startedAt + ms).toISOString();
const input = { id: 'w1', successor: 0 };

describe('the sleeper', () => {
  it('steps, sleeps until the next look, and ends with the outcome', () => {
    const looks = [
      { done: false, nextLook: at(3_000) },
      { done: false, nextLook: at(60_000) },
      { done: true, outcome: 'expired' },
    ];
    const { actions, result } = run(accessWindow, input, (_, turn) => looks[turn - 1]);
    expect(result).toBe('expired');
    expect(actions).toEqual([
      { call: 'advanceWindow', input: { id: 'w1' } },
      { timer: at(3_000) },
      { call: 'advanceWindow', input: { id: 'w1' } },
      { timer: at(60_000) },
      { call: 'advanceWindow', input: { id: 'w1' } },
    ]);
  });

  it('goes on after a step whose worker died', () => {
    const { actions, result } = run(accessWindow, input, (_, turn) => {
      if (turn === 1) throw new Error('node exited with code 137');
      return { done: true, outcome: 'expired' };
    });
    expect(result).toBe('expired');
    expect(actions[1]).toEqual({ timer: at(pauseMs) });
  });

  it.each([
    ['nothing', undefined],
    ['text', 'True'],
    ['no time', { done: false }],
    ['a time that is none', { done: false, nextLook: 'soon' }],
    ['a time of another type', { done: false, nextLook: 5 }],
  ])('takes an odd answer for a failed step: %s', (_, odd) => {
    const { actions } = run(accessWindow, input, (_call, turn) =>
      turn === 1 ? odd : { done: true, outcome: '' },
    );
    expect(actions[1]).toEqual({ timer: at(pauseMs) });
  });

  it('hands over to a successor of its own name after fifty turns', () => {
    const { actions, result } = run(activationIntake, { id: 'i1', successor: 3 }, (call) =>
      call === 'startSuccessor' ? { started: 'x' } : { done: false, nextLook: at(1_000) },
    );
    expect(result).toBe('succeeded');
    expect(actions).toHaveLength(2 * turnsMax + 1);
    expect(actions.at(-1)).toEqual({
      call: 'startSuccessor',
      input: { name: 'activationIntake', id: 'i1', successor: 4 },
    });
    expect(actions[0]).toEqual({ call: 'advanceIntake', input: { id: 'i1' } });
  });

  it.each([undefined, null, 'x', 5, {}])('does not throw on input %j', (odd) => {
    const { result } = run(accessWindow, odd, () => ({ done: true, outcome: 'noRow' }));
    expect(result).toBe('noRow');
  });
});
