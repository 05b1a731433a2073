import { createHash } from 'node:crypto';
import type { ActivationFacts, Origin, RequestOrigin } from './grant';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** The first `length` base32 characters (RFC 4648 alphabet, lower case) of SHA-256 over `text`. */
export function hashId(text: string, length = 20): string {
  const bytes = createHash('sha256').update(text).digest();
  let id = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5 && id.length < length; bits -= 5) {
      id += alphabet[(held >> (bits - 5)) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return id;
}

/** What an origin is known by. */
type OriginKey =
  | (Pick<Origin & { readonly kind: 'activation' }, 'kind'> &
      Pick<ActivationFacts, 'roleAssignmentId' | 'startAt'>)
  | ({ readonly kind: 'request' | 'claim' } & Pick<RequestOrigin, 'callerId' | 'key'>);

/** One id per origin: the same activation, told of fifty times, is one window. */
export function windowIdOf(origin: OriginKey): string {
  return origin.kind === 'activation'
    ? hashId(`activation|${origin.roleAssignmentId.toLowerCase()}|${origin.startAt}`)
    : hashId(`request|${origin.callerId.toLowerCase()}|${origin.key}`);
}

/** The id of the intake that works on an event; the same event gives the same id. */
export function intakeIdOf(eventId: string): string {
  return hashId(`event|${eventId}`);
}

/** The key under which everything known of one role assignment is found, whatever its casing. */
export function assignmentKeyOf(roleAssignmentId: string): string {
  return hashId(`assignment|${roleAssignmentId.toLowerCase()}`);
}

/** The key of the assignment that a window stands on; empty: it stands on a group claim. */
export function assignmentKeyBehind(
  activation: Pick<ActivationFacts, 'roleAssignmentId'> | null,
): string {
  return activation === null ? '' : assignmentKeyOf(activation.roleAssignmentId);
}

const deploymentForm = /^[a-z0-9]{6}$/;
const ruleNameForm = /^postern-([a-z0-9]{6})-([a-z2-7]{20})-([0-9]{1,2})$/i;

/** Six lower-case letters or digits. */
export function isDeployment(text: string): boolean {
  return deploymentForm.test(text);
}

/** `postern-<deployment>-<window id>-<slot>`: never used for another window or slot. */
export function ruleNameOf(deployment: string, windowId: string, slot: number): string {
  return `postern-${deployment}-${windowId}-${slot}`;
}

/** The parts of a rule name of ours, in lower case (Azure compares names without case); else `null`. */
export function parseRuleName(
  name: string,
): { deployment: string; windowId: string; slot: number } | null {
  const match = ruleNameForm.exec(name);
  if (match === null) return null;
  const [, deployment = '', windowId = '', slot] = match;
  return {
    deployment: deployment.toLowerCase(),
    windowId: windowId.toLowerCase(),
    slot: Number(slot),
  };
}

/** The form of a window's id, as people send it. */
export const windowIdForm = /^[a-z2-7]{20}$/;
