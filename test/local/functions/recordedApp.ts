import * as df from 'durable-functions';

/** The small app of the recordings, deduced from their histories. */
type Look = { done: boolean; n: number; nextLook: string };
type SleeperInput = { rounds: number; everyMs?: number; slowMs?: number };

class SpecialError extends Error {
  override name = 'SpecialError';
  readonly code = 'E_SPECIAL';
  readonly hint = 'x';
}

/** Registers the recorded functions; `waitMs` is how an activity takes time. */
export function registerRecordedApp(waitMs: (ms: number) => Promise<void>): void {
  const looks = new Map<string, number>();
  df.app.activity('readAndAct', {
    handler: async (input: SleeperInput & { id: string; i: number }): Promise<Look> => {
      const n = (looks.get(input.id) ?? 0) + 1;
      looks.set(input.id, n);
      if (input.slowMs !== undefined) await waitMs(input.slowMs);
      const nextLook = new Date(Date.now() + (input.everyMs ?? 2000)).toISOString();
      return { done: input.i >= input.rounds, n, nextLook };
    },
  });
  df.app.activity('echo', {
    handler: (got: unknown, context) => ({
      got,
      type: typeof got,
      triggerMetadata: context.triggerMetadata,
    }),
  });
  df.app.activity('thrower', {
    handler: (input: unknown) => {
      throw new SpecialError(`boom for ${JSON.stringify(input)}`);
    },
  });
  df.app.activity('throwsSecret', {
    handler: () => {
      throw new Error('GET https://x.blob.core.windows.net/a?sv=1&sig=abcdef&se=2 failed');
    },
  });
  df.app.activity('slow', {
    handler: async ({ ms }: { ms: number }) => {
      await waitMs(ms);
      return 'slept';
    },
  });
  df.app.activity('suicideAct', { handler: () => 'second life' });
  registerOrchestrators();
  registerFailing();
}

function registerOrchestrators(): void {
  df.app.orchestration('sleeper', function* (c) {
    const input = c.df.getInput<SleeperInput>() ?? { rounds: 0 };
    for (let i = 0; ; i++) {
      const last = (yield c.df.callActivity('readAndAct', {
        id: c.df.instanceId,
        i,
        ...input,
      })) as Look;
      if (last.done) return { rounds: i + 1, last };
      yield c.df.createTimer(new Date(last.nextLook));
    }
  });
  df.app.orchestration('can', function* (c) {
    const { k } = c.df.getInput<{ k: number }>() ?? { k: 0 };
    const r = (yield c.df.callActivity('echo', `k${k}`)) as unknown;
    if (k < 2) return c.df.continueAsNew({ k: k + 1 });
    return { k, r };
  });
  df.app.orchestration('canEvents', function* (c) {
    const { k } = c.df.getInput<{ k: number }>() ?? { k: 0 };
    if (k === 0) {
      yield c.df.callActivity('slow', { ms: 3000 });
      return c.df.continueAsNew({ k: 1 });
    }
    const event = c.df.waitForExternalEvent('go');
    const timer = c.df.createTimer(new Date(c.df.currentUtcDateTime.getTime() + 4000));
    const winner = (yield c.df.Task.any([event, timer])) as unknown;
    return winner === event ? event.result : 'LOST';
  });
  df.app.orchestration('parent', function* (c) {
    const id = `${c.df.instanceId}:child`;
    const child = (yield c.df.callSubOrchestrator('can', { k: 1 }, id)) as unknown;
    return { child };
  });
  df.app.orchestration('echoes', function* (c) {
    const inputs: unknown[] = ['hello', '123', '"q"', 'true', '{"a":1}', 5, null, true, [1, 2]];
    inputs.push({ d: '2026-01-02T03:04:05Z', s: '2026-01-02T03:04:05.1234567+02:00' }, undefined);
    const seen: unknown[] = [];
    for (const input of inputs) {
      const label = input === undefined ? '(none)' : input;
      seen.push([label, (yield c.df.callActivity('echo', input)) as unknown]);
    }
    return seen;
  });
  df.app.orchestration('nondet', function* (c) {
    // The code "changed" between the two episodes: an activity now comes first.
    if (c.df.isReplaying) yield c.df.callActivity('echo', 'other');
    yield c.df.createTimer(new Date(c.df.currentUtcDateTime.getTime() + 4000));
    return 'done';
  });
  df.app.orchestration('longTimer', function* (c) {
    const { ms } = c.df.getInput<{ ms: number }>() ?? { ms: 0 };
    yield c.df.createTimer(new Date(c.df.currentUtcDateTime.getTime() + ms));
    return 'woke';
  });
  df.app.orchestration('waiter', function* (c) {
    c.df.setCustomStatus({ waiting: 'go' });
    const event = c.df.waitForExternalEvent('go');
    const timer = c.df.createTimer(new Date(c.df.currentUtcDateTime.getTime() + 3_600_000));
    const winner = (yield c.df.Task.any([event, timer])) as unknown;
    if (winner !== timer) timer.cancel();
    return { got: event.result };
  });
}

function registerFailing(): void {
  df.app.orchestration('retries', function* (c) {
    const options = new df.RetryOptions(1500, 3);
    options.backoffCoefficient = 2;
    try {
      return (yield c.df.callActivityWithRetry('thrower', options, { a: 2 })) as unknown;
    } catch (error) {
      return { caught: (error as Error).message };
    }
  });
  df.app.orchestration('callsThrower', function* (c) {
    try {
      return (yield c.df.callActivity('thrower', { a: 1 })) as unknown;
    } catch (error) {
      const { message: caught, name } = error as Error;
      return { caught, name, keys: Object.keys(error as Error) };
    }
  });
  df.app.orchestration('uncaught', function* (c) {
    return (yield c.df.callActivity('thrower', { a: 1 })) as unknown;
  });
  df.app.orchestration('throwsPlain', function* (c) {
    if (c.df.isReplaying) yield c.df.callActivity('echo');
    throw new Error(`plain ${c.df.instanceId} sig=abc&AccountKey=xyz;rest of text`);
  });
  df.app.orchestration('secretAct', function* (c) {
    try {
      return (yield c.df.callActivity('throwsSecret')) as unknown;
    } catch (error) {
      return (error as Error).message.slice(0, 300);
    }
  });
  df.app.orchestration('suicideOrch', function* (c) {
    return (yield c.df.callActivity('echo')) as unknown;
  });
  df.app.orchestration('suicideRetry', function* (c) {
    const options = new df.RetryOptions(1000, 3);
    return (yield c.df.callActivityWithRetry('suicideAct', options, c.df.instanceId)) as unknown;
  });
}
