import type { HttpResponseInit } from '@azure/functions';
import { refusalProblem } from '../../../shared/contract/problem';
import type { Caller } from '../../../shared/domain/caller/caller';
import { isSecond } from '../../../shared/domain/caller/second';
import { refusal } from '../../../shared/domain/refusal';
import { windowIdForm } from '../../../shared/domain/identity';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { World } from '../../../shared/ports/world';
import { notFound } from '../answer';
import { findWindow } from '../findWindow';

/**
 * The window that somebody wants to say something about as a second person, if they may know of it;
 * else the answer that there is none. Whose groups nobody can see is told so, of every id alike.
 */
export async function findSecond(
  world: World,
  caller: Caller,
  id: string | undefined,
): Promise<{ readonly row: WindowRow } | { readonly answer: HttpResponseInit }> {
  const { ledger, opening } = world;
  const policy = 'policy' in opening ? opening.policy : null;
  const stored = windowIdForm.test(id ?? '') ? await ledger.windows.get(id ?? '') : null;
  // Whom policy asks is not asked about at Resource Manager.
  if (stored !== null && isSecond(policy, stored.row, caller)) return { row: stored.row };
  const found = await findWindow(world, caller, id, ['owner', 'administrator', 'second']);
  if ('row' in found) return found;
  const isUnsure = caller.hasMoreGroups === true;
  return { answer: isUnsure ? refusalProblem(refusal('groupsOverage')) : notFound() };
}
