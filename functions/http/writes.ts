import type { HttpRequest } from '@azure/functions';
import type * as z from 'zod';
import { bodyMax, readBody } from '../../shared/contract/readBody';
import { problem, type Problem } from '../../shared/contract/problem';
import type { Caller } from '../../shared/domain/caller/caller';
import { type KeyedWrite, keyedWrite } from '../../shared/domain/request/keyedWrite';

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

/**
 * A write that may have a key and need not, by its key: `null` where it has none, the problem where
 * what stands in its place is none.
 */
export function keyedBy(
  request: HttpRequest,
  { objectId }: Caller,
  verb: Parameters<typeof keyedWrite>[1],
  body: unknown,
): KeyedWrite | null | { readonly problem: Problem } {
  const key = idempotencyKey(request);
  if (key === '') return { problem: keyMalformed() };
  return key === null ? null : keyedWrite(objectId, verb, key, body);
}

/** Where nothing can be said in the query, something in it is a slip. */
export function queried({ url }: HttpRequest): Problem | null {
  return new URL(url).search === ''
    ? null
    : problem('badQuery', 'The query is not understood.', 'Leave it out.');
}

/** The answer to a write that has to have a key, where there is none. */
export function keyMissing(): Problem {
  return problem(
    'idempotencyKeyMissing',
    'There is no Idempotency-Key, or it is not 1 to 128 visible ASCII characters.',
    'Send one of your own with each new request, such as Idempotency-Key: 5f0c2c1e-pager-4711; a repeat sends the same one.',
  );
}

function keyMalformed(): Problem {
  return problem(
    'idempotencyKeyMissing',
    'The Idempotency-Key is not 1 to 128 visible ASCII characters.',
    'Send one such as 5f0c2c1e-pager-4711, or none: here it is optional.',
  );
}

/** The key was sent before, with something else. */
export function keyReused(): Problem {
  return problem(
    'idempotencyKeyReused',
    'This Idempotency-Key belongs to another request of yours.',
    'Send a new key with a new request; the same key with the same body tells what became of it.',
  );
}
