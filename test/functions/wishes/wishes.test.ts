import { advanceWindow } from '../../../functions/activities/advanceWindow';
import { askToClose } from '../../../functions/wishes/askToClose';
import { askToExtend } from '../../../functions/wishes/askToExtend';
import { carryOut } from '../../../functions/wishes/carryOut';
import { parseRecord } from '../../../shared/domain/audit/auditRecord';
import { Fault } from '../../../shared/domain/fault';
import { parseMarker } from '../../../shared/domain/marker';
import { windowPhase } from '../../../shared/domain/window/phase';
import type { Starter } from '../../../shared/ports/starter';
import { facts } from '../../support/fakeNetwork';
import {
  createTestWorld,
  grantWindow,
  live,
  minute,
  nsgNic,
  nsgSubnet,
  openedWindow,
  policy,
  readRow,
  standing,
  type TestWorld,
} from '../../support/windowWorld';

const ada = { by: '33333333-3333-4333-8333-333333333333', reason: 'not done yet' };

/** A window that policy ends after an hour, of an activation that lasts two. */
async function opened(minutes = 60) {
  const start = createTestWorld().time.now;
  const first = start + minutes * minute;
  return { ...(await openedWindow({ untilAt: first })), first, later: first + 20 * minute };
}

const marked = (world: TestWorld, nsg: string): number[] =>
  standing(world, nsg).map(
    ({ description }) => (parseMarker(description)?.untilSeconds ?? 0) * 1_000,
  );

const extend = (world: TestWorld, id: string, until: number) =>
  askToExtend(world, id, { ...ada, until });

describe('an extend with a key that could not be put on record', () => {
  const keyed = { key: 'one', body: 'the same' };

  async function recorded({ audit, time }: TestWorld): Promise<string[]> {
    const ids: string[] = [];
    const period = { from: time.now - 60 * minute, to: time.now + minute };
    for await (const { line } of audit.list(period)) {
      const record = parseRecord(line);
      if (record?.step === 'extendWished') ids.push(record.id);
    }
    return ids;
  }

  it('is put on record by the repeat, once, though the window has moved on since', async () => {
    const { world, id, later } = await opened();
    const wish = { ...ada, until: later, keyed };
    const fails = async (): Promise<never> => {
      throw new Fault(facts('unavailable'), 'append');
    };
    const silent = { ...world, audit: { ...world.audit, append: fails } };
    await expect(askToExtend(silent, id, wish)).rejects.toBeInstanceOf(Fault);
    await askToClose(world, id, ada);
    await expect(askToExtend(silent, id, wish)).rejects.toBeInstanceOf(Fault);
    expect(await recorded(world)).toEqual([]);
    for (let call = 0; call < 2; call++) {
      expect(await askToExtend(world, id, wish)).toMatchObject({
        kind: 'accepted',
        changed: false,
      });
    }
    expect(await recorded(world)).toEqual([`extendWished:g1:${ada.by}`]);
  });
});

