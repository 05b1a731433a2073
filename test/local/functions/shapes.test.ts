import * as df from 'durable-functions';
import { seededChance } from '../../../local/chance';
import { measuredProfile } from '../../../local/functions';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';
import { startStory, type Story } from './story';

/**
 * Shapes of orchestrators that lose a closing on the real engine (activities take 2 s, deadline at
 * 30 s). An engine that is kinder would let them pass here and leak in Azure.
 */
type Started = { deadline: string; looksTakeMs?: number };

let calls: { name: string; atMs: number }[] = [];
let bornAt = 0;

function activity(name: string): void {
  df.app.activity(name, {
    handler: async () => {
      calls.push({ name, atMs: Date.now() - bornAt });
      await new Promise((resolve) => setTimeout(resolve, 2000));
      return name;
    },
  });
}
for (const name of ['open', 'record', 'close']) activity(name);

df.app.activity('readAndAct', {
  handler: async ({ deadline, looksTakeMs = 2000 }: Started) => {
    await new Promise((resolve) => setTimeout(resolve, looksTakeMs));
    const isDue = Date.now() >= Date.parse(deadline);
    if (isDue) calls.push({ name: 'close', atMs: Date.now() - bornAt });
    return { done: isDue, nextLook: deadline };
  },
});

function reusedTimer(looksFirst: boolean): df.OrchestrationHandler {
  return function* (c) {
    yield c.df.callActivity('open');
    const { deadline } = c.df.getInput<Started>() ?? { deadline: '' };
    const timer = c.df.createTimer(new Date(deadline));
    for (;;) {
      if (looksFirst && timer.isCompleted) break;
      const extend = c.df.waitForExternalEvent('extend');
      const winner = (yield c.df.Task.any([timer, extend])) as unknown;
      if (winner === timer) break;
      yield c.df.callActivity('record', { v: extend.result });
    }
    yield c.df.callActivity('close');
  };
}
df.app.orchestration('A', reusedTimer(false));
df.app.orchestration('AWithCheck', reusedTimer(true));
df.app.orchestration('C', function* (c) {
  const startMs = c.df.currentUtcDateTime.getTime();
  yield c.df.callActivity('open');
  for (let i = 0; i < 3; i++) {
    const timer = c.df.createTimer(new Date(startMs + 30_000 * (i + 1)));
    const extend = c.df.waitForExternalEvent('extend');
    const close = c.df.waitForExternalEvent('close');
    const winner = (yield c.df.Task.any([timer, extend, close])) as unknown;
    if (winner !== timer) timer.cancel();
    if (winner === close) break;
    if (winner === extend) yield c.df.callActivity('record', { v: extend.result });
  }
  yield c.df.callActivity('close');
});
df.app.orchestration('S', function* (c) {
  const input = c.df.getInput<Started>() ?? { deadline: '' };
  for (let i = 0; i < 50; i++) {
    let step = { done: false, nextLook: '' };
    try {
      step = (yield c.df.callActivity('readAndAct', input)) as typeof step;
    } catch {
      const soon = new Date(c.df.currentUtcDateTime.getTime() + 1000);
      step = { done: false, nextLook: soon.toISOString() };
    }
    if (step.done) return 'closed';
    yield c.df.createTimer(new Date(step.nextLook));
  }
  return 'gaveUp';
});

let time: VirtualTime;
let story: Story | undefined;

beforeEach(() => {
  time = installVirtualTime();
  calls = [];
  bornAt = Date.now();
});

afterEach(() => {
  story?.host.kill();
  time.uninstall();
});

async function tell(
  name: string,
  events: [atMs: number, event: string][],
  untilMs: number,
  options: Parameters<typeof startStory>[0] = {},
): Promise<Story> {
  const told = await startStory(options);
  story = told;
  told.start(name, 'w', { deadline: new Date(bornAt + 30_000).toISOString() });
  for (const [atMs, event] of events) {
    await time.pass(atMs - (Date.now() - bornAt));
    told.call('POST', `instances/w/raiseEvent/${event}`, { at: atMs });
  }
  await time.pass(untilMs - (Date.now() - bornAt));
  return told;
}

