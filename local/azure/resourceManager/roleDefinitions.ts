import type { RoleDefinition } from '../contract';
import { guidOf } from '../../estate';
import { isRecord } from './http';

const role = (
  guid: string,
  name: string,
  actions: string[],
  notActions: string[] = [],
): RoleDefinition => ({ guid, name, actions, notActions });

/** Guids of the built-in roles in use. */
export const builtInRoleGuids = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  networkContributor: '4d97b98b-1d4f-4787-a291-c67834d212e7',
  virtualMachineAdministratorLogin: '1c0163c0-47e6-4577-8991-ea5c82e286e4',
  virtualMachineUserLogin: 'fb879df8-f326-4884-b1cf-06f3ad86be52',
  roleBasedAccessControlAdministrator: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
} as const;

const loginActions = [
  'Microsoft.Network/publicIPAddresses/read',
  'Microsoft.Network/virtualNetworks/read',
  'Microsoft.Network/loadBalancers/read',
  'Microsoft.Network/networkInterfaces/read',
  'Microsoft.Compute/virtualMachines/*/read',
];

/** Built-in roles: learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export const builtInRoles: readonly RoleDefinition[] = [
  role(builtInRoleGuids.owner, 'Owner', ['*']),
  role(
    builtInRoleGuids.contributor,
    'Contributor',
    ['*'],
    [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
    ],
  ),
  role(builtInRoleGuids.reader, 'Reader', ['*/read']),
  role(builtInRoleGuids.networkContributor, 'Network Contributor', [
    'Microsoft.Authorization/*/read',
    'Microsoft.Network/*',
    'Microsoft.Resources/subscriptions/resourceGroups/read',
  ]),
  role(
    builtInRoleGuids.virtualMachineAdministratorLogin,
    'Virtual Machine Administrator Login',
    loginActions,
  ),
  role(builtInRoleGuids.virtualMachineUserLogin, 'Virtual Machine User Login', loginActions),
  role(
    builtInRoleGuids.roleBasedAccessControlAdministrator,
    'Role Based Access Control Administrator',
    [
      'Microsoft.Authorization/roleAssignments/write',
      'Microsoft.Authorization/roleAssignments/delete',
      '*/read',
    ],
  ),
];

/**
 * Reads a custom role as `az role definition create` (capital keys) or the REST interface
 * (`properties.permissions`) takes it. Throws for anything else: a role that cannot be read must
 * not pass as one that grants nothing.
 */
export function roleDefinitionFromJson(json: unknown): RoleDefinition {
  const flat = isRecord(json) && isRecord(json['properties']) ? json['properties'] : json;
  if (!isRecord(flat) || !isRecord(json)) throw new Error('A role definition is no JSON object.');
  const permissions: unknown = flat['permissions'];
  const first: unknown = Array.isArray(permissions) ? permissions[0] : flat;
  const name = flat['roleName'] ?? flat['Name'] ?? flat['name'];
  if (typeof name !== 'string' || !isRecord(first)) {
    throw new Error('A role definition has no name or no permissions.');
  }
  const guid = json['Id'] ?? json['guid'] ?? (flat === json ? undefined : json['name']);
  return {
    guid: typeof guid === 'string' && guid !== '' ? guid.toLowerCase() : guidOf(`role ${name}`),
    name,
    actions: texts(first['actions'] ?? first['Actions'], name),
    notActions: texts(first['notActions'] ?? first['NotActions'] ?? [], name),
  };
}

function texts(value: unknown, name: string): string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw new Error(`The role definition '${name}' has no list of actions.`);
  }
  return value;
}
