import { isDeepStrictEqual } from 'node:util';
import type { Entry, Outcome } from '../../../../shared/domain/remediation/entry';
import { isOver, type RemediationRow } from '../../../../shared/domain/remediation/remediationRow';
import type { Violation } from '../../oracle/judge';
import { type NightCase, violation } from './case';

/** Every run comes to an end, with one outcome for each VM, and its counts are those of its VMs. */
export function runFaults(ofNight: NightCase): Violation[] {
  const { runs, history, circumstances } = ofNight;
  const { endMs } = circumstances;
  return [
    ...(history.liveAtRest ?? []).map((id) => violation('a run never ends', id, endMs)),
    ...[...runs.values()].flatMap((rows) => {
      const last = rows.at(-1);
      if (last === undefined || !isOver(last.row)) return [];
      return [...wholeFaults(ofNight, last.row, last.atMs), ...lateFaults(ofNight, last)];
    }),
    ...twoNights(ofNight),
    ...lostAsks(ofNight),
    ...lostWishes(ofNight),
    ...outcomeChanges(ofNight),
  ];
}

function entriesOf({ history }: NightCase, runId: string): Entry[] {
  const last = new Map(
    history.batches.filter(({ row }) => row.runId === runId).map(({ row }) => [row.id, row]),
  );
  return [...last.values()].flatMap(({ entries }) => entries);
}

function wholeFaults(ofNight: NightCase, row: RemediationRow, atMs: number): Violation[] {
  const entries = entriesOf(ofNight, row.id);
  const ids = entries.map(({ vmId }) => vmId.toLowerCase());
  const open = entries.filter(({ end }) => end === null).map(({ vmId }) => vmId);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  const counted: Record<Outcome, number> = { ...noOutcomes };
  for (const { end } of entries) if (end !== null) counted[end.outcome] += 1;
  const fault = (what: string): Violation =>
    violation('outcomes are not whole', `${row.id}: ${what}`, atMs);
  return [
    ...(open.length > 0 ? [fault(`over, and without an outcome: ${open.join()}`)] : []),
    ...(twice.length > 0 ? [fault(`more than one outcome: ${twice.join()}`)] : []),
    ...(row.open.length > 0 ? [fault(`over, and open batches ${row.open.join()}`)] : []),
    ...(isDeepStrictEqual({ ...row.tally.ended }, counted)
      ? []
      : [fault(`told ${JSON.stringify(row.tally.ended)}, were ${JSON.stringify(counted)}`)]),
    ...(row.tally.found === entries.length
      ? []
      : [fault(`found ${row.tally.found}, were ${entries.length}`)]),
  ];
}

const noOutcomes = { ready: 0, fixed: 0, wouldFix: 0, skipped: 0, failed: 0, quarantined: 0 };

/** After its end nothing of a run is written any more. */
function lateFaults(
  { history }: NightCase,
  { atMs, row }: { readonly atMs: number; readonly row: RemediationRow },
): Violation[] {
  return history.batches
    .filter((one) => one.row.runId === row.id && one.atMs > atMs)
    .map((one) => violation('written after the end', one.row.id, one.atMs));
}

/** While one night goes on no other one does. */
function twoNights({ runs }: NightCase): Violation[] {
  const lives = [...runs].flatMap(([id, rows]) => {
    const [first] = rows;
    if (first?.row.kind !== 'nightly') return [];
    const end = rows.find(({ row }) => isOver(row))?.atMs ?? Infinity;
    return [{ id, fromMs: first.atMs, toMs: end }];
  });
  return lives.flatMap(({ id, fromMs }) => {
    const other = lives.find((one) => one.id !== id && one.fromMs < fromMs && one.toMs > fromMs);
    return other === undefined
      ? []
      : [violation('two nights at once', `${id} beside ${other.id}`, fromMs)];
  });
}

/** What was taken as a start is a run. */
function lostAsks({ history, runs }: NightCase): Violation[] {
  return history.asks.flatMap(({ message, taken, atMs }) => {
    const { id = '' } = (message ?? {}) as { id?: string };
    return taken === 'started' && id !== '' && !runs.has(id)
      ? [violation('a run was lost', id, atMs)]
      : [];
  });
}

/** Whoever wished a run to end is not forgotten by it. */
function lostWishes({ runs }: NightCase): Violation[] {
  return [...runs].flatMap(([id, rows]) => {
    const wished = rows.findIndex(({ row }) => row.cancelAt !== null);
    const lost = rows.find(({ row }, at) => at > wished && row.cancelAt === null);
    return wished < 0 || lost === undefined
      ? []
      : [violation('a wish to end a run was lost', id, lost.atMs)];
  });
}

/** An outcome is one for good. */
function outcomeChanges({ entries }: NightCase): Violation[] {
  return [...entries].flatMap(([vmId, stored]) => {
    const ends = new Map<string, Entry['end']>();
    return stored.flatMap(({ runId, entry, atMs }) => {
      const before = ends.get(runId) ?? null;
      if (before === null) ends.set(runId, entry.end);
      return before === null || isDeepStrictEqual(before, entry.end)
        ? []
        : [
            violation(
              'an outcome changed',
              `${vmId} in ${runId}: ${before.outcome}, then ${entry.end?.outcome ?? 'open'}`,
              atMs,
            ),
          ];
    });
  });
}
