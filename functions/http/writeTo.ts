import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type * as z from 'zod';
import type { Caller } from '../../shared/domain/caller/caller';
import { type KeyedWrite, repeatOf } from '../../shared/domain/request/keyedWrite';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { World } from '../../shared/ports/world';
import { isDryRun } from './dryRun';
import { findWindow } from './findWindow';
import { bodyOf, keyedBy, keyReused } from './writes';

/** A write that is understood, to a window that the caller may write to. */
export type Write<Value> = {
  readonly row: WindowRow;
  readonly value: Value;
  /** It is only asked what it would do. */
  readonly dryRun: boolean;
  /** The key that it came with, if it did. */
  readonly keyed: KeyedWrite | null;
};

/**
 * What somebody wants done to a window of their own, or that they administer; else the answer that
 * tells why not: what was sent is judged before anybody learns whether there is such a window.
 */
export async function writeTo<Schema extends z.ZodType>(
  world: World,
  caller: Caller,
  request: HttpRequest,
  schema: Schema,
  verb: 'extend' | 'close',
): Promise<Write<z.output<Schema>> | { readonly answer: HttpResponseInit }> {
  const dryRun = isDryRun(request);
  if (typeof dryRun === 'object') return { answer: dryRun };
  const body = await bodyOf(request, schema);
  if ('problem' in body) return { answer: body.problem };
  const allowed = ['owner', 'administrator'] as const;
  const keyed = keyedBy(request, caller, verb, body.value);
  if (keyed !== null && 'problem' in keyed) return { answer: keyed.problem };
  const found = await findWindow(world, caller, request.params['id'], allowed);
  if ('answer' in found) return found;
  const { row } = found;
  if (repeatOf(row.keyed, keyed) === 'reused') return { answer: keyReused() };
  return { row, value: body.value, dryRun, keyed };
}
