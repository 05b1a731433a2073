import { nameOf } from './armPath';
import type { Handler, World } from './call';
import { answer, gatewayError } from './http';
import { listText, missingScope } from './lists';

/** A resource as the lists across all types show it. */
type Row = {
  id: string;
  name: string;
  type: string;
  location: string;
  tags?: Record<string, string>;
};

type Kept = { id: string; location: string; tags?: Record<string, string> };

function rowsOf(world: World): Row[] {
  const { nsgs, nics, vnets, vms, bastions } = world.store;
  const rows = (items: ReadonlyMap<string, Kept>, type: string): Row[] =>
    [...items.values()].map(({ id, location, tags }) => ({
      id,
      name: nameOf(id),
      type,
      location,
      ...(tags === undefined ? {} : { tags }),
    }));
  return [
    ...rows(vms, 'Microsoft.Compute/virtualMachines'),
    ...rows(nics, 'Microsoft.Network/networkInterfaces'),
    ...rows(nsgs, 'Microsoft.Network/networkSecurityGroups'),
    ...rows(vnets, 'Microsoft.Network/virtualNetworks'),
    ...rows(bastions, 'Microsoft.Network/bastionHosts'),
  ];
}

const fields: Record<string, (row: Row) => string> = {
  resourcetype: (row) => row.type,
  resourcegroup: (row) => row.id.split('/')[4] ?? '',
  name: (row) => row.name,
  location: (row) => row.location,
};

/** `name eq 'x' and …` as a predicate; `undefined` for what is not understood. */
function predicate(filter: string | null): ((row: Row) => boolean) | undefined {
  const parts = filter === null || filter.trim() === '' ? [] : filter.split(/\s+and\s+/i);
  const checks: ((row: Row) => boolean)[] = [];
  for (const part of parts) {
    const [, field = '', value = ''] = /^\s*(\w+)\s+eq\s+'([^']*)'\s*$/i.exec(part) ?? [];
    const read = fields[field.toLowerCase()];
    if (read === undefined) return undefined;
    checks.push((row) => read(row).toLowerCase() === value.toLowerCase());
  }
  return (row) => checks.every((check) => check(row));
}

/**
 * GET of the resources of a subscription or a resource group, of every type, as far as the caller
 * may read them. https://learn.microsoft.com/rest/api/resources/resources/list
 */
export const listResources: Handler = (call, world) => {
  const filter = call.query.get('$filter');
  const isWanted = predicate(filter);
  if (isWanted === undefined) {
    const text = `Invalid $filter '${filter ?? ''}' specified in the query string.`;
    return gatewayError(400, 'InvalidFilterInQueryString', text);
  }
  const rows = rowsOf(world).filter(isWanted);
  const byId = new Map(rows.map((row) => [row.id.toLowerCase(), row]));
  const action = ({ type }: Row): string => `${type}/read`;
  return listText(call, world, byId, action, (row) => JSON.stringify(row));
};

/**
 * Namespaces and their types, with the api-versions that clients choose from. Any other version is
 * answered as well.
 */
const namespaces: Record<string, [type: string, ...versions: string[]][]> = {
  'Microsoft.Authorization': [
    ['locks', '2020-05-01', '2016-09-01'],
    ['roleAssignments', '2022-04-01'],
    ['roleDefinitions', '2022-04-01'],
    ['roleAssignmentScheduleInstances', '2020-10-01'],
    ['roleAssignmentScheduleRequests', '2020-10-01'],
    ['roleEligibilityScheduleInstances', '2020-10-01'],
  ],
  'Microsoft.Compute': [['virtualMachines', '2024-07-01', '2020-06-01']],
  'Microsoft.Network': [
    ['networkInterfaces', '2024-05-01', '2018-11-01'],
    ['networkSecurityGroups', '2024-05-01', '2018-11-01'],
    ['networkSecurityGroups/securityRules', '2024-05-01', '2018-11-01'],
    ['virtualNetworks', '2024-05-01', '2018-11-01'],
    ['virtualNetworks/subnets', '2024-05-01', '2018-11-01'],
  ],
  'Microsoft.Resources': [
    ['resources', '2021-04-01'],
    ['resourceGroups', '2021-04-01'],
    ['subscriptions', '2022-12-01'],
  ],
  'Microsoft.ResourceGraph': [['resources', '2024-04-01', '2022-10-01', '2021-03-01']],
};

function providerBody(subscriptionId: string, namespace: string): unknown {
  return {
    id: `/subscriptions/${subscriptionId}/providers/${namespace}`,
    namespace,
    resourceTypes: (namespaces[namespace] ?? []).map(([resourceType, ...apiVersions]) => ({
      resourceType,
      locations: ['West Europe'],
      apiVersions,
      capabilities: 'None',
    })),
    registrationState: 'Registered',
    registrationPolicy: 'RegistrationRequired',
  };
}

/** Lower-case names of the providers that can be asked for by name. */
export const providerNames = Object.keys(namespaces).map((name) => name.toLowerCase());

/** GET of the resource providers of a subscription: those that are imitated. */
export const listProviders: Handler = (call, world) => {
  const missing = missingScope(call, world);
  if (missing !== undefined) return missing;
  const { subscriptionId = '' } = call.route;
  const value = Object.keys(namespaces).map((name) => providerBody(subscriptionId, name));
  return answer(200, { value });
};

/** GET of one resource provider: how clients learn an api-version that it takes. */
export const getProvider: Handler = (call, world) => {
  const missing = missingScope(call, world);
  if (missing !== undefined) return missing;
  const { subscriptionId = '', namespace = '' } = call.route;
  const name = Object.keys(namespaces).find((one) => one.toLowerCase() === namespace.toLowerCase());
  return answer(200, providerBody(subscriptionId, name ?? namespace));
};
