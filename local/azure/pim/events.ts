import type { EventSink, ResourceEvent } from '../contract';
import { MS_PIM_APP_ID } from './directory';
import { newGuid, randomText, type Random } from './random';
import { subscriptionOf } from './scopes';
import { eventTime } from './time';
import type { Principal } from './types';

const AZURE_CLI_APP_ID = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
const OWNER = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
const USER_ACCESS_ADMINISTRATOR = '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9';
const XML_CLAIM = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const AAD_CLAIM = 'http://schemas.microsoft.com/identity/claims';
const SIGN_IN_CLAIM = 'http://schemas.microsoft.com/claims';

/** Who did it, and by what right as far as the event tells. */
export type Actor =
  | { kind: 'msPim' }
  | { kind: 'administrator'; principal: Principal }
  | { kind: 'self'; principal: Principal; ipAddress?: string };

/** One operation of Resource Manager that is to be told. */
export type Operation = {
  /** `Microsoft.Authorization/roleAssignments/write` and its kin. */
  name: string;
  resourceId: string;
  actor: Actor;
  atMs: number;
};

const TYPES: Record<string, string> = {
  write: 'Microsoft.Resources.ResourceWriteSuccess',
  delete: 'Microsoft.Resources.ResourceDeleteSuccess',
  action: 'Microsoft.Resources.ResourceActionSuccess',
};

/**
 * Raises the events of the subscription topic in the shape of
 * https://learn.microsoft.com/azure/event-grid/event-schema-subscriptions. What happens above
 * subscriptions raises none: there is no topic for it.
 */
export function createEventWriter(settings: {
  tenantId: string;
  msPimObjectId: string;
  emit: EventSink;
  random: Random;
}): (operation: Operation) => void {
  const { tenantId, random, emit } = settings;
  const msPimAssignment = newGuid(random);
  const ownerAssignment = newGuid(random);

  function evidence(actor: Actor, subscription: string): Record<string, string> {
    if (actor.kind === 'self') return {};
    const isPim = actor.kind === 'msPim';
    return {
      role: isPim ? 'User Access Administrator' : 'Owner',
      roleAssignmentScope: `/subscriptions/${subscription}`,
      roleAssignmentId: plainGuid(isPim ? msPimAssignment : ownerAssignment),
      roleDefinitionId: plainGuid(isPim ? USER_ACCESS_ADMINISTRATOR : OWNER),
      principalId: plainGuid(isPim ? settings.msPimObjectId : actor.principal.objectId),
      principalType: isPim ? 'ServicePrincipal' : actor.principal.type,
    };
  }

  return (operation) => {
    const { actor, name, resourceId, atMs } = operation;
    const subscription = subscriptionOf(resourceId);
    if (subscription === undefined) return;
    const kind = name.slice(name.lastIndexOf('/') + 1);
    const type = TYPES[kind];
    if (type === undefined) throw new Error(`No event is raised for ${name}.`);
    const claims =
      actor.kind === 'msPim'
        ? pimClaims(settings, atMs)
        : personClaims(settings, actor.principal, addressOf(actor), atMs);
    const event: ResourceEvent = {
      id: newGuid(random),
      type,
      topic: `/subscriptions/${subscription}`,
      subject: resourceId,
      time: eventTime(atMs, random),
      data: {
        authorization: {
          scope: resourceId,
          action: name,
          evidence: evidence(actor, subscription),
        },
        claims,
        correlationId: newGuid(random),
        resourceProvider: 'Microsoft.Authorization',
        resourceUri: resourceId,
        operationName: name,
        status: 'Succeeded',
        subscriptionId: subscription,
        tenantId,
        ...(kind === 'write' ? {} : { httpRequest: httpRequest(operation, random) }),
      },
    };
    emit(event);
  };
}

/** Creates carry no `httpRequest`; deletes and actions do, with the peer of the call. */
function httpRequest(operation: Operation, random: Random): Record<string, string> {
  const isDelete = operation.name.endsWith('/delete');
  const tail = isDelete ? '?api-version=2022-04-01' : '/cancel?api-version=2020-10-01';
  return {
    clientRequestId: newGuid(random),
    // PIM calls from a Microsoft address: it says nothing about the person.
    clientIpAddress: addressOf(operation.actor) ?? '20.0.0.1',
    method: isDelete ? 'DELETE' : 'POST',
    url: `https://management.azure.com${operation.resourceId}${tail}`,
  };
}

function addressOf(actor: Actor): string | undefined {
  if (actor.kind === 'msPim') return undefined;
  return actor.kind === 'self' ? actor.ipAddress : actor.principal.ipAddress;
}

function pimClaims(
  settings: { tenantId: string; msPimObjectId: string; random: Random },
  at: number,
) {
  const { tenantId, msPimObjectId, random } = settings;
  return {
    ...tokenClaims(tenantId, at, 3900),
    appid: MS_PIM_APP_ID,
    appidacr: '2',
    [`${AAD_CLAIM}/identityprovider`]: `https://sts.windows.net/${tenantId}/`,
    idtyp: 'app',
    [`${AAD_CLAIM}/objectidentifier`]: msPimObjectId,
    [`${XML_CLAIM}/nameidentifier`]: msPimObjectId,
    [`${AAD_CLAIM}/tenantid`]: tenantId,
    uti: randomText(random, 22),
    ver: '1.0',
  };
}

function personClaims(
  settings: { tenantId: string; random: Random },
  person: Principal,
  ipAddress: string | undefined,
  at: number,
) {
  const { tenantId, random } = settings;
  return {
    ...tokenClaims(tenantId, at, 5000),
    [`${SIGN_IN_CLAIM}/authnclassreference`]: '1',
    [`${SIGN_IN_CLAIM}/authnmethodsreferences`]: 'pwd,mfa',
    appid: AZURE_CLI_APP_ID,
    appidacr: '0',
    idtyp: 'user',
    ...(ipAddress === undefined ? {} : { ipaddr: ipAddress }),
    name: person.displayName,
    [`${AAD_CLAIM}/objectidentifier`]: person.objectId,
    [`${AAD_CLAIM}/scope`]: 'user_impersonation',
    [`${AAD_CLAIM}/tenantid`]: tenantId,
    ...(person.upn === undefined
      ? {}
      : { [`${XML_CLAIM}/name`]: person.upn, [`${XML_CLAIM}/upn`]: person.upn }),
    uti: randomText(random, 22),
    ver: '1.0',
  };
}

/** Token times are strings of seconds; the token is some minutes old when it is used. */
function tokenClaims(tenantId: string, atMs: number, lifeSeconds: number) {
  const issuedAt = Math.floor(atMs / 1000) - 101;
  return {
    aud: 'https://management.core.windows.net/',
    iss: `https://sts.windows.net/${tenantId}/`,
    iat: String(issuedAt),
    nbf: String(issuedAt),
    exp: String(issuedAt + lifeSeconds),
  };
}

/** Activity records print the GUIDs of the evidence as 32 hex digits. */
function plainGuid(guid: string): string {
  return guid.toLowerCase().replaceAll('-', '');
}
