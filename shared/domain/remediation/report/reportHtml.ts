import { contentSecurityPolicy, escapeHtml, jsonInPage, pageStyle } from './pageParts';
import { pageScript } from './pageScript';
import { loginRoleNote, type ReportFilter, type ReportRun, type ReportWriter } from './report';
import type { ReportLine } from './reportLine';

/** What may run in the page, for its own head and for whoever serves it. */
export const reportPagePolicy: string = contentSecurityPolicy(pageScript, pageStyle);

const columns: readonly (readonly [string, (line: ReportLine) => string])[] = [
  ['Outcome', ({ outcome }) => outcome],
  ['VM', ({ name }) => name],
  ['Id', ({ vmId }) => vmId],
  ['Region', ({ location }) => location],
  ['Reason', ({ reason }) => reason ?? ''],
  ['What', ({ what, detail }) => [what, detail].filter(Boolean).join(' ')],
  ['Error', errorText],
  ['Cause', ({ cause }) => cause],
  ['Next step', ({ next }) => next],
  ['Again', ({ retry }) => retry],
  ['Where to look', ({ look }) => look.join('; ')],
  ['Writes', ({ writes }) => writes.join('; ')],
  ['Not known', ({ notes }) => notes.join(' ')],
];

/** Texts that repeat are told once, up to so many: what errors and reasons mean is a short list. */
const textsMax = 5_000;

/**
 * The report as one page that asks for nothing from anywhere: VMs stand in it as data, a block for
 * each batch, and its script shows a hundred at a time, sorted and filtered. Fifty thousand of them
 * are some twenty megabytes, and few elements.
 */
export function reportHtml(run: ReportRun, filter: ReportFilter): ReportWriter {
  const texts = new Map<string, number>();
  const cellsOf = (line: ReportLine, fresh: string[]): (string | number)[] =>
    columns.map(([, cell], at) => {
      const text = cell(line);
      // What is of one VM alone does not repeat.
      if (at === 1 || at === 2 || text === '') return text;
      const known = texts.get(text);
      if (known !== undefined || texts.size >= textsMax) return known ?? text;
      texts.set(text, texts.size);
      fresh.push(text);
      return texts.size - 1;
    });
  return {
    head: () => headOf(run, filter),
    vms: (lines) => {
      if (lines.length === 0) return '';
      const fresh: string[] = [];
      const rows = lines.map((line) => cellsOf(line, fresh));
      const block = jsonInPage({ t: fresh, v: rows });
      return `<script type="application/json">${block}</script>\n`;
    },
    foot: ({ isWhole }) =>
      (isWhole ? '' : '<p class="note">Not the whole run: VMs are missing here.</p>\n') +
      `<script>${pageScript}</script>\n</body>\n</html>\n`,
  };
}

function errorText({ error }: ReportLine): string {
  if (error === null) return '';
  const { status, code, message } = error;
  return [status === 0 ? '' : String(status), code, message].filter(Boolean).join(' ');
}

function headOf(run: ReportRun, filter: ReportFilter): string {
  const title = `Ready for Entra login: run ${run.id}`;
  const facts = factsOf(run, filter).filter(([, value]) => value !== '');
  const heads = columns.map(
    ([name]) => `<th scope="col"><button type="button">${name}</button></th>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(reportPagePolicy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<dl>
${facts.map(([label, value]) => `<dt>${label}</dt><dd>${escapeHtml(value)}</dd>`).join('\n')}
</dl>
<p class="note"><strong>${escapeHtml(loginRoleNote)}</strong></p>
<div class="controls">
<label>Outcome <select id="outcome"><option value="">all</option></select></label>
<label>Reason <select id="reason"><option value="">all</option></select></label>
<label>Text <input id="search" type="search"></label>
<button id="before" type="button">Before</button>
<button id="after" type="button">Next</button>
<span id="count" role="status"></span>
</div>
<noscript><p class="note">The list of VMs needs scripts; format=csv has it for a spreadsheet.</p></noscript>
<table>
<thead><tr>${heads.join('')}</tr></thead>
<tbody id="lines"></tbody>
</table>
`;
}

function factsOf(run: ReportRun, filter: ReportFilter): (readonly [string, string])[] {
  const { vms } = run;
  const counts = [
    `${vms.ready} ready`,
    `${vms.fixed} fixed`,
    ...(vms.wouldFix > 0 || run.dryRun ? [`${vms.wouldFix} would be fixed`] : []),
    `${vms.skipped} left alone`,
    `${vms.failed} failed`,
    `${vms.quarantined} in quarantine`,
  ];
  const only = [filter.outcome, filter.reason].filter((one) => one !== null);
  return [
    ['VMs', `${vms.found} found: ${counts.join(', ')}`],
    ['Writes', run.dryRun ? 'none: a dry run' : String(run.writes)],
    ['Phase', run.phase],
    ['Trouble', run.trouble ?? ''],
    ['Asked by', run.askedBy ?? 'the timer'],
    ['Why', run.reason],
    ['Scopes', run.scopes.join(', ')],
    ['Asked at', run.createdAt],
    ['Ended at', run.endedAt ?? ''],
    ['Only', only.join(', ')],
  ];
}
