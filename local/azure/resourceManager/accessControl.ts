import type { Caller, RoleDefinition, RoleSource } from '../contract';
import type { ArmResponse } from '../contract';
import type { ArmPath } from './armPath';
import type { EstateStore } from './estateStore';
import { gatewayError } from './http';

/** The RBAC check: actions by role, role by scope. */
export type AccessControl = {
  /** True where a role of the principal at or above `id` (lower case) grants the action. */
  mayDo(objectId: string, action: string, id: string): boolean;
  /** The same for many ids at one moment: what roles the principal has is looked up once. */
  mayDoNow(objectId: string): (action: string, id: string) => boolean;
  /** True where a role of the principal at, above or below the scope grants the action. */
  mayDoSomewhere(objectId: string, action: string, scope: string): boolean;
  /** True where the principal holds any role at, above or below the scope. */
  hasAnyRole(objectId: string, scope: string): boolean;
  /** Adds or replaces a role definition. */
  define(definition: RoleDefinition): void;
};

/** Access control over the estate's scopes. An assignment to an unknown role grants nothing. */
export function createAccessControl(
  roleSource: RoleSource,
  store: EstateStore,
  definitions: RoleDefinition[],
): AccessControl {
  const byGuid = new Map<string, RoleDefinition>();
  const granted = new Map<string, boolean>();
  const define = (definition: RoleDefinition): void => {
    byGuid.set(definition.guid.toLowerCase(), definition);
    granted.clear();
  };
  for (const definition of definitions) define(definition);

  const grants = (guid: string, action: string): boolean => {
    const key = `${guid} ${action}`;
    const known = granted.get(key);
    if (known !== undefined) return known;
    const definition = byGuid.get(guid.toLowerCase());
    const result =
      definition !== undefined &&
      definition.actions.some((pattern) => covers(pattern, action)) &&
      !definition.notActions.some((pattern) => covers(pattern, action));
    granted.set(key, result);
    return result;
  };
  const isBelow = (scope: string, outer: string): boolean => store.isAtOrAbove(outer, scope);

  const mayDoNow: AccessControl['mayDoNow'] = (objectId) => {
    const roles = roleSource(objectId);
    return (action, id) =>
      roles.some((role) => isBelow(id, role.scope) && grants(role.roleDefinitionGuid, action));
  };

  return {
    mayDoNow,
    mayDo: (objectId, action, id) => mayDoNow(objectId)(action, id),
    mayDoSomewhere: (objectId, action, scope) =>
      roleSource(objectId).some(
        (role) =>
          (isBelow(scope, role.scope) || isBelow(role.scope, scope)) &&
          grants(role.roleDefinitionGuid, action),
      ),
    hasAnyRole: (objectId, scope) => {
      const lower = scope.toLowerCase();
      return roleSource(objectId).some(
        (role) => isBelow(lower, role.scope) || isBelow(role.scope, lower),
      );
    },
    define,
  };
}

/** `*` in a role's action stands for any text, slashes included; compared without case. */
function covers(pattern: string, action: string): boolean {
  if (pattern === '*') return true;
  const known = patterns.get(pattern) ?? expressionOf(pattern);
  patterns.set(pattern, known);
  return known.test(action.toLowerCase());
}

/** The same few roles are read for each estate that is made. */
const patterns = new Map<string, RegExp>();

function expressionOf(pattern: string): RegExp {
  const escaped = pattern.toLowerCase().replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*')}$`);
}

const verbs: Record<string, string> = {
  GET: 'read',
  HEAD: 'read',
  PUT: 'write',
  PATCH: 'write',
  DELETE: 'delete',
};

/** Namespaces and types whose casing in action names Azure prints, by lower case. */
const printedTypes = new Map(
  [
    'Microsoft.Network/networkSecurityGroups',
    'Microsoft.Network/networkSecurityGroups/securityRules',
    'Microsoft.Network/networkSecurityGroups/defaultSecurityRules',
    'Microsoft.Network/networkInterfaces',
    'Microsoft.Network/virtualNetworks',
    'Microsoft.Network/virtualNetworks/subnets',
    'Microsoft.Network/locations/operations',
    'Microsoft.Network/locations/operationResults',
    'Microsoft.Compute/virtualMachines',
    'Microsoft.Compute/virtualMachines/instanceView',
    'Microsoft.Compute/virtualMachines/extensions',
    'Microsoft.Compute/locations/operations',
    'Microsoft.Authorization/locks',
    'Microsoft.ResourceGraph/resources',
    'Microsoft.Resources/subscriptions/resourceGroups',
  ].map((type) => [type.toLowerCase(), type]),
);

/**
 * The action that a request needs, derived as Azure's own names are: provider, types, verb. A POST
 * is an action of the resource: its last literal, then `/action`.
 */
export function actionOf(method: string, route: ArmPath): string {
  // What a provider offers is read from the subscription, not from the provider.
  if (/^subscriptions\/\{\}\/providers(?:\/[^/]+)?$/.test(route.template)) {
    return `Microsoft.Resources/subscriptions/providers/${verbs[method] ?? 'action'}`;
  }
  const namespace = route.namespace ?? 'Microsoft.Resources';
  const type = `${namespace}/${route.types.join('/')}`;
  // Resource Graph asks by POST, and what it needs is a right to read.
  if (namespace.toLowerCase() === 'microsoft.resourcegraph') return `${type}/read`;
  const printed = printedTypes.get(type.toLowerCase()) ?? type;
  return `${printed}/${verbs[method] ?? 'action'}`;
}

/** 403 in Resource Manager's wording. */
export function forbidden(caller: Caller, action: string, scope: string): ArmResponse {
  return gatewayError(
    403,
    'AuthorizationFailed',
    `The client '${caller.name}' with object id '${caller.objectId}' does not have authorization ` +
      `to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was ` +
      'recently granted, please refresh your credentials.',
  );
}
