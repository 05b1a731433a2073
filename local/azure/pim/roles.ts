import type { RoleDefinition } from '../contract';

/** A role definition with what Resource Manager prints besides what the RBAC check needs. */
export type KnownRole = RoleDefinition & {
  type: 'BuiltInRole' | 'CustomRole';
  description: string;
  dataActions: string[];
};

const VM_LOGIN_READS = [
  'Microsoft.Network/publicIPAddresses/read',
  'Microsoft.Network/virtualNetworks/read',
  'Microsoft.Network/loadBalancers/read',
  'Microsoft.Network/networkInterfaces/read',
  'Microsoft.Compute/virtualMachines/*/read',
];
const LOGIN = 'Microsoft.Compute/virtualMachines/login/action';
const LOGIN_AS_ADMIN = 'Microsoft.Compute/virtualMachines/loginAsAdmin/action';

type BuiltIn = [guid: string, name: string, actions: string[], rest?: Partial<KnownRole>];

/**
 * Azure's own roles that matter around virtual machines. Ids from
 * https://learn.microsoft.com/azure/role-based-access-control/built-in-roles; the action lists are
 * shortened to the providers that exist locally.
 */
const BUILT_INS: BuiltIn[] = [
  [
    '1c0163c0-47e6-4577-8991-ea5c82e286e4',
    'Virtual Machine Administrator Login',
    VM_LOGIN_READS,
    { dataActions: [LOGIN, LOGIN_AS_ADMIN] },
  ],
  [
    'fb879df8-f326-4884-b1cf-06f3ad86be52',
    'Virtual Machine User Login',
    VM_LOGIN_READS,
    { dataActions: [LOGIN] },
  ],
  ['602da2ba-a5c2-41da-b01d-5360126ab525', 'Virtual Machine Local User Login', VM_LOGIN_READS],
  [
    '9980e02c-c2be-4d73-94e8-173b1dc7cf3c',
    'Virtual Machine Contributor',
    ['Microsoft.Compute/virtualMachines/*', 'Microsoft.Network/networkInterfaces/*', '*/read'],
  ],
  [
    '66f75aeb-eabe-4b70-9f1e-c350c4c9ad04',
    'Virtual Machine Data Access Administrator (preview)',
    ['Microsoft.Authorization/roleAssignments/*', 'Microsoft.Authorization/*/read'],
  ],
  [
    'a6333a3e-0164-44c3-b281-7a577aff287f',
    'Windows Admin Center Administrator Login',
    VM_LOGIN_READS,
  ],
  ['acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', ['*/read']],
  [
    'b24988ac-6180-42a0-ab88-20f7382dd24c',
    'Contributor',
    ['*'],
    {
      notActions: [
        'Microsoft.Authorization/*/Delete',
        'Microsoft.Authorization/*/Write',
        'Microsoft.Authorization/elevateAccess/Action',
      ],
    },
  ],
  ['8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner', ['*']],
  [
    '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
    'User Access Administrator',
    ['*/read', 'Microsoft.Authorization/*'],
  ],
  [
    'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
    'Role Based Access Control Administrator',
    [
      'Microsoft.Authorization/roleAssignments/write',
      'Microsoft.Authorization/roleAssignments/delete',
      '*/read',
    ],
  ],
  [
    '4d97b98b-1d4f-4787-a291-c67834d212e7',
    'Network Contributor',
    ['Microsoft.Network/*', 'Microsoft.Authorization/*/read'],
  ],
  [
    'fb1c8493-542b-48eb-b624-b4c8fea62acd',
    'Security Admin',
    ['Microsoft.Security/*', 'Microsoft.Authorization/*/read'],
  ],
  ['39bc4728-0917-49c7-9d2c-d95423bc2eb4', 'Security Reader', ['Microsoft.Security/*/read']],
  ['d5a91429-5739-47e2-a06b-3470a27159e7', 'EventGrid Data Sender', []],
  [
    '428e0ff0-5e57-4d9c-a221-2c70d0e0a443',
    'EventGrid EventSubscription Contributor',
    ['Microsoft.EventGrid/eventSubscriptions/*'],
  ],
];

/** Azure's roles, as this imitation knows them. */
export const BUILT_IN_ROLES: readonly KnownRole[] = BUILT_INS.map(
  ([guid, name, actions, rest]) => ({
    guid,
    name,
    actions,
    notActions: [],
    type: 'BuiltInRole',
    description: '',
    dataActions: [],
    ...rest,
  }),
);

/** All roles of an estate by GUID, its own beside Azure's; an own role may not hide one of Azure's. */
export function knownRoles(custom: readonly RoleDefinition[]): Map<string, KnownRole> {
  const roles = new Map(BUILT_IN_ROLES.map((role) => [role.guid, role]));
  for (const role of custom) {
    const guid = role.guid.toLowerCase();
    if (roles.has(guid)) throw new Error(`Role id ${guid} of "${role.name}" is taken.`);
    roles.set(guid, { type: 'CustomRole', description: '', dataActions: [], ...role, guid });
  }
  return roles;
}
