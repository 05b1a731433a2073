import { aimsAt, type Aim, pairedAimsAt, play, type Place } from './play';
import { waysOf } from './kinds';
import { workloadNamed } from './workers';
import { workloads } from './workloads';

const timeoutMs = 120_000;

const wayAt = (places: readonly Place[], { n, way }: Aim): string => {
  const place = places.find((one) => one.n === n);
  if (place === undefined) throw new Error(`No place ${n}.`);
  return waysOf({ ...place, atMs: 0, subject: '', input: undefined })[way]?.fault ?? '';
};

describe('crash points', () => {
  it(
    'of a window that expires: no death before an acknowledgement, no lost answer harms it',
    async () => {
      const expires = workloadNamed('expires');
      const { places, played: bare } = await play(expires, []);
      expect(bare).toMatchObject({ violations: [], took: true });
      const kinds = ['host dies before the acknowledgement', 'reset after'];
      const aims = pairedAimsAt(places).filter(
        (aim) =>
          kinds.includes(wayAt(places, aim)) &&
          places.some(({ n, kind }) => n === aim.n && kind === 'request'),
      );
      expect(aims).toHaveLength(4);
      const failed: string[] = [];
      for (const aim of aims) {
        const { played } = await play(expires, [aim]);
        expect(played.took).toBe(true);
        expect(played.overrunMs ?? -1).toBeLessThan(0);
        for (const { what } of played.violations) failed.push(`${played.strikes.join()}: ${what}`);
      }
      expect(failed).toEqual([]);
    },
    timeoutMs,
  );

  it(
    'strike twice what the first strike has led to, and the same way each time',
    async () => {
      const workload = workloadNamed('given-back');
      const { places } = await play(workload, []);
      const first = pairedAimsAt(places).find(
        (aim) => wayAt(places, aim) === 'host dies before the acknowledgement',
      );
      if (first === undefined) throw new Error('Nothing to strike.');
      const { places: led } = await play(workload, [first]);
      expect(led.slice(0, first.n)).toEqual(places.slice(0, first.n));
      expect(led).not.toEqual(places);
      const second = pairedAimsAt(led).find(({ n }) => n > first.n);
      if (second === undefined) throw new Error('Nothing to strike.');
      const one = await play(workload, [first, second]);
      const other = await play(workload, [first, second]);
      expect(one.played).toMatchObject({ took: true, violations: [] });
      expect(one.played.strikes).toHaveLength(2);
      expect(other.outcome.hash).toBe(one.outcome.hash);
    },
    timeoutMs,
  );

  it('count what a death after a boundary and before the next have in common', () => {
    const { aims, coinciding } = aimsAt([{ n: 1, kind: 'ledger', name: 'windows.insert' }]);
    expect(coinciding).toBe(2);
    // Two deaths at two moments, an error before and after, and a write that the client repeats.
    expect(aims).toHaveLength(7);
    expect(pairedAimsAt([{ n: 1, kind: 'ledger', name: 'windows.get' }])).toEqual([]);
  });

  it.each(workloads.map(({ name }) => name))(
    'find the workload "%s" doing what it tells',
    async (name) => {
      const { played, outcome } = await play(workloadNamed(name), []);
      expect(played.violations).toEqual([]);
      const events = new Set(Object.keys(outcome.sometimes).map((one) => one.split(' ')[0]));
      const expected: Record<string, string> = {
        extended: 'window.extended',
        'asked-to-close': 'wish.close',
        'no-address': 'intake.refused',
      };
      expect([...events]).toContain(expected[name] ?? 'window.closed');
    },
    timeoutMs,
  );
});
