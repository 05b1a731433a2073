import { subscriptionOf } from '../../shared/domain/armId';
import { factsOf } from '../../shared/domain/fault';
import type { Now } from '../../shared/domain/instant';
import { type Sighting, sightingsOf } from '../../shared/domain/intake/sighting';
import type { Policy } from '../../shared/domain/policy/policy';
import type { ActiveQuery } from '../../shared/ports/directory';
import { hasTime, mayAsk, type ReconcileRun } from './reconcileRun';

/** How often each subscription is listed whole. */
const listEveryMs = 600_000;
/** Lists of one run, and pages of one list. */
const listsMax = 10;
const pagesMax = 20;

/**
 * Everything that is active in the subscriptions of the policy, a few of them in each run and each
 * once in ten minutes: what the index never showed. A list that is cut has still shown what it has
 * shown. Throws `Fault` where Resource Manager asks to wait; other faults cost that list its turn.
 */
export async function sightedByLists(
  run: ReconcileRun,
  policy: Policy,
  now: Now,
): Promise<Sighting[]> {
  const { world, memory, tally } = run;
  const scopes = policy.allow.flatMap((rule) => rule.scopes);
  const hasAbove = scopes.some((scope) => subscriptionOf(scope) === '');
  const found: Sighting[] = [];
  const due = (await subscriptions(run, scopes, hasAbove)).filter(
    (id) => memory.listed.get(id) !== turnOf(id, now.hostMs),
  );
  for (const id of due.slice(0, listsMax)) {
    if (!hasTime(run)) break;
    if (!mayAsk(run, `/subscriptions/${id}`)) continue;
    const sides: ActiveQuery['of'][] = hasAbove ? ['below', 'above'] : ['below'];
    for (const of of sides) {
      tally.reads += 1;
      try {
        const query = { scope: `/subscriptions/${id}`, of };
        const { instances, pages, cut } = await world.directory.listActive(query, pagesMax);
        found.push(...sightingsOf(instances, policy, now));
        if (cut) world.log.warn('discovery.listCut', { subscriptionId: id, pages });
      } catch (error) {
        const { kind, code } = factsOf(error);
        if (kind === 'throttled') throw error;
        tally.failed += 1;
        const fields = { subscriptionId: id, faultKind: kind, azureCode: code };
        world.log.warn('discovery.listFailed', fields);
      }
    }
    memory.listed.set(id, turnOf(id, now.hostMs));
  }
  return found;
}

/** Those that the policy names; all that hold machines where it names something above them. */
async function subscriptions(
  { world, tally }: ReconcileRun,
  scopes: readonly string[],
  hasAbove: boolean,
): Promise<string[]> {
  const named = scopes.map(subscriptionOf).filter((id) => id !== '');
  if (hasAbove) tally.queries += 1;
  const seen = hasAbove ? await world.inventory.listSubscriptions() : [];
  return [...new Set([...named, ...seen])];
}

/** Which ten minutes it is for this subscription: each has its own moment in them. */
function turnOf(subscriptionId: string, hostMs: number): number {
  const phaseMs = Number.parseInt(subscriptionId.slice(0, 8), 16) % listEveryMs;
  return Math.floor((hostMs + phaseMs) / listEveryMs);
}
