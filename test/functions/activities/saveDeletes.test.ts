import { advanceWindow } from '../../../functions/activities/advanceWindow';
import type { Placement, WindowRow } from '../../../shared/domain/window/windowRow';
import { openedWindow, readRow, wishClosed } from '../../support/windowWorld';

/** Closes a window while, each time that a DELETE is under way, somebody else saves its row. */
async function overtaken(others: (row: WindowRow) => WindowRow, timesMax = Infinity) {
  const { world, id } = await openedWindow();
  await wishClosed(world, id);
  world.network.operationMs = 8_000;
  const sent: string[] = [];
  let times = 0;
  const network: typeof world.network = {
    ...world.network,
    deleteRule: async (nsgId, name) => {
      const answer = await world.network.deleteRule(nsgId, name);
      sent.push(nsgId);
      const stored = await world.ledger.windows.get(id);
      if (stored !== null && (times += 1) <= timesMax) {
        await world.ledger.windows.replace(others(stored.row), stored.etag);
      }
      return answer;
    },
  };
  await advanceWindow({ ...world, network }, { id });
  const { placements } = await readRow(world, id);
  return { sent, placements, deletedAt: placements.map(({ lastDeleteAt }) => lastDeleteAt) };
}

/** As who waits for a turn saves it. */
const waits = (row: WindowRow): WindowRow => ({
  ...row,
  nextLook: row.nextLook + 3_000,
  placements: row.placements.map((one) => ({ ...one, notBefore: row.nextLook + 3_000 })),
});
const each =
  (change: (placement: Placement) => Partial<Placement>) =>
  (row: WindowRow): WindowRow => ({
    ...row,
    placements: row.placements.map((one) => ({ ...one, ...change(one) })),
  });

describe('a DELETE during which somebody else saves the row', () => {
  it('is in the row all the same, and asked for once', async () => {
    const { sent, placements, deletedAt } = await overtaken(waits);
    expect(sent).toHaveLength(placements.length);
    expect(deletedAt).not.toContain(null);
    expect(placements.map(({ deleteCount }) => deleteCount)).toEqual(placements.map(() => 1));
  });

  it('changes nothing of what others have got to know of the rule', async () => {
    const theirs = 1_234;
    const { placements } = await overtaken(
      each(() => ({ lastDeleteAt: theirs, deleteCount: 7 })),
      1,
    );
    expect(placements.every(({ deleteCount }) => deleteCount >= 7)).toBe(true);
  });

  it('says nothing of a rule that was written again meanwhile: it is decided anew', async () => {
    const again = each(({ lastPutAt }) => ({ lastPutAt: (lastPutAt ?? 0) + 1 }));
    const { sent, placements, deletedAt } = await overtaken(again, 2);
    expect(deletedAt).toEqual(placements.map(() => null));
    expect(sent.length).toBeGreaterThanOrEqual(placements.length);
  });
});
