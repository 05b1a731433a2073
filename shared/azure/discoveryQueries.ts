import * as z from 'zod';
import { isGuid } from '../domain/armId';
import { parseInstant } from '../domain/intake/eventFacts';
import type { AssignmentRow, Inventory } from '../ports/inventory';
import { badId } from './ids';
import { checkedAs } from './readAs';
import type { RunQuery } from './resourceGraph';

const subscriptionsMax = 1_000;

/**
 * What discovery asks of Resource Graph. Role assignments stand in `authorizationresources`, at and
 * below the subscriptions that the caller may read; those of management groups do not show there
 * (learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources).
 */
export function createDiscoveryQueries(
  runQuery: RunQuery,
): Pick<Inventory, 'listAssignments' | 'listSubscriptions'> {
  return {
    listAssignments: async (roleGuids, minutes, rowsMax) => {
      if (roleGuids.length === 0) return [];
      const rows = await runQuery(assignmentsQuery(roleGuids, minutes), {}, rowsMax);
      return checkedAs(assignmentRows, rows, 'listing role assignments');
    },
    listSubscriptions: async () => {
      const rows = await runQuery(subscriptionsQuery, {}, subscriptionsMax);
      const known = checkedAs(subscriptionRows, rows, 'listing subscriptions');
      return known.map(({ subscriptionId }) => subscriptionId.toLowerCase());
    },
  };
}

/** GUIDs can end no quote; times are the server's own, so that clocks need not agree. */
function assignmentsQuery(roleGuids: readonly string[], minutes: number): string {
  if (!roleGuids.every(isGuid)) throw badId('a role definition id');
  const roles = roleGuids.map((guid) => `roleId endswith '/${guid}'`).join(' or ');
  return `// postern:assignments v1
authorizationresources
| where type =~ 'microsoft.authorization/roleassignments'
| extend roleId = tostring(properties.roleDefinitionId)
| extend principalId = tostring(properties.principalId)
| extend principalType = tostring(properties.principalType)
| extend scope = tostring(properties.scope), createdOn = todatetime(properties.createdOn)
| where principalType =~ 'User' and createdOn > ago(${Math.ceil(minutes)}m)
| where ${roles}
| project id, name, roleId, principalId, scope, createdOn
| order by createdOn desc, id asc`;
}

const subscriptionsQuery = `// postern:subscriptions v1
resources
| where type =~ 'microsoft.compute/virtualmachines'
| summarize machines = count() by subscriptionId
| project id = subscriptionId, subscriptionId, machines
| order by subscriptionId asc`;

const subscriptionRows = z.array(z.object({ subscriptionId: z.guid() }));

const assignmentRows: z.ZodType<AssignmentRow[]> = z.array(
  z
    .object({
      id: z.string().startsWith('/'),
      scope: z.string().startsWith('/'),
      principalId: z.guid(),
      createdOn: z.string(),
    })
    .transform(({ id, scope, principalId, createdOn }) => ({
      id,
      scope,
      principalId: principalId.toLowerCase(),
      // Without a time it counts as old: it is listed all the same, and asked about once.
      createdAt: parseInstant(createdOn) ?? 0,
    })),
);
