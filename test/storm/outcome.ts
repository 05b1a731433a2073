import type { WriteRecord } from '../../local/azure/contract';

/** What became of the rules of a storm, by the local Azure's own write log. */
export type StormOutcome = {
  /** Rules that stood, and how many of them were gone later than the deadline, or never. */
  opened: number;
  late: number;
  neverClosed: number;
  /** The worst end against the deadline, seconds; negative: all in time. `null`: some never. */
  overrunS: number | null;
  /** From the first DELETE of the storm to the end of the last rule, seconds. */
  closingS: number | null;
  /** DELETEs sent, and of these how many were refused because the NSG was busy, or for their number. */
  deletes: number;
  refusedBusy: number;
  refusedThrottled: number;
};

/** Judges the rules that end at `deadlineMs`; `isOne` says which paths of rules those are. */
export function outcomeOf(
  records: readonly WriteRecord[],
  deadlineMs: number,
  isOne: (path: string) => boolean,
  stood: readonly string[],
): StormOutcome {
  const own = records.filter(({ path }) => isOne(path.toLowerCase()));
  const deletes = own.filter(({ method }) => method === 'DELETE');
  const ends = new Map<string, number>();
  for (const { path, status, outcome, effectiveAt } of deletes) {
    if (status >= 300 || outcome !== 'succeeded' || effectiveAt === undefined) continue;
    const key = path.toLowerCase();
    const at = Date.parse(effectiveAt);
    ends.set(key, Math.min(at, ends.get(key) ?? at));
  }
  const times = stood.map((path) => ends.get(path.toLowerCase()) ?? null);
  const gone = times.flatMap((at) => (at === null ? [] : [at]));
  const neverClosed = times.length - gone.length;
  const last = gone.length === 0 ? null : Math.max(...gone);
  // A Resource Manager that is down for long refuses more of them than a call takes arguments.
  const first = deletes.reduce((least, { at }) => Math.min(least, Date.parse(at)), Infinity);
  return {
    opened: stood.length,
    late: neverClosed + gone.filter((at) => at > deadlineMs).length,
    neverClosed,
    overrunS: last === null || neverClosed > 0 ? null : (last - deadlineMs) / 1_000,
    closingS: last === null ? null : (last - first) / 1_000,
    deletes: deletes.length,
    refusedBusy: deletes.filter(({ code }) => /^RetryableError|AnotherOperation/.test(code ?? ''))
      .length,
    refusedThrottled: deletes.filter(({ code }) => /Throttled/.test(code ?? '')).length,
  };
}

/** Paths of rules of ours that were put, each once. */
export function putRules(
  records: readonly WriteRecord[],
  isOne: (path: string) => boolean,
): string[] {
  const put = records.filter(
    ({ method, path, status, outcome }) =>
      method === 'PUT' && isOne(path.toLowerCase()) && status < 300 && outcome === 'succeeded',
  );
  return [...new Set(put.map(({ path }) => path.toLowerCase()))];
}
