import type { Entry, Outcome } from './entry';
import type { ReasonCode } from './reasons';
import type { RemediationRow } from './remediationRow';

/** What is told of a run when it is over: a line for each outcome. Plain data. */
export type RunNews = readonly NewsLine[];

export type NewsLine = {
  readonly outcome: NewsOutcome;
  readonly count: number;
  /** The most frequent first, three of them. */
  readonly reasons: readonly { readonly reason: ReasonCode; readonly count: number }[];
};

/** Ready or not, fixed (of a dry run: would be), left alone, failed, in quarantine. */
export const newsOutcomes = ['ready', 'fixed', 'skipped', 'failed', 'quarantined'] as const;

type NewsOutcome = (typeof newsOutcomes)[number];

/** VMs counted by outcome and reason, while batches are read one after the other. */
export type ReasonCounts = Map<NewsOutcome, Map<ReasonCode, number>>;

const reasonsMax = 3;

/** Counts the VMs of one more batch. */
export function countReasons(counts: ReasonCounts, entries: readonly Entry[]): void {
  for (const { end } of entries) {
    if (end === null || end.reason === null) continue;
    const outcome = newsOutcome(end.outcome);
    const known = counts.get(outcome) ?? new Map<ReasonCode, number>();
    counts.set(outcome, known.set(end.reason, (known.get(end.reason) ?? 0) + 1));
  }
}

/** The lines of a run that is over: its own counts, and why. */
export function runNews({ tally }: Pick<RemediationRow, 'tally'>, counts: ReasonCounts): RunNews {
  const { ended } = tally;
  return newsOutcomes.map((outcome) => ({
    outcome,
    count: outcome === 'fixed' ? ended.fixed + ended.wouldFix : ended[outcome],
    reasons: [...(counts.get(outcome) ?? [])]
      .map(([reason, count]) => ({ reason, count }))
      .sort((one, other) => other.count - one.count || (one.reason < other.reason ? -1 : 1))
      .slice(0, reasonsMax),
  }));
}

function newsOutcome(outcome: Outcome): NewsOutcome {
  return outcome === 'wouldFix' ? 'fixed' : outcome;
}
