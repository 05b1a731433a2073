import { cleanText } from '../text';
import { stateOf } from './loginExtension';
import type { Check, Situation } from './situation';
import { findTag } from './tags';

/** The state a machine is in: reasons that may be gone by the next night. */
export const stateChecks: readonly Check[] = [
  {
    reason: 'notRunning',
    standsFor: ({ candidate: { power } }) =>
      power.toLowerCase() === 'running' ? null : cleanText(power, 40) || 'power state unknown',
  },
  { reason: 'agentNotReady', standsFor: ({ candidate }) => when(candidate.agent === 'notReady') },
  {
    reason: 'extensionsDisallowed',
    standsFor: ({ candidate }) => when(candidate.extensionsAllowed === false),
  },
  { reason: 'oldLinuxExtension', standsFor: oldExtension },
  {
    reason: 'failedExtension',
    standsFor: ({ os, extension }) =>
      os.family === 'linux' && extension !== null && stateOf(extension) === 'failed'
        ? `${cleanText(extension.name, 80)}: ${cleanText(extension.state, 40)}`
        : null,
  },
  {
    reason: 'extensionBusy',
    standsFor: ({ extension }) =>
      extension !== null && stateOf(extension) === 'busy'
        ? `${cleanText(extension.name, 80)}: ${cleanText(extension.state, 40) || 'state unknown'}`
        : null,
  },
  { reason: 'userAssignedIdentities', standsFor: identitiesToKeep },
  {
    reason: 'noOutboundPath',
    standsFor: ({ candidate }) => when(candidate.outbound === 'none'),
  },
  {
    reason: 'onlyDefaultOutbound',
    standsFor: ({ candidate, rules }) =>
      when(candidate.outbound === 'implicit' && rules.defaultOutbound !== 'accept'),
  },
];

/** A reason that says all there is to say. */
function when(stands: boolean): string | null {
  return stands ? '' : null;
}

/** By its type alone: it was published as `Microsoft.Azure.ActiveDirectory.LinuxSSH` as well. */
function oldExtension({ candidate, os }: Situation): string | null {
  if (os.family !== 'linux') return null;
  const old = candidate.extensions.find(({ type }) => /^aadloginforlinux$/i.test(type));
  return old === undefined ? null : cleanText(old.name, 80);
}

/**
 * A process that asks for a token without naming an identity gets the system-assigned one as soon
 * as there is one, and loses what it was allowed: only an owner can tell that none does.
 */
function identitiesToKeep({ candidate: { identity, tags }, rules }: Situation): string | null {
  if (identity.system || identity.userAssigned.length === 0) return null;
  if (findTag(tags, [rules.keepIdentitiesTag]) !== null) return null;
  return identity.userAssigned
    .map((id) => cleanText(id, 300))
    .slice(0, 3)
    .join(', ');
}
