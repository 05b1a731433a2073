import type { HttpResponseInit } from '@azure/functions';
import { plainHeaders, problem } from '../../../shared/contract/problem';
import {
  type ReportFormat,
  type ReportQuery,
  reportQuery,
} from '../../../shared/contract/remediation/reportQuery';
import { type RunView, runView } from '../../../shared/contract/remediation/runView';
import { isOver, type RemediationRow } from '../../../shared/domain/remediation/remediationRow';
import { isMeant, type ReportWriter } from '../../../shared/domain/remediation/report/report';
import { reportCsv } from '../../../shared/domain/remediation/report/reportCsv';
import { reportHtml, reportPagePolicy } from '../../../shared/domain/remediation/report/reportHtml';
import { reportJson } from '../../../shared/domain/remediation/report/reportJson';
import { reportLine } from '../../../shared/domain/remediation/report/reportLine';
import type { Remediation } from '../../../shared/ports/remediation';
import type { World } from '../../../shared/ports/world';
import type { CallerHandler } from '../asCaller';
import { asReader } from './asOperator';
import { findRun } from './findRun';
import { joinedBytes } from './joinedBytes';
import { readBatches } from './readBatches';

/** Twice what fifty thousand VMs take that all failed, each with a message of its own. */
const bytesMax = 100_000_000;

/**
 * `GET /api/remediations/{id}/report`: what each VM of a run came to, as JSON, CSV or one page. Of a
 * run that goes on it is what there is so far, and says so.
 */
export function readReport(world: World): CallerHandler {
  return asReader(world, async ({ params, url }, _caller, night) => {
    const asked = reportQuery(new URL(url).searchParams);
    if ('detail' in asked) {
      return problem('badQuery', 'The query is not understood.', asked.detail);
    }
    const found = await findRun(night.ledger, params['id']);
    if ('answer' in found) return found.answer;
    const view = runView(found.row, world.clock.now());
    const bytes = await joinedBytes(textsOf(night, found.row, view, asked), bytesMax);
    return bytes === null ? tooLarge(view) : served(bytes, asked.format, found.row.id);
  });
}

async function* textsOf(
  { ledger, cloud }: Remediation,
  row: RemediationRow,
  view: RunView,
  { format, filter }: ReportQuery,
): AsyncGenerator<string> {
  const writer: ReportWriter = {
    json: () => reportJson(view, filter),
    csv: () => reportCsv(),
    html: () => reportHtml(view, filter),
  }[format]();
  yield writer.head();
  let isWhole = isOver(row);
  for await (const batch of readBatches(ledger, row)) {
    if (batch === null) isWhole = false;
    const lines = (batch?.entries ?? []).map((entry) => reportLine(entry, cloud));
    yield writer.vms(lines.filter((line) => isMeant(line, filter)));
  }
  yield writer.foot({ isWhole });
}

const media: Readonly<Record<ReportFormat, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  html: 'text/html',
};

function served(body: Uint8Array, format: ReportFormat, id: string): HttpResponseInit {
  const headers = {
    ...plainHeaders,
    'content-type': `${media[format]}; charset=utf-8`,
    'content-disposition': `inline; filename="${id}.${format}"`,
    // A page that somebody opens here is of no origin: it reaches nothing of this app.
    ...(format === 'html'
      ? { 'content-security-policy': `${reportPagePolicy}; sandbox allow-scripts` }
      : {}),
  };
  return { status: 200, headers, body };
}

function tooLarge({ report }: RunView): HttpResponseInit {
  return problem(
    'reportTooLarge',
    'The report is larger than one answer may be.',
    `Ask for a part of it, such as ${report}?format=csv&outcome=failed.`,
  );
}
