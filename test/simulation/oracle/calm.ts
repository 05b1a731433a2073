import type { Affliction } from '../stage';
import type { Circumstances } from './judge';

/** Kinds that disturb nobody who only wants to close: the sweep needs neither events nor engine, nor an index. */
const harmless = new Set([
  'events',
  'engine',
  'pim',
  'people',
  'deploy',
  'strangers',
  'index',
  'turns',
  'audit',
]);
/** Of Resource Manager's faults those that leave closes as they are. */
const leavesCloses = new Set(['reserve reached', 'list lacks an activation once']);

/** Groups of faults after which somebody else goes on with what one had begun. */
const deadly = ['process', 'engine', 'ledger', 'deploy'];

/** True where whoever does something may have died in the middle of it. */
export function mayHaveDied(
  { outages, afflictions }: Pick<Circumstances, 'outages' | 'afflictions'>,
  /** Groups that have the same effect on what is judged. */
  besides: readonly string[] = [],
): boolean {
  const groups = [...deadly, ...besides];
  return outages.length > 0 || afflictions.some(({ group }) => groups.includes(group));
}

/** When the ledger was lost, ms: what the app had known until then, nobody knows any more. */
export function ledgerLosses({ afflictions }: Pick<Circumstances, 'afflictions'>): number[] {
  return afflictions.filter(({ kind }) => kind === 'ledger lost').map(({ atMs }) => atMs);
}

/** Within this time of a change of the host's clock an answer of Resource Manager has told of it. */
export const measuredMs = 70_000;

/** When a fault disturbs whoever wants to close: a clock that is known to be wrong does not. */
export function disturbances({
  group,
  atMs,
  untilMs,
}: Affliction): { atMs: number; untilMs: number }[] {
  if (group !== 'clock') return [{ atMs, untilMs }];
  return [atMs, untilMs].map((changed) => ({ atMs: changed, untilMs: changed + measuredMs }));
}

/** True where nothing that could delay a close was felt between two times, and a host ran all along. */
export function isCalm(fromMs: number, toMs: number, circumstances: Circumstances): boolean {
  // The sweeper app goes on where the main one is dead.
  const unswept = circumstances.outages.filter(({ isSwept }) => isSwept !== true);
  if (outageMs(fromMs, toMs, { outages: unswept }) > 0) return false;
  const relevant = circumstances.afflictions.filter(
    ({ group, kind }) =>
      (!harmless.has(group) || kind === 'task hub wiped') &&
      !leavesCloses.has(kind) &&
      kind !== 'main app dead for ever',
  );
  return !relevant
    .flatMap(disturbances)
    .some(({ atMs, untilMs }) => atMs <= toMs && untilMs >= fromMs);
}

/**
 * Where the first stretch of this length begins in which nothing at all was disturbed and a host
 * ran, `null` if there is none.
 */
export function quietStretch(
  fromMs: number,
  toMs: number,
  lengthMs: number,
  circumstances: Circumstances,
  /** Groups of faults that do not count. */
  besides: readonly string[] = ['people'],
): number | null {
  const { outages } = circumstances;
  const afflictions = circumstances.afflictions.filter(({ group }) => !besides.includes(group));
  const starts = [
    fromMs,
    ...afflictions.map(({ untilMs }) => untilMs + 1),
    ...outages.map((one) => one.toMs + 1),
  ];
  const isQuiet = (at: number): boolean =>
    outageMs(at, at + lengthMs, circumstances) <= 0 &&
    !afflictions.some(({ atMs, untilMs }) => atMs <= at + lengthMs && untilMs >= at);
  return starts.find((at) => at >= fromMs && at + lengthMs <= toMs && isQuiet(at)) ?? null;
}

/** How long no host ran between two times. */
export function outageMs(
  fromMs: number,
  toMs: number,
  { outages }: Pick<Circumstances, 'outages'>,
): number {
  return outages
    .map((one) => Math.min(one.toMs, toMs) - Math.max(one.fromMs, fromMs))
    .filter((ms) => ms > 0)
    .reduce((sum, ms) => sum + ms, 0);
}
