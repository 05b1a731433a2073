import type { ActiveRole, Caller } from './azure/contract';
import type { Principal } from './azure/pim/types';

/** Who lives in the make-believe tenant. Object ids are fixed, so that printed lines stay true. */
export const people = {
  ada: {
    objectId: '33333333-3333-4333-8333-333333333333',
    type: 'User',
    displayName: 'Ada Example',
    upn: 'ada@contoso.com',
    ipAddress: '203.0.113.10',
  },
  ben: {
    objectId: '33333333-3333-4333-8333-333333333334',
    type: 'User',
    displayName: 'Ben Example',
    upn: 'ben@contoso.com',
    ipAddress: '203.0.113.20',
  },
} satisfies Record<string, Principal>;

/** Somebody who is in the directory; guests sign in with their name at home. */
type Colleague = Principal & { upn: string; signInName?: string; homeIssuer?: string };

/** Those who activate nothing, but call the app's API: one for each thing it has to tell apart. */
export const colleagues = {
  /** In the group `on-call`. */
  olga: {
    objectId: '33333333-3333-4333-8333-333333333335',
    type: 'User',
    displayName: 'Olga Example',
    upn: 'olga@contoso.com',
    ipAddress: '203.0.113.21',
  },
  /** In the group `auditors`. */
  cleo: {
    objectId: '33333333-3333-4333-8333-333333333336',
    type: 'User',
    displayName: 'Cleo Example',
    upn: 'cleo@contoso.com',
    ipAddress: '203.0.113.22',
  },
  /** Owner of rg-app, without any role to log on to a machine. */
  dora: {
    objectId: '33333333-3333-4333-8333-333333333337',
    type: 'User',
    displayName: 'Dora Example',
    upn: 'dora@contoso.com',
    ipAddress: '203.0.113.23',
  },
  /** A guest from another tenant. */
  gus: {
    objectId: '33333333-3333-4333-8333-333333333338',
    type: 'User',
    displayName: 'Gus Guest',
    upn: 'gus_fabrikam.com#EXT#@contoso.com',
    signInName: 'gus@fabrikam.com',
    homeIssuer: 'https://sts.windows.net/22222222-2222-4222-8222-222222222299/',
    ipAddress: '203.0.113.24',
  },
  /** Has no role and is in no group. */
  sam: {
    objectId: '33333333-3333-4333-8333-333333333339',
    type: 'User',
    displayName: 'Sam Stranger',
    upn: 'sam@contoso.com',
    ipAddress: '203.0.113.25',
  },
} satisfies Record<string, Colleague>;

/** The groups of the tenant. */
export const groups = {
  'on-call': {
    objectId: '55555555-5555-4555-8555-555555555501',
    type: 'Group',
    displayName: 'on-call',
    members: [colleagues.olga.objectId],
  },
  /** Asks, and is approved by those on call; may break the glass. */
  platform: {
    objectId: '55555555-5555-4555-8555-555555555503',
    type: 'Group',
    displayName: 'platform',
    members: [people.ben.objectId],
  },
  auditors: {
    objectId: '55555555-5555-4555-8555-555555555502',
    type: 'Group',
    displayName: 'auditors',
    members: [colleagues.cleo.objectId],
  },
} satisfies Record<string, Principal>;

/** Everybody by the name that tests and local headers call them. */
export const personas: Readonly<Record<string, Colleague>> = { ...people, ...colleagues };

/** What somebody signs in with, and what their tokens show. */
export function signInNameOf({ signInName, upn }: Colleague): string {
  return signInName ?? upn;
}

/** The app registration of Postern's own API. */
export const postern = {
  clientId: 'cccccccc-0000-4000-8000-000000000001',
  scopes: ['user_impersonation'],
};

/** What everybody signs in with here. Nothing it opens exists outside this machine. */
export const localPassword = 'local-azure';

/** The managed identities of the app, one for each custom role. */
export const identities = {
  opener: { objectId: 'aaaaaaaa-0000-4000-8000-000000000001', name: 'opener', kind: 'app' },
  sweeper: { objectId: 'aaaaaaaa-0000-4000-8000-000000000002', name: 'sweeper', kind: 'app' },
  reader: { objectId: 'aaaaaaaa-0000-4000-8000-000000000003', name: 'reader', kind: 'app' },
  remediator: { objectId: 'aaaaaaaa-0000-4000-8000-000000000005', name: 'remediator', kind: 'app' },
} satisfies Record<string, Caller>;

export type IdentityName = keyof typeof identities;

/** The role that the demonstration activates. */
export const administratorLogin = '1c0163c0-47e6-4577-8991-ea5c82e286e4';
/** Virtual Machine User Login. */
export const userLogin = 'fb879df8-f326-4884-b1cf-06f3ad86be52';

/** Azure's role for those who may do and give everything. */
const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';

/** What the demonstration gives besides: Dora owns the machines' group. */
export function ownerAssignment(subscriptionId: string): ActiveRole {
  return {
    principalId: colleagues.dora.objectId,
    roleDefinitionGuid: owner,
    scope: `/subscriptions/${subscriptionId}/resourcegroups/rg-app`,
  };
}

/** Custom roles by the name of their file: one of each identity, and one more for the remediator. */
export type CustomRoleName = IdentityName | 'remediatorIdentity';

/**
 * What of `infra/roles` there is in a tenant, as JSON. Without the role of the remediator there is
 * no remediator; with the second one it holds both.
 */
export type CustomRoles = Record<Exclude<IdentityName, 'remediator'>, unknown> &
  Partial<Record<'remediator' | 'remediatorIdentity', unknown>>;

/** GUIDs that the custom roles get in this tenant, by the file they come from. */
export const customRoleGuids: Record<CustomRoleName, string> = {
  opener: 'bbbbbbbb-0000-4000-8000-000000000001',
  sweeper: 'bbbbbbbb-0000-4000-8000-000000000002',
  reader: 'bbbbbbbb-0000-4000-8000-000000000003',
  remediator: 'bbbbbbbb-0000-4000-8000-000000000004',
  remediatorIdentity: 'bbbbbbbb-0000-4000-8000-000000000005',
};

/** Who holds a custom role. */
function holderOf(role: CustomRoleName): Caller {
  return identities[role === 'remediatorIdentity' ? 'remediator' : role];
}

/** The app's identities in a tenant with these roles. */
export function identitiesWith(roles: CustomRoles): Caller[] {
  const all = Object.entries<Caller>(identities);
  return all.filter(([name]) => Object.hasOwn(roles, name)).map(([, caller]) => caller);
}

/** What stands from the beginning: each identity holds its own roles on every subscription. */
export function standingAssignments(
  subscriptionIds: readonly string[],
  roles: CustomRoles,
): ActiveRole[] {
  const names = (Object.keys(customRoleGuids) as CustomRoleName[]).filter((name) =>
    Object.hasOwn(roles, name),
  );
  return names.flatMap((name) =>
    subscriptionIds.map((subscriptionId) => ({
      principalId: holderOf(name).objectId,
      roleDefinitionGuid: customRoleGuids[name],
      scope: `/subscriptions/${subscriptionId}`,
    })),
  );
}
