import type { ActiveRole, RoleDefinition } from '../../../local/azure/contract';
import { subscriptionId } from '../../../local/estate';
import { identities } from '../../../local/tenant';
import { remediatorRoles } from '../../support/simulatedSettings';
import type { NightPlan } from './nightPlan';

const keeper: RoleDefinition = {
  guid: 'f1a07417-d97a-45cb-824c-7a7467783830',
  name: 'Identity Keeper',
  actions: ['Microsoft.ManagedIdentity/userAssignedIdentities/assign/action'],
  notActions: [],
};

/** What an Azure has for a night, and nothing where there is none. */
export function forNight(night: NightPlan | null) {
  if (night === null) return { roles: {}, otherRoles: [], standing: [], latency: {}, limits: {} };
  const { latency, installLimitMs, silentAgentMs, mayKeepIdentities } = night;
  const holds: ActiveRole = {
    principalId: identities.remediator.objectId,
    roleDefinitionGuid: keeper.guid,
    scope: `/subscriptions/${subscriptionId}`,
  };
  return {
    roles: { roles: remediatorRoles() },
    otherRoles: mayKeepIdentities ? [keeper] : [],
    standing: mayKeepIdentities ? [holds] : [],
    latency: { vmPatch: latency.patch, extensionPut: latency.install },
    limits: { installLimitMs, silentAgentMs },
  };
}
