import { reasons } from '../remediation/reasons';
import type { RemediationRow } from '../remediation/remediationRow';
import type { NewsLine, RunNews } from '../remediation/runNews';
import type { CardLine, NoticeCard } from './noticeCard';

/** The five lines of a run that is over. */
export function runCard(row: RemediationRow, news: RunNews): NoticeCard {
  return {
    title: titleOf(row, news),
    tone: toneOf(row),
    lines: news.map((line) => lineOf(line, row)),
  };
}

function titleOf(row: RemediationRow, news: RunNews): string {
  const { id, kind, phase, dryRun, trouble } = row;
  const name = kind === 'nightly' ? `Night ${id.slice('night-'.length)}` : `Run ${id.slice(0, 12)}`;
  // A title may be read as markup: a code has nothing of it.
  const code = trouble.replaceAll(/[^A-Za-z0-9_.-]/g, '').slice(0, 80);
  if (trouble !== '') return `${name} could not do its work: ${code}`;
  const of = (outcome: NewsLine['outcome']): string =>
    counted(news.find((line) => line.outcome === outcome)?.count ?? 0);
  const fixed = dryRun ? `${of('fixed')} would be fixed` : `${of('fixed')} fixed`;
  const end = phase === 'cancelled' ? ' was cancelled' : dryRun ? ', a dry run' : '';
  return `${name}${end}: ${fixed}, ${of('failed')} failed`;
}

function toneOf({ trouble, phase, tally }: RemediationRow): NoticeCard['tone'] {
  if (trouble !== '') return 'bad';
  const { failed, quarantined } = tally.ended;
  return phase === 'cancelled' || failed + quarantined > 0 ? 'warning' : 'good';
}

function lineOf({ outcome, count, reasons: why }: NewsLine, { dryRun }: RemediationRow): CardLine {
  const label = outcome === 'fixed' && dryRun ? 'Would be fixed' : labels[outcome];
  const causes = why.map(({ reason, count: of }) => `${wordsOf(reason)} (${counted(of)})`);
  return [label, [counted(count), ...(causes.length > 0 ? [causes.join('; ')] : [])].join(': ')];
}

const labels = {
  ready: 'Ready',
  fixed: 'Fixed',
  skipped: 'Left alone',
  failed: 'Failed',
  quarantined: 'In quarantine',
} as const satisfies Record<NewsLine['outcome'], string>;

function wordsOf(reason: keyof typeof reasons): string {
  return reasons[reason].text.replace(/\.$/, '');
}

/** `12,345`, whatever the host speaks. */
function counted(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