describe('a window that is extended', () => {
  it('stays open, and its rules carry the new deadline once it is proved', async () => {
    const { world, id, first, later } = await opened();
    world.time.moveTo(world.time.now + 10 * minute);
    expect(await extend(world, id, later)).toMatchObject({ kind: 'accepted', changed: true });
    expect(await readRow(world, id)).toMatchObject({
      until: first,
      wantedUntil: later,
      nextLook: world.time.now,
      generation: 1,
    });
    await live(world, id, world.time.now + minute);
    expect(await readRow(world, id)).toMatchObject({ until: later, wantedUntil: later });
    expect([...marked(world, nsgNic), ...marked(world, nsgSubnet)]).toEqual([later, later]);
    expect(world.network.history.every(({ rule }) => rule !== null)).toBe(true);

    const end = await live(world, id, later);
    expect(end).toEqual({ done: true, outcome: 'expired' });
    const gone = world.network.history.filter(({ rule }) => rule === null);
    expect(gone.map(({ at }) => at >= later - 3 * minute && at < later)).toEqual([true, true]);
    expect(world.alarms()).toEqual([]);
  });

  it('by the same time twice is extended once', async () => {
    const { world, id, later } = await opened();
    await extend(world, id, later);
    expect(await extend(world, id, later + 400)).toMatchObject({
      kind: 'accepted',
      changed: false,
    });
    await live(world, id, world.time.now + 5 * minute);
    expect(await extend(world, id, later)).toMatchObject({ kind: 'accepted', changed: false });
    await live(world, id, world.time.now + 5 * minute);
    expect(world.network.calls.filter(({ op }) => op === 'put')).toHaveLength(4);
    expect((await readRow(world, id)).generation).toBe(1);
  });

  it('several times in a row gets the last deadline, and no PUT on top of another', async () => {
    const { world, id, later } = await opened();
    for (const extra of [0, 1, 2, 3]) await extend(world, id, later + extra * minute);
    await live(world, id, world.time.now + 5 * minute);
    expect((await readRow(world, id)).until).toBe(later + 3 * minute);
    expect(world.network.calls.filter(({ op }) => op === 'put')).toHaveLength(4);
  });

  it('while an extend is under way gets the later deadline when nothing can land any more', async () => {
    const { world, id, later } = await opened();
    world.time.moveTo(world.time.now + 5 * minute);
    await extend(world, id, later);
    await advanceWindow(world, { id });
    await extend(world, id, later + 5 * minute);
    await live(world, id, world.time.now + 10 * minute);
    expect((await readRow(world, id)).until).toBe(later + 5 * minute);
    const puts = world.network.calls.filter(({ op, id: nsg }) => op === 'put' && nsg === nsgNic);
    const gaps = puts.slice(1).map(({ at }, index) => at - (puts[index]?.at ?? 0));
    expect(gaps.every((gap) => gap >= 2 * minute)).toBe(true);
  });

  it.each([
    [-2_000, 'accepted'],
    [-1_000, 'accepted'],
    [0, 'accepted'],
    [1, 'refused'],
    [1_000, 'refused'],
    [60_000, 'refused'],
  ])('asked for %d ms after the last PUT moment is %s', async (offsetMs, kind) => {
    const { world, id, first, later } = await opened();
    const lastPut = first - 5 * minute;
    await live(world, id, lastPut + offsetMs);
    world.time.moveTo(lastPut + offsetMs);
    const answer = await extend(world, id, later);
    expect(answer.kind).toBe(kind);
    if (answer.kind === 'refused') expect(answer.refusal.code).toBe('extendTooLate');
    await live(world, id, later);
    for (const { at } of world.network.calls.filter(({ op, rule }) => op === 'put' && rule)) {
      expect(at).toBeLessThanOrEqual(lastPut);
    }
    const gone = world.network.history.filter(({ rule }) => rule === null).map(({ at }) => at);
    const { until } = await readRow(world, id);
    expect(gone).toHaveLength(2);
    expect(Math.max(...gone)).toBeLessThan(until ?? 0);
    expect([first, later]).toContain(until);
  });

  it('while Resource Manager is down is not extended, and closes by its first deadline', async () => {
    const { world, id, first, later } = await opened();
    world.time.moveTo(first - 20 * minute);
    world.network.trouble = ({ op }) => (op === 'put' ? { before: 'unavailable' } : undefined);
    await extend(world, id, later);
    await live(world, id, later);
    const gone = world.network.history.filter(({ rule }) => rule === null).map(({ at }) => at);
    expect(gone).toHaveLength(2);
    expect(Math.max(...gone)).toBeLessThan(first);
    expect(world.lines.filter(({ event }) => event === 'window.notExtended')).toHaveLength(1);
    const puts = world.network.calls.filter(({ op }) => op === 'put').map(({ at }) => at);
    expect(puts.length).toBeGreaterThan(10);
    expect(Math.max(...puts)).toBeLessThanOrEqual(first - 5 * minute);
    expect((await readRow(world, id)).wantedUntil).toBe(first);
  });

  it('on one of its two NSGs only closes both by the first deadline', async () => {
    const { world, id, first, later } = await opened();
    world.time.moveTo(first - 20 * minute);
    world.network.trouble = ({ op, id: nsg }) =>
      op === 'put' && nsg === nsgNic ? { dropped: true } : undefined;
    await extend(world, id, later);
    await live(world, id, first - 4 * minute);
    expect(marked(world, nsgSubnet)).toEqual([later]);
    expect((await readRow(world, id)).until).toBe(first);
    await live(world, id, later);
    const gone = world.network.history.filter(({ rule }) => rule === null).map(({ at }) => at);
    expect(gone).toHaveLength(2);
    expect(Math.max(...gone)).toBeLessThan(first);
    expect(world.alarms()).toEqual([]);
  });

  it('whose right Azure has taken away keeps its first deadline', async () => {
    const { world, id, first, later } = await opened();
    world.network.trouble = ({ op }) => (op === 'put' ? { before: 'denied' } : undefined);
    await extend(world, id, later);
    await live(world, id, world.time.now + 5 * minute);
    expect(await readRow(world, id)).toMatchObject({ until: first, wantedUntil: first });
    expect(windowPhase(await readRow(world, id))).toBe('open');
    world.network.trouble = () => undefined;
    await extend(world, id, later);
    await live(world, id, world.time.now + 5 * minute);
    expect((await readRow(world, id)).until).toBe(later);
  });

  it('of an activation that is gone gets no PUT, and closes', async () => {
    const { world, id, later } = await opened();
    const puts = world.network.calls.filter(({ op }) => op === 'put').length;
    world.time.moveTo(world.time.now + 5 * minute);
    expect((await extend(world, id, later)).kind).toBe('accepted');
    world.instances.length = 0;
    await live(world, id, world.time.now + 5 * minute);
    expect(world.network.calls.filter(({ op }) => op === 'put')).toHaveLength(puts);
    expect(await readRow(world, id)).toMatchObject({ closeReason: 'confirmationLost' });
  });

  it('of an activation that ends sooner by now keeps its first deadline', async () => {
    const { world, id, first, later } = await opened();
    expect((await extend(world, id, later)).kind).toBe('accepted');
    const [instance] = world.instances.splice(0);
    if (instance !== undefined) world.instances.push({ ...instance, endAt: first + minute });
    await live(world, id, world.time.now + 10 * minute);
    expect(await readRow(world, id)).toMatchObject({ until: first, wantedUntil: first });
    expect(windowPhase(await readRow(world, id))).toBe('open');
  });

  it('is refused for what policy, PIM or its own state forbid', async () => {
    const { world, id, first } = await opened();
    const { createdAt, grant } = await readRow(world, id);
    const endAt = grant.origin.kind === 'activation' ? grant.origin.endAt : 0;
    const code = async (until: number) => {
      const answer = await extend(world, id, until);
      return answer.kind === 'refused' ? answer.refusal.code : answer.kind;
    };
    expect(await code(first - 1_000)).toBe('extendNotLater');
    expect(await code(Number.NaN)).toBe('extendNotLater');
    expect(await code(endAt + 1_000)).toBe('extendPastActivation');
    expect(await code(Number.POSITIVE_INFINITY)).toBe('extendPastActivation');
    Object.assign(world, {
      opening: { ...world.opening, policy: { ...policy, longestMs: 70 * minute } },
    });
    expect(await code(createdAt + 70 * minute + 1_000)).toBe('extendPastPolicy');
    Object.assign(world, { opening: { ...world.opening, policy: { ...policy, allow: [] } } });
    expect(await code(first + minute)).toBe('roleNotAllowed');
    Object.assign(world, { opening: { faults: ['policy'] } });
    expect(await code(first + minute)).toBe('openingsDisabled');
    expect((await readRow(world, id)).generation).toBe(0);
    expect((await askToExtend(world, 'nobody', { ...ada, until: first })).kind).toBe('notFound');
  });

  it('is refused before it is open, and from the first word of its end', async () => {
    const world = createTestWorld();
    const { id, wantedUntil } = await grantWindow(world, { untilAt: world.time.now + 60 * minute });
    const later = wantedUntil + minute;
    expect(await extend(world, id, later)).toMatchObject({ refusal: { code: 'extendNotOpen' } });
    await live(world, id, world.time.now + minute);
    await askToClose(world, id, ada);
    expect(await extend(world, id, later)).toMatchObject({ refusal: { code: 'extendClosing' } });
    await live(world, id, wantedUntil);
    expect(await extend(world, id, later)).toMatchObject({ refusal: { code: 'extendClosing' } });
  });
});

