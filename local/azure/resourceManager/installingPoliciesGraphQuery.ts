import type { PolicyAssignmentSeed } from '../../estateMachine';
import type { EstateStore } from './estateStore';
import type { GraphQuery, GraphQueryHandler, GraphRow } from './graphQueries';

const action = 'Microsoft.Authorization/policyAssignments/read';

/**
 * Policy assignments that install a login extension. One of a management group is seen with a role
 * there; or, where the request wants what stands above its scopes, with a role below. It stands for
 * each subscription below it, as the query joins them.
 */
export function installingPoliciesGraphQuery(store: EstateStore): GraphQueryHandler {
  const assignments = store.initial.policyAssignments ?? [];
  return (query) => {
    const rows = assignments
      .filter((one) => isVisible(query, one))
      .flatMap(({ id, scope, notScopes, type }) =>
        placesOf(store, scope.toLowerCase()).map((place): GraphRow => ({
          id,
          scope: place,
          notScopes: notScopes ?? null,
          type,
        })),
      );
    return rows.sort((one, other) => (String(one['id']) < String(other['id']) ? -1 : 1));
  };
}

function isVisible(query: GraphQuery, { id, scope }: PolicyAssignmentSeed): boolean {
  const lower = id.toLowerCase();
  if (query.isAsked(lower) && query.mayRead(action, lower)) return true;
  const place = scope.toLowerCase();
  return query.isAskedFromBelow(place) && query.mayReadSomewhere(action, place);
}

function placesOf(store: EstateStore, scope: string): string[] {
  if (scope.startsWith('/subscriptions/')) return [scope];
  const below = store.initial.subscriptions
    .map(({ subscriptionId }) => `/subscriptions/${subscriptionId.toLowerCase()}`)
    .filter((id) => store.isAtOrAbove(scope, id));
  return below.length === 0 ? [scope] : below;
}