const closedAt = (): number[] =>
  calls.filter(({ name }) => name === 'close').map(({ atMs }) => atMs);

describe('shapes that lose the closing', () => {
  it.each([
    ['A: extended twice', [7_000, 14_000]],
    ['A2: extended so late that the timer fires while the activity runs', [28_800]],
  ])('%s: never closes', async (_name, times) => {
    const events = times.map((at): [number, string] => [at, 'extend']);
    const told = await tell('A', events, 600_000);
    expect(closedAt()).toEqual([]);
    expect(told.status('w')['runtimeStatus']).toBe('Running');
  });

  it('A leaves the trail of timers that was measured', async () => {
    const told = await tell(
      'A',
      [
        [7_000, 'extend'],
        [14_000, 'extend'],
      ],
      600_000,
    );
    const { body } = told.call('GET', 'instances/w?showHistory=true');
    const { historyEvents } = body as { historyEvents: { EventType: string }[] };
    const trail = historyEvents.map(({ EventType }) => EventType);
    expect(trail.join(' ')).toBe(
      'ExecutionStarted TaskCompleted TimerCreated EventRaised TaskCompleted TimerCreated ' +
        'EventRaised TaskCompleted TimerFired TimerFired TimerCreated TimerFired',
    );
  });

  it('A with a look at the timer before each wait: closes', async () => {
    await tell(
      'AWithCheck',
      [
        [7_000, 'extend'],
        [14_000, 'extend'],
      ],
      600_000,
    );
    expect(closedAt()).toHaveLength(1);
  });

  it('C: a close that comes while an activity runs is swallowed; it closes late', async () => {
    const told = await tell(
      'C',
      [
        [7_000, 'extend'],
        [8_200, 'close'],
      ],
      600_000,
    );
    expect(closedAt()).toEqual([90_000]);
    expect(told.status('w')['runtimeStatus']).toBe('Completed');
  });
});

describe('the sleeper', () => {
  it('closes at its deadline', async () => {
    const told = await tell('S', [], 60_000);
    expect(told.status('w')['output']).toBe('closed');
    expect(closedAt()).toEqual([32_000]);
  });

  it('closes although the worker dies inside its first step', async () => {
    const told = await tell('S', [], 60_000, {
      faults: {
        activity: ({ taskId }) => (taskId === 0 ? { workerDiesAfterMs: 1000 } : undefined),
      },
    });
    expect(told.status('w')['output']).toBe('closed');
    expect(closedAt()).toEqual([32_000]);
  });

  it('closes although the worker dies under everything that runs', async () => {
    const told = await startStory();
    story = told;
    told.start('S', 'w', { deadline: new Date(bornAt + 30_000).toISOString() });
    await time.pass(1000);
    told.host.killWorker();
    await time.pass(60_000);
    expect(told.status('w')['output']).toBe('closed');
    expect(closedAt()).toEqual([32_000]);
  });

  it('closes within the measured earliness and lateness, whatever the dice say', async () => {
    const chance = seededChance(7);
    const told = await startStory({ profile: measuredProfile(chance, 5000) });
    story = told;
    for (let i = 0; i < 100; i++) {
      const deadline = new Date(bornAt + 30_000).toISOString();
      told.start('S', `w${i}`, { deadline, looksTakeMs: 10 });
    }
    await time.pass(10 * 60_000);
    const late = closedAt();
    expect(late).toHaveLength(100);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(30_000);
    expect(Math.max(...late)).toBeLessThan(60_000);
    // Some timers fired before their time, so some sleepers looked more than twice.
    const looks = told.trace.filter(({ kind }) => kind === 'activity').length;
    expect(looks).toBeGreaterThan(200);
  });
});
