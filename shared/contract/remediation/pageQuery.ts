import * as z from 'zod';
import { readQuery } from '../readQuery';

const limitForm = 'Write a number from 1 to 200.';
const limitUsual = 50;

/** How much of a list, and from where. */
export type PageQuery = { readonly limit: number; readonly after: string | null };

/** The query of lists that are told page by page; unknown parameters are refused. */
export const pageQuerySchema = z.strictObject({
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, limitForm)
    .transform(Number)
    .refine((limit) => limit <= 200, limitForm)
    .optional(),
  after: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,120}$/, 'Take the link that the page before calls next.')
    .optional(),
});

/** Reads a query; what is wrong with it, in words. Never throws. */
export function pageQuery(query: URLSearchParams): PageQuery | { readonly detail: string } {
  const read = readQuery(query, pageQuerySchema);
  if ('detail' in read) return read;
  const { limit = limitUsual, after = null } = read.value;
  return { limit, after };
}

/** One page of a list in its order, and the link to the next one: `null` at the end. */
export function pageOf<Row extends { readonly id: string }>(
  rows: readonly Row[],
  { limit, after }: PageQuery,
  path: string,
): { readonly page: readonly Row[]; readonly next: string | null } {
  // One that is gone meanwhile is the end: what came after it was told of, or is on the first page.
  const before = after === null ? -1 : rows.findIndex(({ id }) => id === after);
  const page = after !== null && before === -1 ? [] : rows.slice(before + 1, before + 1 + limit);
  const last = page.at(-1);
  const isMore = last !== undefined && rows.at(-1) !== last;
  const query = new URLSearchParams({ limit: String(limit), after: last?.id ?? '' });
  return { page, next: isMore ? `${path}?${query.toString()}` : null };
}
