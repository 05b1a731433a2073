import type { Ledger } from '../../shared/ports/ledger';
import type { World } from '../../shared/ports/world';
import { turnIdOf, type TurnPurpose } from '../../shared/domain/calendar/turn';
import { stories, type Story } from '../support/stories';
import { crowdOf, deletesOf, type Crowd, operationMs } from '../support/turnStories';

type Turns = Ledger['turns'];

const fail = async (): Promise<never> => {
  throw new Error('The table does not answer.');
};
const failing = (): Turns => ({ insert: fail, get: fail, replace: fail, remove: fail, list: fail });

/**
 * With a table that is of no use, a close waits so long at most before its DELETE: three minutes,
 * and four times as long as the one other close on the NSG takes. Which of the two is refused then
 * waits once more.
 */
const waitSeconds = 180 + 4 * 12;

/** Whoever waits for a turn looks every 3 s, and saves that it has. */
const slowAnswerMs = 4_000;

describe('windows on one NSG', () => {
  const { begin } = stories();

  async function opened(crowd: Crowd, minutes: number, count: number): Promise<Story> {
    const story = await begin(crowd.options);
    crowd.open(story, minutes);
    await story.seconds(60 + count * 15);
    expect(Object.values(story.standing()).flat()).toHaveLength(count);
    return story;
  }

  const deletes = (story: Story) => deletesOf(story.azure.resourceManager.writeLog.records);

  /** What it takes to close so many early, all asked for in the same second. */
  async function closeTogether(count: number, crowd: Crowd, eachMs = operationMs) {
    const story = await opened(crowd, 45, count);
    const askedAt = story.time.now();
    await crowd.closeAll(story);
    await story.seconds(30 + (1.15 * count * eachMs) / 1_000);
    expect(story.standing()).toEqual({});
    const { sent, busy, lastAt } = deletes(story);
    return { sent, busy, tookMs: lastAt - askedAt };
  }

  it('twenty closed early in the same second go one after another, and meet few busy NSGs', async () => {
    const together = await closeTogether(20, crowdOf(20));
    expect(together.tookMs).toBeLessThanOrEqual(1.15 * 20 * operationMs);
    const alone = await closeTogether(20, crowdOf(20, failing));
    expect(together.busy).toBeLessThan(alone.busy / 3);
    expect(together.sent).toBeLessThan(alone.sent / 3);
  });

  it('forty closed early in the same second do not lose patience with each other', async () => {
    const together = await closeTogether(40, crowdOf(40));
    expect(together.tookMs).toBeLessThanOrEqual(1.15 * 40 * operationMs);
    // Refused ones use up the allowance of those whose turn it is.
    expect(together.busy).toBeLessThanOrEqual(20);
  });

  it('are not asked for again and again where an answer takes longer than whoever waits', async () => {
    const crowd = crowdOf(8, undefined, 1, slowAnswerMs);
    const together = await closeTogether(8, crowd, operationMs + slowAnswerMs);
    expect(together.tookMs).toBeLessThanOrEqual(1.15 * 8 * (operationMs + slowAnswerMs));
    // One each, and one more where the sweep came between.
    expect(together.sent).toBeLessThanOrEqual(2 * 8);
  });

  it('are closed by the others when the host dies in the middle of the list', async () => {
    const crowd = crowdOf(6);
    const story = await opened(crowd, 30, 6);
    await crowd.closeAll(story);
    await story.seconds(17);
    story.killHost();
    await story.seconds(5);
    await story.startHost();
    await story.minutes(5);
    expect(story.standing()).toEqual({});
    await story.minutes(20);
  });

  it.each<[string, TurnPurpose, number, number]>([
    ['a dead window that was closing', 'close', 30_000, 30 + 3],
    ['a window that opens', 'open', 12_000, 3],
    ['nobody knows whom, by a clock of its own', 'close', 24 * 3_600_000, 3],
  ])('close although %s has the turn', async (_whose, purpose, forMs, seconds) => {
    const crowd = crowdOf(3);
    const story = await opened(crowd, 30, 3);
    const [group = ''] = crowd.layout.estate.networkSecurityGroups.map(({ id }) => id);
    const id = turnIdOf(group);
    const { turns } = story.ledger();
    const left = await turns.get(id);
    if (left !== null) await turns.remove(id, left.etag);
    // Just after a sweep: it asks nobody for a turn, and would close for them before the next minute.
    await story.seconds(62 - ((story.time.now() / 1_000) % 60));
    const until = story.time.now() + forMs;
    await turns.insert({ id, nsgId: group.toLowerCase(), holder: 'somebody', until, purpose });
    await crowd.closeAll(story);
    await story.seconds(seconds);
    expect(deletes(story).sent).toBeGreaterThan(0);
    await story.seconds((3 * operationMs) / 1_000 + 10);
    expect(story.standing()).toEqual({});
    if (seconds < 10) expect(deletes(story)).toMatchObject({ sent: 3, busy: 0 });
  });

  /** How it is of no use, and how many of four rules stand after so many seconds all the same. */
  const useless: [
    string,
    [seconds: number, rules: number][],
    (table: Turns, world: World) => Turns,
  ][] = [
    ['fails', [[210, 2]], failing],
    [
      'always says that it is taken',
      [
        [waitSeconds + 30, 3],
        [2 * waitSeconds + 30, 2],
      ],
      (table, { clock }) => ({
        ...table,
        get: async (id) => {
          const until = clock.now() + 29_000;
          const row = { id, nsgId: '', holder: 'liar', until, purpose: 'close' } as const;
          return { row, etag: '"1"' };
        },
        replace: async () => 'changed',
      }),
    ],
    [
      'gives everybody the turn',
      [[210, 2]],
      (table) => ({ ...table, get: async () => null, insert: given }),
    ],
  ];
  const given: Turns['insert'] = async (row) => ({ row, etag: '"1"' });

  it.each(useless)('close in time and early with a table that %s', async (_how, left, turns) => {
    const crowd = crowdOf(4, turns);
    const story = await opened(crowd, 20, 4);
    const [first = '', second = ''] = await crowd.ids(story);
    await crowd.closeAll(story, [first, second]);
    const askedAt = story.time.now();
    for (const [seconds, rules] of left) {
      await story.seconds(seconds - (story.time.now() - askedAt) / 1_000);
      expect(Object.values(story.standing()).flat()).toHaveLength(rules);
    }
    // The deadline of the others: the story's end judges that it was kept.
    await story.minutes(20);
    expect(story.standing()).toEqual({});
  });
});
