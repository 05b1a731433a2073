import * as df from 'durable-functions';
import { exactProfile, MemoryStore } from '../../../local/functions';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';
import type { Plain } from './recording';
import { startStory, type Story } from './story';

const after = (c: df.OrchestrationContext, ms: number): Date =>
  new Date(c.df.currentUtcDateTime.getTime() + ms);

let attempts = 0;
df.app.activity('fails', {
  handler: () => {
    attempts += 1;
    throw new Error('no');
  },
});
df.app.activity('double', { handler: (n: number) => n * 2 });
df.app.orchestration('order', function* (c) {
  const startMs = c.df.currentUtcDateTime.getTime();
  const seen: unknown[] = [];
  for (let i = 0; i < 4; i++) {
    const timer = c.df.createTimer(new Date(startMs + 100_000 * (i + 1)));
    const extend = c.df.waitForExternalEvent('extend');
    const winner = (yield c.df.Task.any([timer, extend])) as unknown;
    if (winner === extend) timer.cancel();
    seen.push(winner === extend ? extend.result : 'timer');
  }
  return seen;
});
df.app.orchestration('forgetsTimer', function* (c) {
  const timer = c.df.createTimer(after(c, 60_000));
  const event = c.df.waitForExternalEvent('go');
  yield c.df.Task.any([timer, event]);
  return 'done';
});
df.app.orchestration('child', function* (c) {
  yield c.df.createTimer(after(c, 10_000));
  if (c.df.getInput() === 'bad') yield c.df.callActivity('fails');
  return { parent: c.df.parentInstanceId ?? null };
});
df.app.orchestration('parent', function* (c) {
  try {
    return (yield c.df.callSubOrchestrator('child', c.df.getInput())) as unknown;
  } catch (error) {
    return (error as Error).message.split('\n')[0];
  }
});
df.app.orchestration('fanOut', function* (c) {
  const tasks = [1, 2, 3].map((n) => c.df.callActivity('double', n));
  const all = (yield c.df.Task.all(tasks)) as number[];
  const more = (yield c.df.callActivity('double', all.length)) as number;
  return [...all, more];
});
df.app.orchestration('waitsForTwo', function* (c) {
  const a = (yield c.df.waitForExternalEvent('a')) as unknown;
  const b = (yield c.df.waitForExternalEvent('b')) as unknown;
  return [a, b];
});
df.app.orchestration('callsEntity', function* (c) {
  return (yield c.df.callEntity(new df.EntityId('counter', 'x'), 'add', 1)) as unknown;
});
df.app.orchestration('retriesTooLong', function* (c) {
  const options = new df.RetryOptions(60_000, 10);
  options.retryTimeoutInMilliseconds = 90_000;
  return (yield c.df.callActivityWithRetry('fails', options)) as unknown;
});

let time: VirtualTime;
let story: Story;

beforeEach(async () => {
  time = installVirtualTime();
  attempts = 0;
  story = await startStory();
});

afterEach(() => {
  story.host.kill();
  time.uninstall();
});

const status = (id: string): Plain => story.status(id)['runtimeStatus'] ?? null;
const output = (id: string): Plain => story.status(id)['output'] ?? null;

it('an event meets the latest waiter, and turns keep their order', async () => {
  story.start('order', 'i');
  await time.pass(150_000);
  story.call('POST', 'instances/i/raiseEvent/extend', 'A');
  await time.pass(600_000);
  expect(output('i')).toEqual(['timer', 'A', 'timer', 'timer']);
});

it('an instance that has returned stays Running while a timer is open', async () => {
  story.start('forgetsTimer', 'i');
  await time.pass(1000);
  story.call('POST', 'instances/i/raiseEvent/go');
  await time.pass(50_000);
  expect(status('i')).toBe('Running');
  await time.pass(10_000);
  expect([status('i'), output('i')]).toEqual(['Completed', 'done']);
});

it('several messages that wait are read in one episode', async () => {
  story.host.kill();
  const episodeStartMs = { min: 500, max: 501 };
  story = await startStory({ profile: { ...exactProfile(), episodeStartMs } });
  story.start('waitsForTwo', 'i');
  await time.pass(1000);
  story.call('POST', 'instances/i/raiseEvent/b', 2);
  story.call('POST', 'instances/i/raiseEvent/a', 1);
  await time.pass(1000);
  expect(output('i')).toEqual([1, 2]);
  expect(story.episodes('i')).toHaveLength(2);
});

it('activities run side by side and their results keep their places', async () => {
  story.start('fanOut', 'i');
  await time.pass(100);
  expect(output('i')).toEqual([2, 4, 6, 6]);
});

it('a child knows its parent, and its failure reaches it', async () => {
  story.start('parent', 'p', 'good');
  story.start('parent', 'q', 'bad');
  await time.pass(20_000);
  expect(output('p')).toEqual({ parent: 'p' });
  expect(output('q')).toBe(
    "Orchestrator function 'child' failed: Activity function 'fails' failed: no ",
  );
});

it('a parent and its child outlive their host', async () => {
  story.host.kill();
  const store = new MemoryStore();
  story = await startStory({ store });
  story.start('parent', 'p', 'good');
  await time.pass(5000);
  story.host.kill();
  story = await startStory({ store });
  await time.pass(10_000);
  expect(output('p')).toEqual({ parent: 'p' });
});

it('an entity call fails the instance and says why', async () => {
  story.start('callsEntity', 'i');
  await time.pass(100);
  expect(status('i')).toBe('Failed');
  expect(output('i')).toMatch(/^Orchestrator function 'callsEntity' failed: Action 7 .*not supp/);
});

it('retries whose time-out is over stop without a word, as azure-functions-durable-js#629', async () => {
  story.start('retriesTooLong', 'i');
  await time.pass(3_600_000);
  expect([attempts, status('i')]).toEqual([3, 'Running']);
});

it('bad JSON, bad paths and unknown verbs are refused', () => {
  const bad = story.host.rpc({
    method: 'POST',
    url: `${story.host.settings.rpcBaseUrl}orchestrators/order/i`,
    body: '{',
    headers: {},
  });
  expect(bad.status).toBe(400);
  story.start('order', 'i');
  expect(story.call('POST', 'instances/i/dance').status).toBe(404);
  expect(story.call('PUT', 'instances/i').status).toBe(404);
  expect(story.call('GET', 'instances/%zz').status).toBe(400);
  expect(story.call('POST', 'orchestrators/order/a/b').status).toBe(404);
  expect(story.call('GET', 'entities/counter/x').status).toBe(501);
});
