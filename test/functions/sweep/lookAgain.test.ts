import { confirmChanged, confirmDue, lookPastDeadline } from '../../../functions/sweep/lookAgain';
import { judgeRules } from '../../../functions/sweep/judgeRules';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import {
  minute,
  nsgNic,
  openedWindow,
  readRow,
  standing,
  type TestWorld,
  wishClosed,
} from '../../support/windowWorld';
import { plant } from './plant';

const callsOf = (world: TestWorld, wanted: string) =>
  world.network.calls.filter(({ op }) => op === wanted).length;

/** The rule in the NSG at the interface, judged as a sweep does. */
async function judgedRule(world: TestWorld) {
  const readings = { nsgs: 0, failed: 0 };
  const sightings = (await world.network.listOurRules()).filter(({ nsgId }) => nsgId === nsgNic);
  const [one] = await judgeRules(world, sightings, readings, world.time.now + minute);
  if (one === undefined) throw new Error('nothing judged');
  return one;
}

async function change(world: TestWorld, id: string, changes: Partial<WindowRow>): Promise<void> {
  const stored = await world.ledger.windows.get(id);
  if (stored === null) throw new Error('no row');
  await world.ledger.windows.replace({ ...stored.row, ...changes }, stored.etag);
}

async function remove(world: TestWorld, id: string): Promise<void> {
  const stored = await world.ledger.windows.get(id);
  if (stored !== null) await world.ledger.windows.remove(id, stored.etag);
}

/** `meanwhile` happens after the next read of an NSG, before the row is read for the second time. */
function afterNextRead(world: TestWorld, meanwhile: () => Promise<void>): void {
  const { readNsg } = world.network;
  Object.assign(world.network, {
    readNsg: async (id: string) => {
      const reading = await readNsg(id);
      Object.assign(world.network, { readNsg });
      await meanwhile();
      return reading;
    },
  });
}

describe('a rule that others changed', () => {
  async function widened() {
    const { world, id, until } = await openedWindow();
    const nsg = world.network.nsg(nsgNic);
    const before = [...nsg.rules];
    nsg.rules = nsg.rules.map((rule) => ({ ...rule, sources: ['0.0.0.0/0'] }));
    const one = await judgedRule(world);
    expect(one.verdict.do).toBe('close');
    return { world, id, until, nsg, before, one };
  }

  it('is certain when it is read once more, with the row as it was then', async () => {
    const { world, id, one } = await widened();
    const stored = await world.ledger.windows.get(id);
    expect(await confirmChanged(world, one)).toMatchObject({
      verdict: { do: 'close', why: 'changed', alarm: 'changedByOthers' },
      stored: { etag: stored?.etag, row: { id } },
    });
  });

  it.each<[string, (world: TestWorld, id: string) => Promise<void> | void]>([
    ['its row is gone', remove],
    ['a newer version wrote its row', async (world, id) => change(world, id, { schema: 3 as 2 })],
    [
      'it is gone from its NSG',
      (world) => {
        world.network.nsg(nsgNic).rules = [];
      },
    ],
    [
      'its NSG is gone',
      (world) => {
        world.network.nsgs.delete(nsgNic.toLowerCase());
      },
    ],
  ])('is left when %s', async (_, happens) => {
    const { world, id, one } = await widened();
    await happens(world, id);
    expect(await confirmChanged(world, one)).toBeNull();
  });

  it('is left when it stands as planned again, in whatever casing of its name', async () => {
    const { world, nsg, before, one } = await widened();
    nsg.rules = before.map((rule) => ({ ...rule, name: rule.name.toUpperCase() }));
    expect(await confirmChanged(world, one)).toBeNull();
  });

  it.each<[string, (world: TestWorld, id: string) => Promise<void>]>([
    ['was written', async (world, id) => change(world, id, { nextLook: 1 })],
    ['is gone', remove],
  ])('is left for the next sweep when the row %s between its two reads', async (_, happens) => {
    const { world, id, one } = await widened();
    afterNextRead(world, async () => happens(world, id));
    expect(await confirmChanged(world, one)).toBeNull();
    expect(callsOf(world, 'readNsg')).toBeGreaterThan(0);
  });

  it('is found among the other rules of its NSG', async () => {
    const { world, nsg, one } = await widened();
    plant(world, nsgNic, world.time.now + minute, { slot: 7 });
    nsg.rules.reverse();
    expect(await confirmChanged(world, one)).toMatchObject({ verdict: { why: 'changed' } });
  });
});

