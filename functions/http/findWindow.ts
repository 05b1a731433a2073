import type { HttpResponseInit } from '@azure/functions';
import type { Caller } from '../../shared/domain/caller/caller';
import type { Standing } from '../../shared/domain/caller/standing';
import { windowIdForm } from '../../shared/domain/identity';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { World } from '../../shared/ports/world';
import { accessOf } from './access';
import { notFound } from './answer';

/**
 * The window of an id, if the caller's standing to it is one of these; else the answer that there is
 * none, the same for ids that do not exist. Throws `Fault` where that cannot be told.
 */
export async function findWindow(
  world: World,
  caller: Caller,
  id: string | undefined,
  allowed: readonly Standing[],
): Promise<{ readonly row: WindowRow } | { readonly answer: HttpResponseInit }> {
  const stored = windowIdForm.test(id ?? '') ? await world.ledger.windows.get(id ?? '') : null;
  if (stored === null) return { answer: notFound() };
  const { row } = stored;
  const standing = await accessOf(world, caller).standingOf(row);
  return allowed.includes(standing) ? { row } : { answer: notFound() };
}
