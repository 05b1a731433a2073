import type * as z from 'zod';
import { cleanText } from '../domain/text';

/**
 * Reads a query by its schema; what is wrong with it, in words: a parameter that stands twice, one
 * that nobody knows, a value that cannot be meant. Never throws.
 */
export function readQuery<Schema extends z.ZodType>(
  query: URLSearchParams,
  schema: Schema,
): { readonly value: z.output<Schema> } | { readonly detail: string } {
  const keys = [...query.keys()];
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  if (twice !== undefined) return { detail: `${cleanText(twice, 40)} stands twice.` };
  const read = schema.safeParse(Object.fromEntries(query));
  if (read.success) return { value: read.data };
  const words = read.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.')}: ${message}`);
  return { detail: cleanText(words.join(' '), 400) };
}
