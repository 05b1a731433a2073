import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type * as z from 'zod';
import type { Caller } from '../../../shared/domain/caller/caller';
import type { KeyedWrite } from '../../../shared/domain/request/keyedWrite';
import { bodyOf, keyedBy, queried } from '../writes';

/** What a second person says, understood; with the key that it came with, if it did. */
export type SecondWrite<Value> = { readonly value: Value; readonly keyed: KeyedWrite | null };

/** Reads it, or answers what is wrong with it: before anybody learns whether there is such a window. */
export async function secondWrite<Schema extends z.ZodType>(
  caller: Caller,
  request: HttpRequest,
  schema: Schema,
  verb: 'approve' | 'deny' | 'review',
): Promise<SecondWrite<z.output<Schema>> | { readonly answer: HttpResponseInit }> {
  const strange = queried(request);
  if (strange !== null) return { answer: strange };
  const body = await bodyOf(request, schema);
  if ('problem' in body) return { answer: body.problem };
  const keyed = keyedBy(request, caller, verb, body.value);
  if (keyed !== null && 'problem' in keyed) return { answer: keyed.problem };
  return { value: body.value, keyed };
}
