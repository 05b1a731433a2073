import { formatArmId, isGuid, parseArmId } from '../armId';
import type { ArmId } from '../armId';
import { normaliseAddress } from './address';
import { ownText } from './cappedJson';
import { readEvent } from './eventFacts';
import type { EventFacts, EventFault } from './eventFacts';

/** What an event tells us. Hints are never acted upon before Resource Manager has confirmed them. */
export type Hint =
  | AssignmentHint
  | AddressHint
  /** A request was cancelled: its address is to be forgotten. */
  | { readonly kind: 'forget'; readonly requestName: string; readonly scope: string }
  /** A well-formed event that is none of our business. */
  | { readonly kind: 'ignored'; readonly code: IgnoredCode }
  /** Not an event that Azure would send; logged as one line, never repeated. */
  | { readonly kind: 'malformed'; readonly code: MalformedCode };

/** A role assignment was written (`look`) or deleted (`end`). */
export type AssignmentHint = {
  readonly kind: 'look' | 'end';
  readonly eventId: string;
  /** Rebuilt from its parts, never the event's own text. */
  readonly roleAssignmentId: string;
  readonly eventAt: number;
};

/** Somebody's own activation request, with the address it came from. */
export type AddressHint = {
  readonly kind: 'address';
  readonly requestName: string;
  readonly scope: string;
  readonly objectId: string;
  readonly address: string;
  readonly eventAt: number;
};

export type IgnoredCode =
  | 'otherEvent'
  | 'otherOperation'
  | 'notSuccess'
  /** A schedule request of an app, or without a usable address: nothing to remember. */
  | 'notDelegated'
  | 'noAddress'
  | 'staleToken';

export type MalformedCode =
  | Exclude<EventFault, 'otherEvent'>
  | 'badResourceId'
  | 'operationMismatch';

type Operation = {
  readonly hint: 'look' | 'end' | 'address' | 'forget';
  readonly eventType: string;
  readonly resourceType: string;
};

/** The four operations that matter, by their lower-case names. */
const operations: ReadonlyMap<string, Operation> = new Map([
  ['roleassignments/write', operation('look', 'write', 'roleAssignments')],
  ['roleassignments/delete', operation('end', 'delete', 'roleAssignments')],
  [
    'roleassignmentschedulerequests/write',
    operation('address', 'write', 'roleAssignmentScheduleRequests'),
  ],
  [
    'roleassignmentschedulerequests/cancel/action',
    operation('forget', 'action', 'roleAssignmentScheduleRequests'),
  ],
]);

/** A token's address says where it was issued: older than this, the person may be elsewhere. */
const tokenAgeMaxMs = 90 * 60_000;

/**
 * Reads one event, in either schema, from anybody. Never throws: what
 * cannot be read is `malformed` with a code.
 */
export function parseHint(event: unknown): Hint {
  const facts = readEvent(event);
  if (facts === 'otherEvent') return { kind: 'ignored', code: 'otherEvent' };
  if (typeof facts === 'string') return { kind: 'malformed', code: facts };
  const type = facts.type.toLowerCase();
  const [provider, ...path] = facts.operation.toLowerCase().split('/');
  const known = operations.get(path.join('/'));
  if (provider !== 'microsoft.authorization' || known === undefined) {
    return { kind: 'ignored', code: 'otherOperation' };
  }
  if (!type.endsWith('success') || !/^(?:succeeded)?$/i.test(facts.status)) {
    return { kind: 'ignored', code: 'notSuccess' };
  }
  if (type !== known.eventType) return { kind: 'malformed', code: 'operationMismatch' };
  const named = parseNamed(facts.resourceId, known.resourceType);
  return named === null
    ? { kind: 'malformed', code: 'badResourceId' }
    : hintOf(known.hint, facts, named);
}

type Named = { readonly id: string; readonly scope: string; readonly name: string };

function hintOf(hint: Operation['hint'], facts: EventFacts, { id, scope, name }: Named): Hint {
  if (hint === 'address') return addressOf(facts, scope, name);
  if (hint === 'forget') return { kind: 'forget', requestName: name, scope };
  return { kind: hint, eventId: facts.id, roleAssignmentId: id, eventAt: facts.eventAt };
}

/**
 * Only a person's own call counts: a delegated token, that is one with a scope or `idtyp: user`.
 * The address of the call goes before the address at which the token was issued.
 */
function addressOf(facts: EventFacts, scope: string, requestName: string): Hint {
  const { claims, httpRequest, eventAt } = facts;
  const objectId = ownText(claims, `${claimPrefix}objectidentifier`, 36).toLowerCase();
  const delegated =
    ownText(claims, `${claimPrefix}scope`, 200) !== '' || ownText(claims, 'idtyp', 10) === 'user';
  if (!isGuid(objectId) || !delegated || ownText(claims, 'idtyp', 10) === 'app') {
    return { kind: 'ignored', code: 'notDelegated' };
  }
  const ofCall = normaliseAddress(ownText(httpRequest, 'clientIpAddress', 80));
  const ofToken = normaliseAddress(ownText(claims, 'ipaddr', 80));
  const address = ofCall ?? ofToken;
  if (address === null) return { kind: 'ignored', code: 'noAddress' };
  if (ofCall === null && !isFresh(ownText(claims, 'iat', 20), eventAt)) {
    return { kind: 'ignored', code: 'staleToken' };
  }
  return { kind: 'address', requestName, scope, objectId, address, eventAt };
}

const claimPrefix = 'http://schemas.microsoft.com/identity/claims/';

function isFresh(issuedAtSeconds: string, eventAt: number): boolean {
  if (issuedAtSeconds === '') return true;
  const ageMs = eventAt - Number(issuedAtSeconds) * 1_000;
  return ageMs > -5 * 60_000 && ageMs <= tokenAgeMaxMs;
}

/** Splits `{scope}/providers/Microsoft.Authorization/{type}/{guid}`; the scope may be any id, or `/`. */
function parseNamed(text: string, resourceType: string): Named | null {
  const id = parseArmId(text.startsWith('/') ? text : `/${text}`);
  const last = id?.providers.at(-1);
  const named = last?.segments[0];
  if (!id || !last || !named || last.segments.length !== 1) return null;
  if (last.namespace.toLowerCase() !== 'microsoft.authorization') return null;
  if (named.type.toLowerCase() !== resourceType.toLowerCase() || !isGuid(named.name)) return null;
  const outer: ArmId = { ...id, providers: id.providers.slice(0, -1) };
  const name = named.name.toLowerCase();
  return { id: formatArmId(id), scope: formatArmId(outer) || '/', name };
}

function operation(
  hint: Operation['hint'],
  verb: 'write' | 'delete' | 'action',
  resourceType: string,
): Operation {
  return { hint, eventType: `microsoft.resources.resource${verb}success`, resourceType };
}
