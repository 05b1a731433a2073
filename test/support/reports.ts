import type { Entry } from '../../shared/domain/remediation/entry';
import type { ReportRun, ReportWriter } from '../../shared/domain/remediation/report/report';
import { reportLine } from '../../shared/domain/remediation/report/reportLine';

export function reportRun(changes: Partial<ReportRun> = {}): ReportRun {
  return {
    id: 'night-20260101',
    kind: 'nightly',
    phase: 'done',
    dryRun: false,
    askedBy: null,
    reason: '',
    scopes: [],
    createdAt: '2026-01-01T02:00:00.000Z',
    endedAt: '2026-01-01T02:20:00.000Z',
    trouble: null,
    writes: 7,
    vms: { found: 2, ready: 1, fixed: 1, wouldFix: 0, skipped: 0, failed: 0, quarantined: 0 },
    ...changes,
  };
}

/** A whole report: VMs in batches of `size`. */
export function written(
  writer: ReportWriter,
  entries: readonly Entry[],
  { size = 40, isWhole = true } = {},
): string {
  const parts = [writer.head()];
  for (let from = 0; from < entries.length; from += size) {
    const some = entries.slice(from, from + size);
    parts.push(writer.vms(some.map((entry) => reportLine(entry, 'AzureCloud'))));
  }
  return [...parts, writer.foot({ isWhole })].join('');
}

/** What somebody may write where a name, a tag or a message stands. */
export const hostileTexts: readonly string[] = [
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg/onload=alert(1)>',
  "'-alert(1)-'",
  '<!--<script>',
  ']]></style><script>alert(1)</script>',
  '=HYPERLINK("http://evil.example","x")',
  "+1+cmd|' /C calc'!A0",
  '@SUM(1)',
  '-2+3',
  '\t=1+1',
  '\uFF1D1+1',
  'two\r\nlines, with "quotes", and commas',
  '\u001b[2J\u001b]0;title\u0007red\u202egnp.exe',
  '\u2028\u2029\ud800',
  '__proto__',
  '${7*7}{{7*7}}',
];