describe('a window that is asked to close', () => {
  it.each([0, 1, 2, 5, 20])(
    '%d s after it was granted is gone within the bound',
    async (seconds) => {
      const world = createTestWorld();
      const { id } = await grantWindow(world);
      await live(world, id, world.time.now + seconds * 1_000);
      const askedAt = world.time.now;
      expect(await askToClose(world, id, ada)).toMatchObject({ kind: 'accepted', changed: true });
      await live(world, id, askedAt + 210_000);
      expect([...standing(world, nsgNic), ...standing(world, nsgSubnet)]).toEqual([]);
      expect(await readRow(world, id)).toMatchObject({ closeReason: 'asked', generation: 1 });
    },
  );

  it('twice, at once and after its end answers the same', async () => {
    const { world, id } = await opened();
    const answers = await Promise.all([1, 2, 3].map(() => askToClose(world, id, ada)));
    expect(answers.map((one) => one.kind === 'accepted' && one.changed).toSorted()).toEqual([
      false,
      false,
      true,
    ]);
    await live(world, id, world.time.now + 30 * minute);
    const answer = await askToClose(world, id, ada);
    expect(answer).toMatchObject({ kind: 'accepted', changed: false, row: { generation: 1 } });
    expect((await askToClose(world, 'nobody', ada)).kind).toBe('notFound');
  });

  it('and extended in the same moment closes, whichever comes first', async () => {
    for (const first of ['close', 'extend']) {
      const { world, id, later } = await opened();
      if (first === 'extend') await extend(world, id, later);
      const askedAt = world.time.now;
      await Promise.all([askToClose(world, id, ada), extend(world, id, later + minute)]);
      await live(world, id, askedAt + 210_000);
      expect([...standing(world, nsgNic), ...standing(world, nsgSubnet)]).toEqual([]);
    }
  });

  it('is looked after by a sleeper of its own, or here and now where none can be started', async () => {
    const { world, id } = await opened();
    const started: string[] = [];
    const starter: Starter = {
      start: async (_name, instanceId) => {
        started.push(instanceId);
        return 'started';
      },
    };
    const answer = await askToClose(world, id, ada);
    await carryOut(world, starter, answer);
    expect(started).toEqual([`${id}-g1`]);
    await carryOut(world, starter, { kind: 'notFound' });
    expect(started).toHaveLength(1);
    const broken: Starter = {
      start: async () => {
        throw new Fault(facts('unavailable'), 'start');
      },
    };
    await carryOut(world, broken, answer);
    await live(world, id, world.time.now + 10_000);
    expect([...standing(world, nsgNic), ...standing(world, nsgSubnet)]).toEqual([]);
  });

  it('by a ledger that never stops changing is a fault, not a loop', async () => {
    const { world, id } = await opened();
    world.ledger.windows.replace = async () => 'changed';
    await expect(askToClose(world, id, ada)).rejects.toThrow('rowContended');
  });
});

