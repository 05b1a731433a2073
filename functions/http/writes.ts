import type { HttpRequest } from '@azure/functions';
import type * as z from 'zod';
import { bodyMax, readBody } from '../../shared/contract/readBody';
import { problem, type Problem } from '../../shared/contract/problem';

/** The body of a write, or the problem that it is. */
export async function bodyOf<Schema extends z.ZodType>(
  request: HttpRequest,
  schema: Schema,
): Promise<{ readonly value: z.output<Schema> } | { problem: Problem }> {
  // Told beforehand, it need not be read.
  if (Number(request.headers.get('content-length') ?? 0) > bodyMax) return { problem: tooLarge() };
  const text = await request.text();
  const read = readBody(text, schema);
  if ('value' in read) return read;
  if (read.code === 'bodyTooLarge') return { problem: tooLarge() };
  const detail = 'Correct what errors names; GET /api/openapi.json has the whole form.';
  return {
    problem: problem('badBody', 'The body is not understood.', detail, { errors: read.faults }),
  };
}

function tooLarge(): Problem {
  return problem('bodyTooLarge', 'The body is larger than 64 KB.', 'Send less.');
}

const keyForm = /^[\x21-\x7e]{1,128}$/;

/** The caller's key for this write; `null` where there is none, `''` where it is none. */
export function idempotencyKey(request: HttpRequest): string | null {
  const key = request.headers.get('idempotency-key');
  if (key === null || key.trim() === '') return null;
  return keyForm.test(key.trim()) ? key.trim() : '';
}
