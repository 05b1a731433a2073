import * as z from 'zod';
import { windowIdForm } from '../domain/identity';
import { readQuery } from './readQuery';

/** Which records somebody wants to see. Times are epoch ms; `null`: all. */
export type AuditQuery = {
  readonly from: number;
  readonly to: number;
  /** Object id, lower case. */
  readonly person: string | null;
  /** Id of a machine, or its name, lower case. */
  readonly vm: string | null;
  readonly window: string | null;
  readonly format: 'jsonl' | 'csv';
};

const time = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .optional();

const dayMs = 86_400_000;
/** Longer periods are many questions, not one. */
const longestDays = 92;
const usualDays = 7;

/** The query of `GET /api/audit` and its verification. */
export const auditQuerySchema = z.strictObject({
  from: time,
  to: time,
  person: z.guid().optional(),
  vm: z.string().min(1).max(400).optional(),
  window: z.string().regex(windowIdForm, 'Write the id of a window.').optional(),
  format: z.enum(['jsonl', 'csv']).optional(),
});

/** Reads a query at `now` (epoch ms); what is wrong with it, in words. Never throws. */
export function auditQuery(
  query: URLSearchParams,
  now: number,
): AuditQuery | { readonly detail: string } {
  const read = readQuery(query, auditQuerySchema);
  if ('detail' in read) return read;
  const { from: asked, to = now, person, vm, window, format = 'jsonl' } = read.value;
  const from = asked ?? to - usualDays * dayMs;
  if (from > to) return { detail: 'from is later than to.' };
  if (to - from > longestDays * dayMs) return { detail: `Ask for ${longestDays} days at most.` };
  return {
    from,
    to,
    person: person?.toLowerCase() ?? null,
    vm: vm?.toLowerCase() ?? null,
    window: window ?? null,
    format,
  };
}
