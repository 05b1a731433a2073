import { isAtOrUnder } from '../../../../shared/domain/armId';
import type { Violation } from '../../oracle/judge';
import type { SentRequest } from '../history';
import { type NightCase, type StoredEntry, violation, wasStruck } from './case';

const sendMs = 20_000;
/** From a wish to end a run until nobody announces anything for it: two saves of its row, and slow ones. */
const cancelMs = 45_000;
/** One kind of write to one VM in one run, whatever the causes. */
const sentMax = 11;

/** Each write was announced by a row that says so, of a run that may write. */
export function announcementFaults(ofNight: NightCase): Violation[] {
  const { history } = ofNight;
  const counts = new Map<string, number>();
  return history.sent
    .filter(({ method }) => method !== 'GET')
    .flatMap((sent) => {
      const found = announcementOf(ofNight, sent);
      const what = `${sent.method} ${sent.path}`;
      if (found === null) return [violation('write unannounced', what, sent.atMs)];
      const key = `${found.runId} ${what}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return [
        ...(count === sentMax + 1 ? [violation('retried for ever', what, sent.atMs)] : []),
        ...wrongRun(ofNight, sent, found),
      ];
    });
}

/** What the ledger held of a VM when a write to it left: that this very write is about to. */
export function announcementOf(ofNight: NightCase, sent: SentRequest): StoredEntry | null {
  const { entries, batchTimes, stretchMs } = ofNight;
  const kind = sent.method === 'PATCH' ? 'identity' : 'extension';
  const patience = sendMs + 1_000 + stretchMs(sent.atMs - sendMs, sent.atMs);
  return (
    (entries.get(sent.vmId) ?? []).findLast(({ atMs, batchId, entry }) => {
      const last = entry.sent.at(-1);
      const times = batchTimes.get(batchId) ?? [];
      // What was saved at the very moment of the write may have been saved after it.
      const isLatest = [
        times.findLast((one) => one <= sent.atMs),
        times.findLast((one) => one < sent.atMs),
      ].includes(atMs);
      return (
        isLatest &&
        atMs <= sent.atMs &&
        sent.atMs - atMs <= patience &&
        entry.stage === 'announced' &&
        last?.what === kind &&
        last.status === null
      );
    }) ?? null
  );
}

function wrongRun(
  ofNight: NightCase,
  sent: SentRequest,
  { runId, atMs }: StoredEntry,
): Violation[] {
  const rows = ofNight.runs.get(runId) ?? [];
  const row = rows.findLast((one) => one.atMs <= sent.atMs)?.row;
  const what = `${sent.method} ${sent.path} for ${runId}`;
  if (row === undefined) return [violation('write without a run', what, sent.atMs)];
  const isDry =
    row.dryRun || row.dryScopes.some((scope) => isAtOrUnder(sent.vmId, scope.toLowerCase()));
  const isAsked =
    row.scopes.length === 0 || row.scopes.some((scope) => isAtOrUnder(sent.vmId, scope));
  const cancelledMs = rows.find((one) => one.row.cancelAt !== null)?.atMs ?? Infinity;
  // Whoever stood still knows nothing of what was wished meanwhile.
  const isExcused = wasStruck(ofNight, /stands still|second worker|clock wrong/);
  return [
    ...(isDry ? [violation('a dry run writes', what, sent.atMs)] : []),
    ...(isAsked ? [] : [violation('forbidden write', `${what}: not asked for`, sent.atMs)]),
    ...(atMs > cancelledMs + cancelMs && !isExcused
      ? [violation('a cancelled run goes on', what, sent.atMs)]
      : []),
  ];
}
