import type { Handler, World } from './call';
import { answer, gatewayError } from './http';
import { missingScope } from './lists';

type Subscription = { subscriptionId: string; displayName: string };

function subscriptionBody(item: Subscription, world: World): unknown {
  return {
    id: `/subscriptions/${item.subscriptionId}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId: item.subscriptionId,
    tenantId: world.store.initial.tenantId,
    displayName: item.displayName,
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}

/** GET of all subscriptions in which the caller holds any role. */
export const listSubscriptions: Handler = (call, world) => {
  const mine = [...world.store.subscriptions.values()].filter((item) =>
    world.access.hasAnyRole(call.caller.objectId, `/subscriptions/${item.subscriptionId}`),
  );
  return answer(200, {
    value: mine.map((item) => subscriptionBody(item, world)),
    count: { type: 'Total', value: mine.length },
  });
};

/** GET of one subscription. */
export const getSubscription: Handler = (call, world) => {
  const item = world.store.subscriptions.get(call.route.subscriptionId?.toLowerCase() ?? '');
  if (item !== undefined) return answer(200, subscriptionBody(item, world));
  return missingScope(call, world) ?? gatewayError(404, 'SubscriptionNotFound', 'Not found.');
};

type Group = { subscriptionId: string; name: string; location: string };

function groupBody(group: Group): unknown {
  return {
    id: `/subscriptions/${group.subscriptionId}/resourceGroups/${group.name}`,
    name: group.name,
    type: 'Microsoft.Resources/resourceGroups',
    location: group.location,
    properties: { provisioningState: 'Succeeded' },
  };
}

/** GET of the resource groups of a subscription that the caller may read. */
export const listGroups: Handler = (call, world) => {
  const missing = missingScope(call, world);
  if (missing !== undefined) return missing;
  const subscription = call.route.subscriptionId?.toLowerCase();
  const action = 'Microsoft.Resources/subscriptions/resourceGroups/read';
  const mine = [...world.store.groups.values()].filter((group) => {
    if (group.subscriptionId.toLowerCase() !== subscription) return false;
    const id = `/subscriptions/${subscription}/resourcegroups/${group.name.toLowerCase()}`;
    return world.access.mayDo(call.caller.objectId, action, id);
  });
  return answer(200, { value: mine.map((group) => groupBody(group)) });
};

/** GET of one resource group. */
export const getGroup: Handler = (call, world) => {
  const { subscriptionId = '', resourceGroup = '' } = call.route;
  const group = world.store.groups.get(`${subscriptionId}/${resourceGroup}`.toLowerCase());
  if (group !== undefined) return answer(200, groupBody(group));
  return missingScope(call, world) ?? gatewayError(404, 'ResourceGroupNotFound', 'Not found.');
};

/** GET of the tenants that the caller may see: this one. */
export const listTenants: Handler = (_call, world) => {
  const { tenantId } = world.store.initial;
  return answer(200, {
    value: [{ id: `/tenants/${tenantId}`, tenantId, tenantCategory: 'Home' }],
  });
};

const managementGroupType = 'Microsoft.Management/managementGroups';

/** GET of a management group; `$expand=children` adds what stands directly below. */
export const getManagementGroup: Handler = (call, world) => {
  const { managementGroups, subscriptions, tenantId } = world.store.initial;
  const name = call.route.names[0]?.toLowerCase() ?? '';
  const group = managementGroups.find((item) => item.name.toLowerCase() === name);
  if (group === undefined) return noManagementGroup(call.route.names[0] ?? '');
  const children = [
    ...managementGroups
      .filter((item) => item.parent?.toLowerCase() === name)
      .map((item) => ({
        type: managementGroupType,
        id: `/providers/${managementGroupType}/${item.name}`,
        name: item.name,
        displayName: item.displayName,
      })),
    ...group.subscriptions.map((id) => ({
      type: '/subscriptions',
      id: `/subscriptions/${id}`,
      name: id,
      displayName: subscriptions.find((item) => item.subscriptionId === id)?.displayName ?? id,
    })),
  ];
  return answer(200, {
    id: `/providers/${managementGroupType}/${group.name}`,
    type: managementGroupType,
    name: group.name,
    properties: {
      tenantId,
      displayName: group.displayName,
      details: { version: 1 },
      ...(call.query.get('$expand')?.toLowerCase() === 'children' ? { children } : {}),
    },
  });
};

function noManagementGroup(name: string): ReturnType<typeof gatewayError> {
  return gatewayError(404, 'NotFound', `Management group '${name}' not found.`);
}

/** GET of the subscriptions below a management group, at any depth. */
export const listManagementGroupSubscriptions: Handler = (call, world) => {
  const name = call.route.names[0] ?? '';
  const { managementGroups, subscriptions, tenantId } = world.store.initial;
  if (!managementGroups.some((item) => item.name.toLowerCase() === name.toLowerCase())) {
    return noManagementGroup(name);
  }
  const scope = `/providers/microsoft.management/managementgroups/${name.toLowerCase()}`;
  const below = subscriptions.filter((item) =>
    world.store.managementGroupsAbove(item.subscriptionId).includes(scope),
  );
  return answer(200, {
    value: below.map((item) => ({
      id: `/providers/${managementGroupType}/${name}/subscriptions/${item.subscriptionId}`,
      type: `${managementGroupType}/subscriptions`,
      name: item.subscriptionId,
      properties: { tenant: tenantId, displayName: item.displayName, state: 'Active' },
    })),
  });
};
