import { subscriptionOf } from '../../shared/domain/armId';
import { Fault } from '../../shared/domain/fault';
import { activationBehind } from '../../shared/domain/grant';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { World } from '../../shared/ports/world';
import { endAmong } from '../activities/window/gather';

/** What Resource Manager says now of the end of the activation behind a window. */
export type ActivationEnd =
  /** Epoch ms; `null`: the activation is not listed, so it has ended. */
  | { readonly endAt: number | null }
  /** Nobody could be asked. What the row knows still stands, and nothing later than that. */
  | { readonly unknown: Fault };

const whileJudgedMs = 10_000;

/**
 * When the activation behind a window ends, by one live list. Closes have the first claim to
 * requests: while they are short nothing is asked. Never throws.
 */
export async function readActivationEnd(
  { directory, budget }: Pick<World, 'directory' | 'budget'>,
  row: WindowRow,
): Promise<ActivationEnd> {
  const activation = activationBehind(row.grant.origin);
  if (activation === null) return { endAt: null };
  const { scope, principalId } = activation;
  // While a delete hint is judged, no list says that the activation stands.
  if (row.endHintAt !== null) return unasked('unavailable', 'EndHintOpen', whileJudgedMs);
  const pauseMs = budget.pauseMs(subscriptionOf(scope));
  if (pauseMs > 0) return unasked('throttled', 'RequestsReserved', pauseMs);
  try {
    const { instances } = await directory.listInstances(scope, principalId);
    return { endAt: endAmong(instances, row) };
  } catch (fault) {
    if (fault instanceof Fault) return { unknown: fault };
    throw fault;
  }
}

function unasked(
  kind: 'unavailable' | 'throttled',
  code: string,
  retryAfterMs: number,
): ActivationEnd {
  const doing = 'ask when the activation ends';
  return { unknown: new Fault({ kind, code, status: 0, retryAfterMs }, doing) };
}
