import type { ArmRequest } from '../../local/azure/contract';
import { nsgId, vmsOnManyNsgs } from '../../local/estate';
import { createLedgerMemory } from '../../shared/ledgerMemory';
import { stories } from '../support/stories';
import { startSweeper, type SweeperApp } from '../support/sweeperApp';
import {
  both,
  closeS,
  dieAndSweep,
  leadS,
  overruns,
  periodS,
  plantRule,
  requireInTime,
} from '../support/sweeperStories';

const fault = 'the fault';

const isDelete = ({ method, url }: ArmRequest): boolean =>
  method === 'DELETE' && /\/securityRules\/postern-/i.test(url);
const isQuery = ({ url }: ArmRequest): boolean => /ResourceGraph\/resources/i.test(url);
const isNsgList = ({ method, url }: ArmRequest): boolean =>
  method === 'GET' && /\/providers\/Microsoft\.Network\/networkSecurityGroups\?/i.test(url);

describe('the main app is dead for ever, and the sweeper app closes', () => {
  const { begin } = stories();

  it.each([
    ['while the window stands open', 5],
    ['a second before closing begins', 26.98],
    ['in the moment in which closing begins', 27.01],
    ['with one delete under way', 27.04],
  ])('%s', async (_, minutes) => {
    const story = await begin();
    const sweeper = await startSweeper(story);
    story.activate();
    await story.minutes(minutes);
    story.killHost();
    await story.minutes(30 - minutes + 1);
    requireInTime(story);
    expect(sweeper.alarms()).toEqual([]);
    // Nobody is left to conclude the row.
    story.expects({ live: true });
    sweeper.kill();
  });

  it.each([0.5, 1.4, 2.2, 3.1, 4.6, 6.4])(
    'while the window is being opened, %d s after the first hint',
    async (seconds) => {
      const story = await begin();
      const sweeper = await startSweeper(story);
      story.activate();
      await story.time.passUntil(() => story.logged('hint.received').length > 0, 30_000);
      await story.seconds(seconds);
      story.killHost();
      await story.minutes(32);
      expect(story.standing()).toEqual({});
      expect(overruns(story).every((overrunS) => overrunS <= 0)).toBe(true);
      story.expects({ live: true });
      sweeper.kill();
    },
  );

  it('although ledger and task hub are gone with it', async () => {
    const story = await begin();
    const sweeper = await startSweeper(story, { ledger: createLedgerMemory() });
    story.activate();
    await story.minutes(5);
    story.killHost();
    await story.minutes(26);
    requireInTime(story);
    expect(sweeper.logs.some(({ event }) => event === 'sweep.adopted')).toBe(true);
    story.expects({ live: true });
    sweeper.kill();
  });

  it('although the ledger gives no answer any more', async () => {
    const story = await begin();
    const broken = { ...story.ledger(), windows: { ...story.ledger().windows } };
    const sweeper = await startSweeper(story, { ledger: broken });
    story.activate();
    await story.minutes(5);
    story.killHost();
    broken.windows.get = () => Promise.reject(new Error('gone'));
    Object.assign(story.ledger().windows, { get: broken.windows.get });
    await story.minutes(26);
    requireInTime(story);
    story.expects({ live: true });
    sweeper.kill();
  });

  it('although it started only when the deadline was near', async () => {
    const story = await begin();
    story.activate();
    await story.minutes(5);
    const sweeper = await startSweeper(story);
    sweeper.kill();
    story.killHost();
    await story.minutes(24.5);
    await sweeper.start();
    await story.minutes(1.5);
    expect(story.standing()).toEqual({});
    expect(overruns(story).every((overrunS) => overrunS < 0)).toBe(true);
    story.expects({ live: true });
    sweeper.kill();
  });

  it.each(['list', 'delete'])('although it dies itself right after a %s', async (after) => {
    const story = await begin();
    let dies = true;
    const onRequest = (method: string, url: string): void => {
      const here =
        after === 'delete' ? method === 'DELETE' : isQuery({ method, url } as ArmRequest);
      if (!dies || !here || Object.keys(story.standing()).length === 0) return;
      if (Date.now() < deadlineAt - leadS * 1_000) return;
      dies = false;
      // Before the answer comes: what was sent has its effect, and nobody hears of it.
      queueMicrotask(() => sweeper.kill());
    };
    const sweeper: SweeperApp = await startSweeper(story, { onRequest });
    story.activate();
    const deadlineAt = Date.now() + 30 * 60_000;
    await story.minutes(5);
    story.killHost();
    await story.minutes(23.5);
    expect(dies).toBe(false);
    await sweeper.start();
    await story.minutes(2.5);
    requireInTime(story);
    story.expects({ live: true });
    sweeper.kill();
  });

  it('on two hundred NSGs at the same second, without a row for any of them', async () => {
    const story = await begin({ estate: vmsOnManyNsgs(200) });
    const sweeper = await startSweeper(story);
    const deadlineAt = Date.now() + 10 * 60_000;
    story.expects({ edited: true });
    for (let vm = 1; vm <= 200; vm++) plantRule(story, nsgId(`nsg-vm-${vm}`), deadlineAt);
    story.killHost();
    await story.minutes(7.9);
    expect(Object.keys(story.standing())).toHaveLength(200);
    await story.minutes(2.1);
    expect(story.standing()).toEqual({});
    const gone = story.appWrites().map(({ effectiveAt = '' }) => Date.parse(effectiveAt));
    expect(gone).toHaveLength(200);
    expect(Math.max(...gone)).toBeLessThan(deadlineAt - (leadS - periodS - closeS) * 1_000);
    sweeper.kill();
  });
});

