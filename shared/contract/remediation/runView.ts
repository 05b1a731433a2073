import type * as z from 'zod';
import type { RemediationRow } from '../../domain/remediation/remediationRow';
import { runProgress } from '../../domain/remediation/runProgress';
import { cleanText } from '../../domain/text';
import type { runViewSchema } from './remediationSchemas';

/** A run as the API shows it: ISO times, one-line texts, nothing of how it is worked on. */
export type RunView = z.output<typeof runViewSchema>;

const textMax = 500;

/** What the API shows of a run at `now`, epoch ms. Texts are cleaned again, as everywhere. */
export function runView(row: RemediationRow, now: number): RunView {
  const { tally, cancelAt } = row;
  const { ended, left, isWhole, perMinute, leftMs } = runProgress(row, now);
  const self = `/api/remediations/${row.id}`;
  return {
    id: row.id,
    kind: row.kind,
    phase: row.phase,
    dryRun: row.dryRun,
    askedBy: row.askedBy === '' ? null : clean(row.askedBy),
    reason: clean(row.justification ?? ''),
    scopes: row.scopes.map(clean),
    dryScopes: row.dryScopes.map(clean),
    createdAt: isoOf(row.createdAt),
    startedAt: isoOrNull(row.startedAt),
    endedAt: isoOrNull(row.endedAt),
    cancel: cancelAt === null ? null : { at: isoOf(cancelAt), by: clean(row.cancelledBy) },
    trouble: row.trouble === '' ? null : clean(row.trouble),
    merged: row.merged,
    vms: { found: tally.found, isWhole, ended, left, ...tally.ended },
    writes: tally.writes,
    reads: tally.reads,
    queries: tally.queries,
    perMinute: perMinute === null ? null : Math.round(perMinute * 10) / 10,
    secondsLeft: leftMs === null ? null : Math.ceil(leftMs / 1_000),
    self,
    report: `${self}/report`,
  };
}

function clean(text: string): string {
  return cleanText(text, textMax);
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : isoOf(at);
}
