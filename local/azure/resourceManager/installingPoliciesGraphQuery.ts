import type { PolicyAssignmentSeed } from '../../estateMachine';
import type { GraphQuery, GraphQueryHandler, GraphRow } from './graphQueries';

const action = 'Microsoft.Authorization/policyAssignments/read';

/**
 * Policy assignments that install a login extension. One of a management group is seen with a role
 * there; or, where the request wants what stands above its scopes, with a role below.
 */
export function installingPoliciesGraphQuery(
  assignments: readonly PolicyAssignmentSeed[],
): GraphQueryHandler {
  return (query) => {
    const rows = assignments
      .filter((one) => isVisible(query, one))
      .map(({ id, scope, notScopes, type }): GraphRow => ({
        id,
        scope,
        notScopes: notScopes ?? null,
        type,
      }));
    return rows.sort((one, other) => (String(one['id']) < String(other['id']) ? -1 : 1));
  };
}

function isVisible(query: GraphQuery, { id, scope }: PolicyAssignmentSeed): boolean {
  const lower = id.toLowerCase();
  if (query.isAsked(lower) && query.mayRead(action, lower)) return true;
  const place = scope.toLowerCase();
  return query.isAskedFromBelow(place) && query.mayReadSomewhere(action, place);
}
