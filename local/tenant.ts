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

/** What everybody signs in with here. Nothing it opens exists outside this machine. */
export const localPassword = 'local-azure';

/** The managed identities of the app, one for each custom role. */
export const identities = {
  opener: { objectId: 'aaaaaaaa-0000-4000-8000-000000000001', name: 'opener', kind: 'app' },
  sweeper: { objectId: 'aaaaaaaa-0000-4000-8000-000000000002', name: 'sweeper', kind: 'app' },
  reader: { objectId: 'aaaaaaaa-0000-4000-8000-000000000003', name: 'reader', kind: 'app' },
} satisfies Record<string, Caller>;

export type IdentityName = keyof typeof identities;

/** The role that the demonstration activates. */
export const administratorLogin = '1c0163c0-47e6-4577-8991-ea5c82e286e4';

/** GUIDs that the custom roles get in this tenant, by the file they come from. */
export const customRoleGuids: Record<IdentityName, string> = {
  opener: 'bbbbbbbb-0000-4000-8000-000000000001',
  sweeper: 'bbbbbbbb-0000-4000-8000-000000000002',
  reader: 'bbbbbbbb-0000-4000-8000-000000000003',
};

/** What stands from the beginning: each identity holds its own role on every subscription. */
export function standingAssignments(subscriptionIds: readonly string[]): ActiveRole[] {
  return Object.entries(identities).flatMap(([name, { objectId }]) =>
    subscriptionIds.map((subscriptionId) => ({
      principalId: objectId,
      roleDefinitionGuid: customRoleGuids[name as IdentityName],
      scope: `/subscriptions/${subscriptionId}`,
    })),
  );
}
