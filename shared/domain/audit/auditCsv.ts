import { csvRow } from '../csv';
import type { AuditRecord } from './auditRecord';

const columns: readonly (readonly [string, (record: AuditRecord) => string])[] = [
  ['chain', ({ chain }) => chain],
  ['sequence', ({ sequence }) => String(sequence)],
  ['at', ({ at }) => at],
  ['step', ({ step }) => step],
  ['who', ({ who }) => who.id],
  ['how', ({ who }) => who.how],
  ['why', ({ why }) => why],
  ['rules', ({ what }) => listOf(what['rules'])],
  ['nsgIds', ({ what }) => listOf(what['nsgIds'])],
  ['vmIds', ({ what }) => listOf(what['vmIds'])],
  ['until', ({ what }) => listOf(what['until'])],
  ['refusal', ({ what }) => listOf(what['refusal'])],
  ['outcome', ({ what }) => listOf(what['outcome'])],
  ['what', ({ what }) => JSON.stringify(what)],
  ['policyVersion', ({ policyVersion }) => policyVersion],
  ['previous', ({ previous }) => previous],
  ['hash', ({ hash }) => hash],
];

/** The first line of the CSV, its line break included. */
export const auditCsvHead: string = csvRow(columns.map(([name]) => name));

/**
 * One record as a line of CSV by RFC 4180, line break included. No cell is a formula to a
 * spreadsheet: what could be one has an apostrophe before it.
 */
export function auditCsvRow(record: AuditRecord): string {
  return csvRow(columns.map(([, cell]) => cell(record)));
}

function listOf(value: AuditRecord['what'][string] | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? value.join('; ') : String(value);
}
