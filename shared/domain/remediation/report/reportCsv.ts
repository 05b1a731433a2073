import { csvRow } from '../../csv';
import type { ReportWriter } from './report';
import type { ReportLine } from './reportLine';

const columns: readonly (readonly [string, (line: ReportLine) => string])[] = [
  ['outcome', ({ outcome }) => outcome],
  ['name', ({ name }) => name],
  ['vmId', ({ vmId }) => vmId],
  ['subscriptionId', ({ subscriptionId }) => subscriptionId],
  ['resourceGroup', ({ resourceGroup }) => resourceGroup],
  ['location', ({ location }) => location],
  ['reason', ({ reason }) => reason ?? ''],
  ['what', ({ what }) => what],
  ['detail', ({ detail }) => detail],
  ['errorStatus', ({ error }) => (error === null ? '' : String(error.status))],
  ['errorCode', ({ error }) => error?.code ?? ''],
  ['errorMessage', ({ error }) => error?.message ?? ''],
  ['cause', ({ cause }) => cause],
  ['next', ({ next }) => next],
  ['retry', ({ retry }) => retry],
  ['look', ({ look }) => look.join('; ')],
  ['writes', ({ writes }) => writes.join('; ')],
  ['notes', ({ notes }) => notes.join(' ')],
  ['endedAt', ({ endedAt }) => (endedAt === null ? '' : new Date(endedAt).toISOString())],
];

/** The report for a spreadsheet: one line for each VM, and nothing else. */
export function reportCsv(): ReportWriter {
  return {
    head: () => csvRow(columns.map(([name]) => name)),
    vms: (lines) => lines.map((line) => csvRow(columns.map(([, cell]) => cell(line)))).join(''),
    foot: () => '',
  };
}
