import fc from 'fast-check';
import { advanceWindow } from '../../../../functions/activities/advanceWindow';
import type { FaultKind } from '../../../../shared/domain/fault';
import type { PlacementPhase, WindowRow } from '../../../../shared/domain/window/windowRow';
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
  wishClosed,
} from '../../../support/windowWorld';

const order: Readonly<Record<PlacementPhase, number>> = {
  planned: 0,
  putting: 0,
  open: 1,
  closing: 2,
  gone: 2,
  disarmed: 2,
  closed: 3,
};

const kinds: FaultKind[] = [
  'throttled',
  'busy',
  'unavailable',
  'denied',
  'locked',
  'conflict',
  'changed',
];

/** What befalls the n-th call of a life; the list is short, so that trouble ends some day. */
const troubles: fc.Arbitrary<(Trouble | undefined)[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...kinds).map((before) => ({ before })) },
    { weight: 2, arbitrary: fc.constant({ after: 'unavailable' as const }) },
    { weight: 1, arbitrary: fc.constant({ dropped: true }) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 85_000 }).map((lateMs) => ({ lateMs })) },
  ),
  { minLength: 10, maxLength: 60 },
);

const story = fc.record({
  troubles,
  operationMs: fc.constantFrom(0, 1_000, 11_000, 40_000),
  skewMs: fc.constantFrom(-50_000, -2_000, 0, 2_000, 50_000),
  lifeMinutes: fc.integer({ min: 5, max: 40 }),
  endsEarlyAfterMs: fc.option(fc.integer({ min: 0, max: 10 * minute })),
  twice: fc.boolean(),
});

describe('whatever happens', () => {
  it('no PUT after its time, nothing reopens, closed is proved late enough, and in the end nothing stands', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const world = createTestWorld();
        world.network.operationMs = told.operationMs;
        world.skewMs = told.skewMs;
        let calls = 0;
        world.network.trouble = () => told.troubles[calls++];
        const untilAt = world.time.now + told.lifeMinutes * minute;
        const { id } = await grantWindow(world, { untilAt });
        const seen: WindowRow[] = [];
        const replace = world.ledger.windows.replace.bind(world.ledger.windows);
        Object.assign(world.ledger.windows, {
          replace: async (row: WindowRow, etag: string) => {
            const saved = await replace(row, etag);
            if (saved !== 'changed') seen.push(row);
            return saved;
          },
        });
        const step = async (windowId: string) => {
          const other = told.twice ? advanceWindow(world, { id: windowId }) : undefined;
          const look = await advanceWindow(world, { id: windowId });
          await other;
          return look;
        };
        if (told.endsEarlyAfterMs !== null) {
          await live(world, id, world.time.now + told.endsEarlyAfterMs, step);
          if ((await readRow(world, id)).concludedAt === null) await wishClosed(world, id);
        }
        const end = await live(world, id, untilAt + 120 * minute, step);

        expect(end.done).toBe(true);
        world.time.moveTo(world.time.now + 10 * minute);
        expect([...standing(world, nsgNic), ...standing(world, nsgSubnet)]).toEqual([]);
        for (const call of world.network.calls) {
          if (call.op !== 'put' || call.rule?.access !== 'Allow') continue;
          expect(call.at + Math.max(0, told.skewMs)).toBeLessThanOrEqual(untilAt - 5 * minute);
        }
        expectMonotone(seen);
        for (const { closedAt, lastPutAt, closedKind } of (await readRow(world, id)).placements) {
          if (closedKind === 'neverPut') continue;
          expect(closedAt).toBeGreaterThanOrEqual((lastPutAt ?? 0) + 2 * minute);
        }
      }),
      { numRuns: 30 },
    );
  });
});

function expectMonotone(rows: readonly WindowRow[]): void {
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1];
    if (before === undefined) continue;
    expect(row.generation).toBeGreaterThanOrEqual(before.generation);
    if (before.wish === 'closed') expect(row.wish).toBe('closed');
    if (before.closeReason !== null) expect(row.closeReason).toBe(before.closeReason);
    for (const [at, placement] of before.placements.entries()) {
      const after = row.placements[at];
      const from = order[placement.phase];
      const to = order[after?.phase ?? 'planned'];
      expect({ from: placement.phase, to: after?.phase, ok: to >= from }).toMatchObject({
        ok: true,
      });
    }
  }
}