describe('the sweeper app in an Azure that is in the way', () => {
  const { begin } = stories();

  it.each([
    ['the index fails', { when: isQuery, answer: { status: 503, headers: {}, body: '' } }],
    ['the index is throttled', { when: isQuery, answer: throttled() }],
    [
      'the index is down and lists lose their answers',
      { when: isQuery, drop: 'beforeEffect' as const },
    ],
  ])('closes by the lists while %s', async (_, how) => {
    const story = await begin();
    await dieAndSweep(story, {}, () => {
      story.azure.resourceManager.faults.add({ name: fault, ...how });
    });
    requireInTime(story);
    expect(story.azure.resourceManager.faults.struck.has(fault)).toBe(true);
  });

  it('closes by what it remembers while neither index nor lists answer', async () => {
    const story = await begin();
    await dieAndSweep(story, {}, () => {
      story.azure.resourceManager.faults.add({
        name: fault,
        when: (request) => isQuery(request) || isNsgList(request),
        answer: throttled(),
      });
    });
    requireInTime(story);
    expect(story.azure.resourceManager.faults.struck.has(fault)).toBe(true);
  });

  it('closes in time with an index that is ten minutes behind', async () => {
    const story = await begin({ resourceManager: { resourceGraphLagMs: 600_000 } });
    await dieAndSweep(story);
    requireInTime(story);
  });

  it('closes by the lists what the index never shows', async () => {
    const story = await begin({ resourceManager: { resourceGraphLagMs: 86_400_000 } });
    await dieAndSweep(story);
    requireInTime(story);
  });

  it('closes as soon as Resource Manager is back from ten minutes around the deadline', async () => {
    const story = await begin();
    const from = Date.now() + 25 * 60_000;
    story.azure.resourceManager.faults.add({
      name: fault,
      when: () => Date.now() >= from && Date.now() < from + 600_000,
      answer: { status: 503, headers: {}, body: '' },
    });
    const sweeper = await dieAndSweep(story, { minutes: 12, keep: true });
    expect(story.standing()).toEqual({});
    // Back after 35 minutes, five past the end: gone within a sweep and a close.
    const late = overruns(story);
    expect(Math.max(...late)).toBeLessThanOrEqual(5 * 60 + periodS + closeS);
    expect(new Set(sweeper.alarms())).toEqual(new Set(['overrun']));
    sweeper.kill();
    story.expects({ overrun: true });
  });

  it('says that it may not delete, once, and goes on trying', async () => {
    const story = await begin();
    story.azure.resourceManager.faults.add({
      name: fault,
      when: isDelete,
      answer: {
        status: 403,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ error: { code: 'AuthorizationFailed', message: 'No.' } }),
      },
    });
    const sweeper = await dieAndSweep(story, { minutes: 10, keep: true });
    expect(Object.keys(story.standing())).toEqual(both);
    const alarms = sweeper.alarms();
    expect(alarms.filter((name) => name === 'closeRefused')).toHaveLength(2);
    // Once for each rule when it is late, and again whenever it is twice as late.
    expect(alarms.filter((name) => name === 'overrun')).toHaveLength(2 * 4);
    sweeper.kill();
    story.expects({ overrun: true });
  });
});

function throttled() {
  return {
    status: 429,
    headers: { 'retry-after': '30', 'content-type': 'application/json' },
    body: JSON.stringify({ error: { code: 'RateLimiting', message: 'Too many.' } }),
  };
}
