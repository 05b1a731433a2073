import * as df from 'durable-functions';
import * as fc from 'fast-check';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskStore, MemoryStore, type InstanceStore } from '../../../local/functions';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';
import { startStory, type Story } from './story';

let time: VirtualTime;
let directory: string;
let runs = 0;

df.app.activity('look', {
  handler: async ({ i }: { i: number }) => {
    runs += 1;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return { done: i === 2, nextLook: new Date(Date.now() + 5000).toISOString() };
  },
});
df.app.orchestration('sleeper', function* (c) {
  for (let i = 0; ; i++) {
    const step = (yield c.df.callActivity('look', { i })) as { done: boolean; nextLook: string };
    if (step.done) return { looks: i + 1 };
    yield c.df.createTimer(new Date(step.nextLook));
  }
});

beforeEach(() => {
  time = installVirtualTime();
  directory = mkdtempSync(join(tmpdir(), 'postern-journal-'));
  runs = 0;
});

afterEach(() => {
  time.uninstall();
  rmSync(directory, { recursive: true });
});

const journalPath = (): string => join(directory, 'instances.journal');

async function finish(story: Story): Promise<unknown> {
  await time.pass(10 * 60_000);
  const output = story.status('s')['output'];
  story.host.kill();
  return output;
}

/** Kills the host `killAtMs` after the start and lets a second one on the same store finish. */
async function killedAt(store: () => InstanceStore, killAtMs: number): Promise<unknown> {
  const firstStore = store();
  const first = await startStory({ store: firstStore });
  first.start('sleeper', 's', {});
  await time.pass(killAtMs);
  first.host.kill();
  firstStore.close();
  const before = JSON.stringify(first.trace);
  const second = await startStory({ store: store() });
  const output = await finish(second);
  expect(JSON.stringify(first.trace)).toBe(before);
  return output;
}

describe('a host that dies and comes back on the same store', () => {
  // Looks run at 0-1, 6-7 and 12-13 s; between them the instance sleeps.
  const points = [0, 1, 500, 999, 1000, 1001, 3000, 5999, 6000, 6500, 7000, 11_999, 12_000, 12_500];

  it.each([...points, 13_000, 20_000])('in memory, killed at %d ms: the same end', async (ms) => {
    const store = new MemoryStore();
    expect(await killedAt(() => store, ms)).toEqual({ looks: 3 });
  });

  it.each(points)('on disk, killed at %d ms: the same end', async (ms) => {
    expect(await killedAt(() => new DiskStore(directory), ms)).toEqual({ looks: 3 });
  });

  it('killed any number of times at any moment: the same end, and no look skipped', async () => {
    const kills = fc.array(fc.integer({ min: 0, max: 400_000 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(kills, async (moments) => {
        runs = 0;
        const store = new MemoryStore();
        let story = await startStory({ store });
        story.start('sleeper', 's', {});
        for (const ms of moments) {
          await time.pass(ms);
          story.host.kill();
          story = await startStory({ store });
        }
        await time.pass(20 * 60_000);
        expect(story.status('s')['output']).toEqual({ looks: 3 });
        expect(runs).toBeGreaterThanOrEqual(3);
        expect(runs).toBeLessThanOrEqual(3 + moments.length);
        story.host.kill();
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('a sleeping instance goes on when its timer is due, without another look', async () => {
    await killedAt(() => new DiskStore(directory), 3000);
    expect(runs).toBe(3);
  });

  it('an activity that ran when its host died runs again after 301 to 326 s', async () => {
    const store = new MemoryStore();
    const first = await startStory({ store });
    first.start('sleeper', 's', {});
    await time.pass(6500);
    first.host.kill();
    const second = await startStory({ store });
    await time.pass(294_000);
    expect(runs).toBe(2);
    await time.pass(32_000);
    expect(runs).toBe(4);
    expect(await finish(second)).toEqual({ looks: 3 });
  });

  it('a drained host keeps the result of what was running', async () => {
    const store = new MemoryStore();
    const first = await startStory({ store });
    first.start('sleeper', 's', {});
    await time.pass(6500);
    const stopped = first.host.stop();
    await time.pass(10_000);
    await stopped;
    expect(first.host.isAlive).toBe(false);
    const second = await startStory({ store });
    await time.pass(20_000);
    expect(runs).toBe(3);
    expect(await finish(second)).toEqual({ looks: 3 });
  });
});

describe('the journal on disk', () => {
  async function written(): Promise<Buffer> {
    const store = new DiskStore(directory);
    const story = await startStory({ store });
    story.start('sleeper', 's', {});
    await time.pass(3000);
    story.host.kill();
    store.close();
    return readFileSync(journalPath());
  }

  it('cut anywhere in its last line, still opens and still comes to the same end', async () => {
    const whole = await written();
    const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (let cut = lastLine; cut < whole.length; cut += 211) {
      writeFileSync(journalPath(), whole);
      truncateSync(journalPath(), cut);
      const store = new DiskStore(directory);
      expect(store.load()).toHaveLength(1);
      const story = await startStory({ store });
      expect(await finish(story)).toEqual({ looks: 3 });
      store.close();
    }
  });

  it('a damaged line in the middle is refused, and the file is left as it is', async () => {
    await written();
    appendFileSync(
      journalPath(),
      'not json\n{"seq":99,"entry":{"op":"remove","instanceId":"s"}}\n',
    );
    const before = readFileSync(journalPath(), 'utf8');
    expect(() => new DiskStore(directory)).toThrow(/is not JSON: not json/);
    expect(readFileSync(journalPath(), 'utf8')).toBe(before);
  });

  it('compacts into a snapshot and says the same afterwards', async () => {
    const store = new DiskStore(directory, 2000);
    const story = await startStory({ store });
    for (const id of ['s', 't', 'u']) story.start('sleeper', id, {});
    await time.pass(30_000);
    story.host.kill();
    const before = store.load();
    store.saveSchedule('nightly', { lastAt: 1, nextAt: 2, updatedAt: 3 });
    store.close();
    const again = new DiskStore(directory, 2000);
    expect(again.load()).toEqual(before);
    expect(again.schedule('nightly')).toEqual({ lastAt: 1, nextAt: 2, updatedAt: 3 });
    const text = readFileSync(join(directory, 'instances.snapshot'), 'utf8');
    const { snapshot } = JSON.parse(text) as { snapshot: { instances: unknown[] } };
    expect(snapshot.instances).toHaveLength(3);
    again.close();
  });

  it('lines that the snapshot already holds are skipped', async () => {
    const whole = await written();
    const store = new DiskStore(directory, 1);
    store.saveSchedule('x', { lastAt: 1, nextAt: 2, updatedAt: 3 });
    const expected = store.load();
    store.close();
    // The crash came after the rename and before the truncation: the old lines are still there.
    writeFileSync(journalPath(), whole);
    const again = new DiskStore(directory);
    expect(again.load()).toEqual(expected);
    again.close();
  });
});
