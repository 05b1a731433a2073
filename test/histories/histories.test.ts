import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OrchestrationContext, OrchestrationHandler, Task } from 'durable-functions';
import { accessWindow } from '../../functions/orchestrators/accessWindow';
import { activationIntake } from '../../functions/orchestrators/activationIntake';
import type { Recording } from './history';
import { turnsOf } from './history';
import { differences, replayOf } from './replay';

const orchestrators: Record<string, OrchestrationHandler> = { accessWindow, activationIntake };

const recordings = readdirSync(__dirname)
  .filter((name) => name.endsWith('.json'))
  .map((name): [string, Recording] => [
    name,
    JSON.parse(readFileSync(join(__dirname, name), 'utf8')) as Recording,
  ]);

const handlerOf = (name: string): OrchestrationHandler => {
  const handler = orchestrators[name];
  if (handler === undefined) throw new Error(`There is no orchestrator ${name}.`);
  return handler;
};

describe('recorded histories', () => {
  const replays = new Map(
    Object.entries(orchestrators).map(([name, handler]) => [name, replayOf(handler)]),
  );

  it.each(recordings)('are answered as they were: %s', async (_name, recording) => {
    const replay = replays.get(recording.orchestrator) ?? replayOf(handlerOf(''));
    expect(await differences(recording, replay)).toEqual([]);
  });

  it('hold instances in flight at every turn, failed steps, and fifty turns', () => {
    const turns = recordings.flatMap(([, recording]) => turnsOf(recording));
    const inFlight = turns.filter(({ answer }) => answer['isDone'] !== true);
    expect(inFlight.length).toBeGreaterThan(100);
    const text = JSON.stringify(turns.map(({ answer }) => answer.actions.flat().at(-1)));
    expect(text).toContain('"startSuccessor"');
    const taskFailed = 6;
    const events = turns.flatMap(({ payload }) => payload.history);
    expect(events.some(({ EventType }) => EventType === taskFailed)).toBe(true);
  });
});

/** Mutations of the sleeper: each a version that somebody could deploy by mistake. */
type Df = OrchestrationContext['df'];
type Mutant = (df: Df) => Generator<Task, unknown, unknown>;

const step = (df: Df): Task => df.callActivity('advanceWindow', input(df));
const input = (df: Df): unknown => {
  const { id, helper } = df.getInput() as { id: string; helper?: boolean };
  return helper === true ? { id, helper } : { id };
};
const pause = (df: Df, nextLook: string): Task => {
  const at = Date.parse(nextLook);
  return df.createTimer(new Date(Number.isFinite(at) ? at : +df.currentUtcDateTime + 15_000));
};
type Look = { done: boolean; outcome: string; nextLook: string };

const mutants: Record<string, Mutant> = {
  'two yields swapped': function* (df) {
    for (let turn = 0; turn < 50; turn++) {
      yield pause(df, '');
      const look = (yield step(df)) as Look;
      if (look.done) return look.outcome;
    }
    return 'succeeded';
  },
  'a step put in front': function* (df) {
    yield df.callActivity('audit', input(df));
    return yield* original(df);
  },
  'another input': function* (df) {
    const look = (yield df.callActivity('advanceWindow', {
      ...Object(input(df)),
      turn: 0,
    })) as Look;
    return look.outcome;
  },
  'no pause after a failed step': function* (df) {
    return yield* original(df, false);
  },
  'a successor after forty turns': function* (df) {
    return yield* original(df, true, 40);
  },
};

function* original(df: Df, isPatient = true, turns = 50): Generator<Task, unknown, unknown> {
  for (let turn = 0; turn < turns; turn++) {
    let look: Look;
    try {
      look = (yield step(df)) as Look;
    } catch {
      if (!isPatient) continue;
      look = { done: false, outcome: '', nextLook: '' };
    }
    if (look.done) return look.outcome;
    yield pause(df, look.nextLook);
  }
  const { id, successor } = df.getInput() as { id: string; successor: number };
  const next = { name: 'accessWindow', id, successor: successor + 1 };
  yield df.callActivity('startSuccessor', next);
  return 'succeeded';
}

describe('a changed orchestrator', () => {
  const windows = recordings
    .map(([, recording]) => recording)
    .filter(({ orchestrator }) => orchestrator === 'accessWindow');

  const found = async (mutant: Mutant): Promise<string[]> => {
    const handler: OrchestrationHandler = function* (context: OrchestrationContext) {
      return yield* mutant(context.df);
    };
    const replay = replayOf(handler);
    const differing = await Promise.all(windows.map((one) => differences(one, replay)));
    return differing.flat();
  };

  it('that does the same is none', async () => {
    expect(await found((df) => original(df))).toEqual([]);
  });

  it.each(Object.keys(mutants))('is told from the recorded one: %s', async (name) => {
    const mutant = mutants[name];
    expect(mutant === undefined ? [] : await found(mutant)).not.toEqual([]);
  });
});
