import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ActiveRole, ArmRequest, ArmResponse, Caller } from '../../../../local/azure/contract';
import type { ResourceManager } from '../../../../local/azure/resourceManager/createResourceManager';
import { createResourceManager } from '../../../../local/azure/resourceManager/createResourceManager';
import { builtInRoleGuids } from '../../../../local/azure/resourceManager/roleDefinitions';
import type { SecurityRuleProperties } from '../../../../local/azure/resourceManager/securityRule';
import type { ResourceManagerOptions } from '../../../../local/azure/resourceManager/settings';
import { demonstrationEstate, subscriptionId } from '../../../../local/estate';

export const origin = 'https://management.local:8443';
export const apiVersion = 'api-version=2025-05-01';

/** The callers of tests: the token is the name. */
export const callers: Record<string, Caller> = {
  admin: { objectId: 'aaaaaaaa-0000-4000-8000-000000000001', name: 'admin', kind: 'person' },
  opener: { objectId: 'aaaaaaaa-0000-4000-8000-000000000002', name: 'opener', kind: 'app' },
  reader: { objectId: 'aaaaaaaa-0000-4000-8000-000000000003', name: 'reader', kind: 'app' },
  nobody: { objectId: 'aaaaaaaa-0000-4000-8000-000000000004', name: 'nobody', kind: 'person' },
};

/** A role of the opener, as it would stand in a file. */
export const openerRole = {
  Name: 'Test opener',
  Id: '0f0f0f0f-0000-4000-8000-000000000001',
  Actions: [
    'Microsoft.Network/networkSecurityGroups/read',
    'Microsoft.Network/networkSecurityGroups/securityRules/read',
    'Microsoft.Network/networkSecurityGroups/securityRules/write',
    'Microsoft.Network/networkSecurityGroups/securityRules/delete',
  ],
  NotActions: [],
};

export function rolesOf(assignments: ActiveRole[]): (principalId: string) => ActiveRole[] {
  return (principalId) => assignments.filter((role) => role.principalId === principalId);
}

function idOf(name: string): string {
  return callers[name]?.objectId ?? '';
}

export const standardRoles: ActiveRole[] = [
  { principalId: idOf('admin'), roleDefinitionGuid: builtInRoleGuids.owner, scope: '/' },
  {
    principalId: idOf('opener'),
    roleDefinitionGuid: openerRole.Id,
    scope: `/subscriptions/${subscriptionId}`,
  },
  {
    principalId: idOf('reader'),
    roleDefinitionGuid: builtInRoleGuids.reader,
    scope: '/providers/microsoft.management/managementgroups/mg-postern',
  },
];

/** A fixed sequence of numbers from 0 to 1. */
export function seeded(seed = 7): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

export type Client = (
  method: string,
  target: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<ArmResponse & { json: Record<string, unknown> }>;

/** A request as a test writes it. */
export function request(
  token: string,
  method: string,
  target: string,
  body?: unknown,
  headers: Record<string, string> = {},
): ArmRequest {
  const mark = target.includes('?') ? '&' : '?';
  const url = target.startsWith('https:') ? target : `${origin}${target}`;
  return {
    method,
    url: url.includes('api-version') ? url : `${url}${mark}${apiVersion}`,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  };
}

export function clientOf(manager: ResourceManager, token = 'admin'): Client {
  return async (method, target, body, headers) => {
    const response = await manager.handle(request(token, method, target, body, headers));
    const json = response.body === undefined ? {} : (JSON.parse(response.body) as object);
    return { ...response, json: json as Record<string, unknown> };
  };
}

/** A Resource Manager over the demonstration, with the callers above. */
export function managerWith(options: Partial<ResourceManagerOptions> = {}): ResourceManager {
  return createResourceManager({
    estate: demonstrationEstate(),
    chance: seeded(),
    authenticate: ({ headers }) => callers[headers['authorization']?.slice('Bearer '.length) ?? ''],
    roleSource: rolesOf(standardRoles),
    roleDefinitions: [openerRole],
    ...options,
  });
}

/** A rule that opens RDP for one address. */
export function allowRule(changes: Partial<SecurityRuleProperties> = {}): SecurityRuleProperties {
  return {
    description: 'a window',
    protocol: 'Tcp',
    sourcePortRange: '*',
    destinationPortRange: '3389',
    sourceAddressPrefix: '203.0.113.7',
    destinationAddressPrefix: '10.10.1.4',
    access: 'Allow',
    priority: 200,
    direction: 'Inbound',
    ...changes,
  };
}

/** A recording or body of `test/fixtures/arm`, by its path there. */
export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(path.join(__dirname, '../../../fixtures/arm', name), 'utf8'));
}
