import type { GraphQueryHandler } from '../resourceManager/graphQueries';
import type { Pim } from './createPim';

const readAction = 'Microsoft.Authorization/roleAssignments/read';

/**
 * Role assignments in Resource Graph's table `authorizationresources`, as the index knows them:
 * `lagMs` late. Asked without management groups it shows what stands at and below subscriptions,
 * which is the default of `authorizationScopeFilter`
 * (learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources).
 */
export function graphAssignments(
  pim: Pick<Pim, 'assignments'>,
  lagMs: () => number,
): GraphQueryHandler {
  return (query) => {
    const { text } = query;
    const minutes = /createdOn\s*>\s*ago\((\d+)m\)/.exec(text)?.[1];
    const roles = [...text.matchAll(/roleId\s+endswith\s+'\/([0-9a-f-]+)'/gi)];
    if (minutes === undefined || roles.length === 0) {
      return { invalid: "no time after 'createdOn >' or no role after 'roleId endswith'" };
    }
    const wanted = new Set(roles.map(([, guid = '']) => guid.toLowerCase()));
    const sinceMs = Date.now() - Number(minutes) * 60_000;
    return pim
      .assignments(Date.now() - lagMs())
      .filter(({ id }) => {
        const lower = id.toLowerCase();
        const isBelow = lower.startsWith('/subscriptions/') && query.isAsked(lower);
        return isBelow && query.mayRead(readAction, lower);
      })
      .filter((one) => one.principalType === 'User' && wanted.has(one.roleDefinitionGuid))
      .filter((one) => Date.parse(one.createdOn) > sinceMs)
      .toSorted((one, other) => other.createdOn.localeCompare(one.createdOn))
      .map((one) => ({
        // The index spells the type with a capital; Resource Manager itself does not.
        id: one.id.replace('/roleAssignments/', '/RoleAssignments/'),
        name: one.name,
        roleId: `/providers/Microsoft.Authorization/RoleDefinitions/${one.roleDefinitionGuid}`,
        principalId: one.principalId,
        scope: one.scope,
        createdOn: one.createdOn,
      }));
  };
}
