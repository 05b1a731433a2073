import fc from 'fast-check';
import { advanceWindow } from '../../../../functions/activities/advanceWindow';
import { askToClose } from '../../../../functions/wishes/askToClose';
import { askToExtend } from '../../../../functions/wishes/askToExtend';
import type { FaultKind } from '../../../../shared/domain/fault';
import { parseMarker } from '../../../../shared/domain/marker';
import type { WindowRow } from '../../../../shared/domain/window/windowRow';
import type { Trouble } from '../../../support/fakeNetwork';
import {
  createTestWorld,
  grantWindow,
  live,
  minute,
  nsgNic,
  nsgSubnet,
  readRow,
  standing,
  type TestWorld,
} from '../../../support/windowWorld';

const kinds: FaultKind[] = ['throttled', 'busy', 'unavailable', 'denied', 'conflict', 'changed'];

const trouble: fc.Arbitrary<Trouble | undefined> = fc.oneof(
  { weight: 8, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(...kinds).map((before) => ({ before })) },
  { weight: 1, arbitrary: fc.constant({ after: 'unavailable' as const }) },
  { weight: 1, arbitrary: fc.constant({ dropped: true }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 85_000 }).map((lateMs) => ({ lateMs })) },
);

/** What is asked, how long after the wish before it, and for how much more than the first end. */
const wishes = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9 * minute })),
    // The moments around the last PUT are where it matters.
    beforeLastPutMs: fc.option(fc.integer({ min: -2_000, max: 40_000 })),
    moreMs: fc.integer({ min: -10 * minute, max: 200 * minute }),
    close: fc.boolean().chain((one) => (one ? fc.boolean() : fc.constant(false))),
  }),
  { maxLength: 6 },
);

const story = fc.record({
  wishes,
  troubles: fc.array(trouble, { maxLength: 60 }),
  operationMs: fc.constantFrom(0, 1_000, 11_000, 40_000),
  skewMs: fc.constantFrom(-50_000, 0, 2_000, 50_000),
  lifeMinutes: fc.integer({ min: 6, max: 30 }),
  twice: fc.boolean(),
});

describe('whatever is wished', () => {
  it('the deadline never passes what was accepted, and every rule goes before it', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const world = createTestWorld();
        Object.assign(world.network, { operationMs: told.operationMs });
        world.skewMs = told.skewMs;
        const first = Math.floor((world.time.now + told.lifeMinutes * minute) / 1_000) * 1_000;
        const { id, grant, createdAt } = await grantWindow(world, { untilAt: first });
        const seen = recordRows(world);
        await live(world, id, world.time.now + minute);
        let calls = 0;
        world.network.trouble = () => told.troubles[calls++];
        const step = async (windowId: string) => {
          const other = told.twice ? advanceWindow(world, { id: windowId }) : undefined;
          const look = await advanceWindow(world, { id: windowId });
          await other;
          return look;
        };
        const accepted = [first];
        for (const { afterMs, beforeLastPutMs, moreMs, close } of told.wishes) {
          const lastPutAt = ((await readRow(world, id)).until ?? first) - 5 * minute;
          const after = world.time.now + afterMs;
          const at = beforeLastPutMs === null ? after : lastPutAt - beforeLastPutMs;
          await live(world, id, at, step);
          world.time.moveTo(at);
          const by = { by: 'ada', reason: '' };
          if (close) await askToClose(world, id, by);
          const until = first + moreMs;
          const answer = await askToExtend(world, id, { ...by, until });
          if (answer.kind === 'accepted') accepted.push(Math.floor(until / 1_000) * 1_000);
        }
        const end = await live(world, id, first + 400 * minute, step);
        expect(end.done).toBe(true);
        world.time.moveTo(world.time.now + 10 * minute);

        expect([...standing(world, nsgNic), ...standing(world, nsgSubnet)]).toEqual([]);
        const pimEnd = grant.origin.kind === 'activation' ? grant.origin.endAt : 0;
        expect(Math.max(...accepted)).toBeLessThanOrEqual(pimEnd);
        expect(Math.max(...accepted)).toBeLessThanOrEqual(createdAt + 180 * minute);
        expectPutsInTime(world, seen, accepted);
        expectRowsInOrder(seen, accepted);
        const row = await readRow(world, id);
        expect(row.wantedUntil).toBe(row.until ?? row.wantedUntil);
      }),
      { numRuns: 30 },
    );
  });
});

