import * as z from 'zod';
import { type ReasonCode, reasons } from '../../domain/remediation/reasons';
import type { ReportFilter } from '../../domain/remediation/report/report';
import { reportOutcomes } from '../../domain/remediation/report/reportLine';
import { readQuery } from '../readQuery';

/** Which form of the report, and of which VMs. */
export type ReportQuery = { readonly format: ReportFormat; readonly filter: ReportFilter };
export type ReportFormat = (typeof reportFormats)[number];

const reportFormats = ['json', 'csv', 'html'] as const;

/** The query of `GET /api/remediations/{id}/report`. */
export const reportQuerySchema = z.strictObject({
  format: z.enum(reportFormats).optional(),
  outcome: z
    .enum(reportOutcomes)
    .optional()
    .meta({ description: 'VMs that came to this alone; pending: not at their end yet.' }),
  reason: z.string().refine(isReason, 'Write the code of a reason, as reports have it.').optional(),
});

/** Reads a query; what is wrong with it, in words. Never throws. */
export function reportQuery(query: URLSearchParams): ReportQuery | { readonly detail: string } {
  const read = readQuery(query, reportQuerySchema);
  if ('detail' in read) return read;
  const { format = 'json', outcome = null, reason = null } = read.value;
  return { format, filter: { outcome, reason } };
}

function isReason(text: string): text is ReasonCode {
  return Object.hasOwn(reasons, text);
}
