import { measureApi } from './api';
import { countWindow } from './counting';
import { oneVmTwoNsgs } from './layouts';

describe('the bench', () => {
  it('counts one write and one delete for each NSG on the way to one VM', async () => {
    const { slots, window, sweep, reconcile, writesToBound, history, faults } =
      await countWindow(oneVmTwoNsgs);

    expect(slots).toBe(2);
    expect(window.writes).toBe(slots);
    expect(window.deletes).toBe(slots);
    expect(writesToBound).toBe(1);
    expect(faults).toEqual([]);
    // Whoever only looks after things writes nothing, and looking costs a query for each run.
    expect([sweep.writes, sweep.deletes, reconcile.writes, reconcile.deletes]).toEqual([
      0, 0, 0, 0,
    ]);
    expect(sweep.runs).toBeGreaterThan(0);
    expect(sweep.queries).toBe(sweep.runs);
    expect(Object.keys(history).toSorted()).toEqual(['accessWindow', 'activationIntake']);
    expect(history['accessWindow']?.replayedEvents).toBeGreaterThan(0);
  });

  it('lists every window to its administrator, and tells beforehand without a write', async () => {
    const { windows, calls, heap, faults } = await measureApi({
      windows: 250,
      calls: 5,
      loadSeconds: 0.1,
    });
    expect([windows, faults]).toEqual([250, []]);
    expect(calls.map(({ name, calls: count }) => [name, count])).toEqual([
      ['list, by the administrator of all', 5],
      ['list, by the owner of a hundred', 5],
      ['request, dry run', 5],
    ]);
    // However many windows there are, roles are asked about once for each subscription.
    const [all, own] = calls;
    expect([all?.requestsEach, own?.requestsEach]).toEqual([2, 2]);
    expect(heap.calls).toBeGreaterThan(0);
  });
});