describe('the helper of a wish', () => {
  it('ends when the extend is proved, and stays for a close until it is done', async () => {
    const { world, id, later } = await opened();
    const help = (windowId: string) => advanceWindow(world, { id: windowId, helper: true });
    world.time.moveTo(world.time.now + 5 * minute);
    await extend(world, id, later);
    expect(await help(id)).toMatchObject({ done: false });
    expect(await live(world, id, later, help)).toEqual({ done: true, outcome: 'handedBack' });
    expect((await readRow(world, id)).until).toBe(later);
    expect((await world.ledger.live.get(id))?.row.until).toBe(later);
    await askToClose(world, id, ada);
    expect(await live(world, id, later, help)).toEqual({ done: true, outcome: 'asked' });
  });
});

describe('an activation that ends later by now', () => {
  async function reactivated(change: { startsLater?: boolean; at?: number } = {}) {
    const { world, id, until } = await openedWindow();
    const endAt = until + 30 * minute;
    world.time.plan(until - (change.at ?? 10 * minute), () => {
      const [instance] = world.instances.splice(0);
      if (instance === undefined) return;
      const startAt = (instance.startAt ?? 0) + (change.startsLater ? minute : 0);
      world.instances.push({ ...instance, startAt, endAt });
    });
    await live(world, id, endAt);
    const gone = world.network.history.filter(({ rule }) => rule === null).map(({ at }) => at);
    return { world, until, endAt, lastGone: Math.max(...gone), gone };
  }

  it('is followed to its new end', async () => {
    const { world, endAt, until, lastGone } = await reactivated();
    expect(lastGone).toBeGreaterThan(until);
    expect(lastGone).toBeLessThan(endAt);
    expect(world.lines.filter(({ event }) => event === 'window.extendedByPim')).toHaveLength(1);
  });

  it('keeps nothing open when it is another activation, with a start of its own', async () => {
    const { until, lastGone } = await reactivated({ startsLater: true });
    expect(lastGone).toBeLessThan(until);
  });

  it('and says so too late is closed by its first end', async () => {
    const { until, lastGone } = await reactivated({ at: 4 * minute });
    expect(lastGone).toBeLessThan(until);
  });
});
