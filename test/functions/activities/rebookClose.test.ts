import { askToExtend } from '../../../functions/wishes/askToExtend';
import type { LiveRow } from '../../../shared/domain/live';
import { closingStartOf } from '../../../shared/domain/window/deadline';
import {
  createTestWorld,
  live,
  minute,
  nsgNic,
  nsgSubnet,
  openedWindow,
  readLive,
  readRow,
  type TestWorld,
} from '../../support/windowWorld';

const guardMs = 3 * minute;
const deleteMs = 12_000;

/** Open for an hour of an activation of two, to be extended by twenty minutes. */
async function opened() {
  const first = createTestWorld().time.now + 60 * minute;
  const { world, id } = await openedWindow({ untilAt: first });
  const later = first + 20 * minute;
  const extend = async (): Promise<void> => {
    await askToExtend(world, id, { by: id, reason: 'not done yet', until: later });
    await live(world, id, world.time.now + 2 * minute);
    expect((await readRow(world, id)).until).toBe(later);
  };
  return { world, id, first, later, extend };
}

/** Another window whose close has this place, on these NSGs. */
async function book(world: TestWorld, id: string, nsgIds: readonly string[], closeFrom: number) {
  await world.ledger.live.insert({
    id,
    kind: 'window',
    assignmentKey: '',
    personId: '',
    nsgIds,
    until: closeFrom + guardMs,
    createdAt: 0,
    guardMs,
    closeFrom,
    closes: nsgIds.map((nsgId) => ({ nsgId: nsgId.toLowerCase(), region: '', rules: 1 })),
  });
}

/** When the first DELETE was sent. */
const firstDelete = ({ network }: TestWorld): number =>
  Math.min(...network.calls.flatMap(({ op, at }) => (op === 'delete' ? [at] : [])));

describe('a window that is extended', () => {
  it('closes at the guard of its later deadline where there is room', async () => {
    const { world, id, first, later, extend } = await opened();
    expect(await readLive(world, id)).toMatchObject({ until: first, closeFrom: first - guardMs });
    await extend();
    expect(await readLive(world, id)).toMatchObject({ until: later, closeFrom: later - guardMs });
    await live(world, id, later);
    expect(firstDelete(world)).toBe(later - guardMs);
  });

  it('finds its close a place before those that are there', async () => {
    const { world, id, later, extend } = await opened();
    await book(world, 'one', [nsgNic], later - guardMs);
    await book(world, 'two', [nsgSubnet, nsgNic], later - guardMs - deleteMs);
    await extend();
    const place = later - guardMs - 2 * deleteMs;
    expect(await readLive(world, id)).toMatchObject({ until: later, closeFrom: place });
    const row = await readRow(world, id);
    expect(row.closeFrom).toBe(place);
    expect(closingStartOf(row)).toBe(place);
    await live(world, id, later);
    expect(firstDelete(world)).toBe(place);
  });

  it('leaves the place of its earlier deadline to others', async () => {
    const { world, id, first, extend } = await opened();
    await extend();
    const { closeFrom } = await readLive(world, id);
    expect(closeFrom).toBeGreaterThan(first);
  });

  it('keeps the place that it has where there is no other', async () => {
    const { world, id, first, later, extend } = await opened();
    // Every second of the NSG from its own place to its later deadline is taken.
    const own = first - guardMs;
    for (let at = own; at <= later; at += deleteMs) {
      await book(world, `full-${at}`, [nsgNic], at);
    }
    await extend();
    expect(await readLive(world, id)).toMatchObject({ until: later, closeFrom: own });
    const row = await readRow(world, id);
    expect(closingStartOf(row)).toBe(own);
    await live(world, id, later);
    expect(firstDelete(world)).toBe(own);
    const removed = world.network.history.filter(({ rule }) => rule === null);
    expect(removed.map(({ at }) => at < first)).toEqual([true, true]);
  });

  it('closes by its guard where its live row is lost, and its place with it', async () => {
    const { world, id, first, later, extend } = await opened();
    const row = await world.ledger.windows.get(id);
    if (row === null) throw new Error('no row');
    const closeFrom = first - 10 * minute;
    await world.ledger.windows.replace({ ...row.row, closeFrom }, row.etag);
    const stored = await world.ledger.live.get(id);
    await world.ledger.live.remove(id, stored?.etag ?? '');
    await extend();
    expect((await readRow(world, id)).closeFrom).toBeNull();
    await live(world, id, later);
    expect(firstDelete(world)).toBe(later - guardMs);
  });

  it('loses nothing when others write to its live row at the same time', async () => {
    const { world, id, later, extend } = await opened();
    const { replace } = world.ledger.live;
    let raced = false;
    Object.assign(world.ledger.live, {
      replace: async (row: LiveRow, etag: string) => {
        if (raced || row.until !== later) return replace(row, etag);
        raced = true;
        await replace(await readLive(world, id), etag);
        return replace(row, etag);
      },
    });
    await extend();
    expect(raced).toBe(true);
    const row = await readRow(world, id);
    expect(closingStartOf(row)).toBe(later - guardMs);
    // The calendar has to know of it as well, or others plan their closes in its place.
    expect(await readLive(world, id)).toMatchObject({ until: later, closeFrom: later - guardMs });
  });
});