describe('a rule that is due', () => {
  async function due() {
    const { world, id, until } = await openedWindow();
    world.time.moveTo(until - 2 * minute);
    const one = await judgedRule(world);
    expect(one.verdict).toMatchObject({ do: 'delete', why: 'due' });
    return { world, id, until, one };
  }

  it('is due still by the row alone: the NSG is not read for it', async () => {
    const { world, one } = await due();
    const before = callsOf(world, 'readNsg');
    expect(await confirmDue(world, one)).toMatchObject({ verdict: { why: 'due' } });
    expect(callsOf(world, 'readNsg')).toBe(before);
  });

  it('goes by what its row says now', async () => {
    const { world, id, one } = await due();
    await wishClosed(world, id);
    expect(await confirmDue(world, one)).toMatchObject({
      verdict: { do: 'delete', why: 'closing' },
    });
  });

  it('goes as it was judged when its row is gone, or of a newer version', async () => {
    const first = await due();
    await change(first.world, first.id, { schema: 3 as 2 });
    expect(await confirmDue(first.world, first.one)).toBe(first.one);
    await remove(first.world, first.id);
    expect(await confirmDue(first.world, first.one)).toBe(first.one);
  });

  it('waits when its window was extended, and nothing else is asked', async () => {
    const { world, id, until, one } = await due();
    const later = until + 30 * minute;
    await change(world, id, { until: later, wantedUntil: later });
    // The marker that was seen is still the old one: the NSG shows it, so it is due by that.
    expect(await confirmDue(world, one)).toMatchObject({ verdict: { do: 'delete', why: 'due' } });
    world.network.nsg(nsgNic).rules = [];
    expect(await confirmDue(world, one)).toBeNull();
    world.network.trouble = ({ op }) => (op === 'readNsg' ? { before: 'unavailable' } : undefined);
    expect(await confirmDue(world, one)).toBeNull();
  });

  it('waits for the last moment before the row’s own lead, and not beyond it', async () => {
    const { world, id, until, one } = await due();
    const later = Math.floor((until + 30 * minute) / 1_000) * 1_000;
    await change(world, id, { until: later, wantedUntil: later });
    world.network.trouble = ({ op }) => (op === 'readNsg' ? { before: 'unavailable' } : undefined);
    world.time.moveTo(later - 2 * minute - 1);
    expect(await confirmDue(world, one)).toBeNull();
    world.time.moveTo(later - 2 * minute);
    expect(await confirmDue(world, one)).toMatchObject({ verdict: { why: 'due' } });
  });

  it('and that its window never planned goes by its marker, without a read of its NSG', async () => {
    const { world, id } = await openedWindow();
    const [planned] = standing(world, nsgNic);
    const windowId = (await readRow(world, id)).id;
    world.network.nsg(nsgNic).rules = [];
    plant(world, nsgNic, world.time.now, { windowId, slot: 2 });
    const one = await judgedRule(world);
    expect(one.sighted.ruleName).not.toBe(planned?.name);
    const before = callsOf(world, 'readNsg');
    expect(await confirmDue(world, one)).toMatchObject({ verdict: { do: 'delete', why: 'due' } });
    expect(callsOf(world, 'readNsg')).toBe(before);
  });

  it('is not asked about again where its window is at its end, or has no row that is known', async () => {
    const { world, id, until } = await openedWindow();
    await wishClosed(world, id);
    const closing = await judgedRule(world);
    let asked = 0;
    Object.assign(world.ledger.windows, {
      get: async () => {
        asked += 1;
        throw new Error('silent');
      },
    });
    expect(closing.verdict.why).toBe('closing');
    expect(await confirmDue(world, closing)).toBe(closing);
    expect(asked).toBe(0);
    world.time.moveTo(until - 2 * minute);
    const unknown = await judgedRule(world);
    expect(unknown.sighted.row).toBe('unknown');
    expect(unknown.verdict.why).toBe('due');
    asked = 0;
    expect(await confirmDue(world, unknown)).toBe(unknown);
    expect(asked).toBe(0);
  });
});

describe('a rule whose deadline has passed since it was read', () => {
  /** Read while it was due; from here on the clock stands at its deadline. */
  async function read() {
    const { world, until } = await openedWindow();
    world.time.moveTo(until - 2 * minute);
    const one = await judgedRule(world);
    const { deadlineAt } = one.verdict;
    if (deadlineAt === null) throw new Error('no deadline');
    world.time.moveTo(deadlineAt);
    const reads = (): number => callsOf(world, 'readNsg');
    return { world, one, deadlineAt, reads, before: reads() };
  }

  it('is looked at again, from the first moment past it on, and stands as it is now', async () => {
    const { world, one, deadlineAt, reads, before } = await read();
    expect(await lookPastDeadline(world, one)).toBe(one);
    expect(reads()).toBe(before);
    world.time.moveTo(deadlineAt + 1);
    const again = await lookPastDeadline(world, one);
    expect(reads()).toBe(before + 1);
    expect(again).toMatchObject({
      verdict: one.verdict,
      sighted: { ruleName: one.sighted.ruleName },
    });
    expect(again.sighted.readAt).toBeGreaterThan(deadlineAt);
    // What was read past it needs no second look.
    expect(await lookPastDeadline(world, again)).toBe(again);
    expect(reads()).toBe(before + 1);
  });

  it('is looked at where it was read at that very moment', async () => {
    const { world, one, deadlineAt, reads, before } = await read();
    world.time.moveTo(deadlineAt + 1);
    const at = { ...one, sighted: { ...one.sighted, readAt: deadlineAt } };
    expect((await lookPastDeadline(world, at)).sighted.readAt).toBeGreaterThan(deadlineAt);
    expect(reads()).toBe(before + 1);
    const later = { ...one, sighted: { ...one.sighted, readAt: deadlineAt + 1 } };
    expect(await lookPastDeadline(world, later)).toBe(later);
    expect(reads()).toBe(before + 1);
  });

  it('is not looked at where nobody knows when it was read, or until when it may stand', async () => {
    const { world, one, deadlineAt, reads, before } = await read();
    world.time.moveTo(deadlineAt + minute);
    const unread = { ...one, sighted: { ...one.sighted, readAt: null } };
    expect(await lookPastDeadline(world, unread)).toBe(unread);
    const endless = { ...one, verdict: { ...one.verdict, deadlineAt: null } };
    expect(await lookPastDeadline(world, endless)).toBe(endless);
    expect(reads()).toBe(before);
  });

  it('is left as it was seen where it is gone, or its NSG does not answer', async () => {
    const { world, one, deadlineAt } = await read();
    world.time.moveTo(deadlineAt + 1);
    world.network.nsg(nsgNic).rules = [];
    expect(await lookPastDeadline(world, one)).toBe(one);
    world.network.trouble = ({ op }) => (op === 'readNsg' ? { before: 'unavailable' } : undefined);
    expect(await lookPastDeadline(world, one)).toBe(one);
  });
});