/** A saved row, when, and the earliest deadline that its open rules really carried then. */
type Seen = { readonly at: number; readonly row: WindowRow; readonly markedUntil: number };

function recordRows(world: TestWorld): Seen[] {
  const seen: Seen[] = [];
  const replace = world.ledger.windows.replace.bind(world.ledger.windows);
  Object.assign(world.ledger.windows, {
    replace: async (row: WindowRow, etag: string) => {
      const saved = await replace(row, etag);
      if (saved !== 'changed') {
        seen.push({ at: world.time.now, row, markedUntil: markedUntil(world, row) });
      }
      return saved;
    },
  });
  return seen;
}

function markedUntil({ network }: TestWorld, { placements }: WindowRow): number {
  const markers = placements
    .filter(({ phase }) => phase === 'open')
    .flatMap(({ nsgId, rule }) => network.nsg(nsgId).rules.filter(({ name }) => name === rule.name))
    .map(({ description }) => (parseMarker(description)?.untilSeconds ?? 0) * 1_000);
  return Math.min(...markers);
}

/** No PUT after its time by the deadline proved then, none on top of one with other content. */
function expectPutsInTime(
  { network, skewMs }: TestWorld,
  seen: readonly Seen[],
  accepted: readonly number[],
): void {
  const last = new Map<string, { at: number; description: string }>();
  for (const { op, at, rule, id } of network.calls) {
    // The Deny that disarms is the one PUT that may come later.
    if (op !== 'put' || rule?.access !== 'Allow') continue;
    const { row } = seen.findLast((one) => one.at <= at) ?? { row: null };
    const deadline = Math.min(row?.until ?? Number.POSITIVE_INFINITY, Math.max(...accepted));
    expect(at + Math.max(0, skewMs)).toBeLessThanOrEqual(deadline - 5 * minute);
    expect(accepted).toContain((parseMarker(rule.description)?.untilSeconds ?? 0) * 1_000);
    const key = `${id} ${rule.name}`.toLowerCase();
    const before = last.get(key);
    if (before !== undefined && before.description !== rule.description && !isRefused(before)) {
      expect(at - before.at).toBeGreaterThanOrEqual(2 * minute);
    }
    last.set(key, { at, description: rule.description });
  }
  function isRefused(put: { at: number; description: string }): boolean {
    return !seen.some(({ at, row }) =>
      row.placements.some(
        ({ lastPutAt, rule, nextRule }) =>
          at > put.at &&
          lastPutAt === put.at &&
          [rule.description, nextRule?.description].includes(put.description),
      ),
    );
  }
}

function expectRowsInOrder(seen: readonly Seen[], accepted: readonly number[]): void {
  for (const [index, { row, markedUntil: marked }] of seen.entries()) {
    if (row.until !== null) {
      expect(accepted).toContain(row.until);
      expect(row.until).toBeLessThanOrEqual(marked);
    }
    const before = seen[index - 1]?.row;
    if (before === undefined) continue;
    expect(row.generation).toBeGreaterThanOrEqual(before.generation);
    expect(row.until ?? 0).toBeGreaterThanOrEqual(before.until ?? 0);
    if (row.wantedUntil !== before.wantedUntil) {
      expect(row.generation).toBeGreaterThan(before.generation);
    }
    if (before.closingAt !== null) expect(row.until).toBe(before.until);
  }
}
