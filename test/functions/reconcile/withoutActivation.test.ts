import {
  createReconcileMemory,
  type ReconcileRun,
} from '../../../functions/reconcile/reconcileRun';
import { endWithoutActivation } from '../../../functions/reconcile/withoutActivation';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import { freeBudget } from '../../support/freeBudget';
import { openedWindow, readRow } from '../../support/windowWorld';

/** A run in which so many questions may be asked before closes need the requests. */
async function playRuns(people: number, perRun: number, runs: number): Promise<string[][]> {
  const { world, id } = await openedWindow();
  const row = await readRow(world, id);
  const rows = Array.from({ length: people }, (_, at) => windowOf(row, `person-${at}`));
  const memory = createReconcileMemory();
  const asked: string[][] = [];
  for (memory.runs = 1; memory.runs <= runs; memory.runs++) {
    const inRun: string[] = [];
    asked.push(inRun);
    const run = {
      world: {
        ...world,
        budget: { ...freeBudget, pauseMs: () => (inRun.length < perRun ? 0 : 4_000) },
        directory: {
          ...world.directory,
          listActive: async ({ of }: { of: unknown }) => {
            inRun.push((of as { principalId: string }).principalId);
            // Cut: who is not on it may stand all the same.
            return { instances: [], pages: 1, cut: true };
          },
        },
      },
      starter: { start: () => Promise.reject(new Error('Nobody is to be closed.')) },
      memory,
      tally: { reads: 0, postponed: 0, gone: 0, failed: 0 },
      live: [],
      endsAt: Infinity,
    } as unknown as ReconcileRun;
    await endWithoutActivation(run, rows);
    expect(run.tally).toMatchObject({ reads: inRun.length, gone: 0, failed: 0 });
    expect(run.tally.postponed).toBe(people - inRun.length);
  }
  return asked;
}

function windowOf(row: WindowRow, principalId: string): WindowRow {
  const { grant } = row;
  if (grant.origin.kind !== 'activation') throw new Error('It came from an activation.');
  return { ...row, grant: { ...grant, origin: { ...grant.origin, principalId } } };
}

describe('whether the activations behind open windows still stand', () => {
  it('is asked about everybody in each run that may', async () => {
    for (const run of await playRuns(20, 1_000, 2)) expect(new Set(run).size).toBe(20);
  });

  it('is asked about everybody in turn where requests are few: nobody is always the last', async () => {
    const runs = await playRuns(20, 8, 5);
    const asked = new Map<string, number>();
    for (const person of runs.flat()) asked.set(person, (asked.get(person) ?? 0) + 1);
    expect(new Set(runs.slice(0, 3).flat()).size).toBe(20);
    expect([...asked.values()].every((times) => times >= 1 && times <= 3)).toBe(true);
  });
});
