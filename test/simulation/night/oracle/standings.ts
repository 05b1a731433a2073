import { hashId } from '../../../../shared/domain/identity';
import { isOver } from '../../../../shared/domain/remediation/remediationRow';
import type { StandingRow } from '../../../../shared/domain/remediation/standing';
import type { VirtualMachineSeed } from '../../../../local/estateMachine';
import type { Violation } from '../../oracle/judge';
import { type NightWrite, statesWithin, type StoredRow } from '../history';
import { type NightCase, violation } from './case';
import { runOf } from './writes';

/** What failed night after night is left alone, and each failed night counts once. */
export function standingFaults(ofNight: NightCase): Violation[] {
  return [...forgotten(ofNight), ...miscounted(ofNight), ...uncounted(ofNight), ...untold(ofNight)];
}

/** The row of a VM as it stood at a time. */
function standingAt({ history }: NightCase, vmId: string, atMs: number): StandingRow | null {
  const id = hashId(vmId);
  return (
    history.standings.findLast(({ atMs: storedMs, row }) => row.id === id && storedMs < atMs)?.row
      .row ?? null
  );
}

function forgotten(ofNight: NightCase): Violation[] {
  const { history, entries, runs } = ofNight;
  return history.writes.flatMap(({ vmId, atMs, path, method }) => {
    const states = history.machines.get(vmId) ?? [];
    // One that has changed has another chance.
    const isAsItWas = states.filter((one) => one.atMs < atMs).length === 1;
    const runId = (entries.get(vmId) ?? []).findLast((one) => one.atMs <= atMs)?.runId ?? '';
    const begunMs = runs.get(runId)?.[0]?.atMs ?? 0;
    const standing = standingAt(ofNight, vmId, begunMs);
    const isHeld =
      standing !== null && (standing.quarantinedAt !== null || standing.pausedUntil > atMs);
    const isReleased = standingAt(ofNight, vmId, atMs) === null;
    return isAsItWas && isHeld && !isReleased
      ? [violation('quarantine forgotten', `${method} ${path} in ${runId}`, atMs)]
      : [];
  });
}

/** A run adds one failure at most, however often it is told. */
function miscounted({ history, runs }: NightCase): Violation[] {
  const last = new Map<string, StandingRow>();
  return history.standings.flatMap(({ atMs, row: { id, row } }) => {
    const before = last.get(id);
    if (row === null) {
      last.delete(id);
      return [];
    }
    last.set(id, row);
    const isSame = before?.lastRunId === row.lastRunId;
    const most = (before?.failures ?? 0) + (isSame ? 0 : 1);
    // What the nights before have left is as it is.
    return row.failures > most && runs.has(row.lastRunId)
      ? [violation('a failure counted twice', `${row.vmId}: ${row.failures}`, atMs)]
      : [];
  });
}

/** What failed in one night, and in the next one on the same machine, has failed twice in a row. */
function uncounted(ofNight: NightCase): Violation[] {
  const last = new Map<string, StoredRow<StandingRow>>();
  return ofNight.history.standings.flatMap(({ atMs, row: { id, row } }) => {
    const before = last.get(id);
    if (row === null) {
      last.delete(id);
      return [];
    }
    const now = { atMs, row };
    last.set(id, now);
    const isNext = before !== undefined && before.row.lastRunId !== row.lastRunId;
    return isNext && row.failures <= before.row.failures && failedAlike(ofNight, before, now)
      ? [violation('a failure was not counted', `${row.vmId}: ${row.failures}`, atMs)]
      : [];
  });
}

/** Did two runs fail by an install each, with nothing changed on the machine from one to the other? */
function failedAlike(
  ofNight: NightCase,
  one: StoredRow<StandingRow>,
  other: StoredRow<StandingRow>,
): boolean {
  const first = failedInstall(ofNight, one);
  if (first === undefined || failedInstall(ofNight, other) === undefined) return false;
  const states = statesWithin(ofNight.history, first.vmId, first.effectiveAtMs ?? 0, other.atMs);
  return new Set(states.map(factsOf)).size === 1;
}

function failedInstall(
  ofNight: NightCase,
  { atMs, row }: StoredRow<StandingRow>,
): NightWrite | undefined {
  if (row.reason !== 'extensionFailed') return undefined;
  return ofNight.history.writes.findLast(
    (write) =>
      write.vmId === row.vmId.toLowerCase() &&
      write.kind === 'extension' &&
      write.outcome === 'failed' &&
      write.atMs <= atMs &&
      runOf(ofNight, write) === row.lastRunId,
  );
}

/** What of a machine counts as a change: all but what an install does to it. */
function factsOf(vm: VirtualMachineSeed | null): string {
  if (vm === null) return '';
  const {
    provisioningState: _state,
    failedBy: _error,
    version: _version,
    extensions,
    ...rest
  } = vm;
  const names = (extensions ?? []).map(({ name, type }) => `${name} ${type}`).sort();
  return JSON.stringify([rest, names]);
}

/** Of what failed in a run that is over, the next night knows. */
function untold({ history, entries, runs }: NightCase): Violation[] {
  return [...entries].flatMap(([vmId, stored]) =>
    stored.flatMap(({ entry, runId, atMs }, at) => {
      const isLast = !stored.slice(at + 1).some((one) => one.runId === runId);
      const over = runs.get(runId)?.find(({ row }) => isOver(row));
      if (entry.end?.outcome !== 'failed' || !isLast || over === undefined) return [];
      const id = hashId(vmId);
      const isKnown = history.standings.some(
        ({ row }) => row.id === id && row.row?.lastRunId === runId,
      );
      return isKnown ? [] : [violation('a failure was lost', `${vmId} in ${runId}`, atMs)];
    }),
  );
}
