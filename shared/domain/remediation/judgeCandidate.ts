import type { Candidate, CandidateSurroundings } from './candidate';
import { findExtension, loginExtensionFor, stateOf } from './loginExtension';
import { natureChecks } from './natureChecks';
import { osSupport } from './osSupport';
import type { ReasonCode } from './reasons';
import type { RemediationRules } from './remediationRules';
import type { Situation } from './situation';
import { stateChecks } from './stateChecks';
import type { PlannedWrite, Verdict } from './verdict';

/** In the order of `reasons`: what is decided, what it is, what state it is in. */
const checks = [...natureChecks, ...stateChecks];

/**
 * What one look at a VM comes to. Pure: the same facts give the same verdict.
 *
 * `ready` comes before everything else: a VM whose login extension succeeded and that has a system
 * identity lacks nothing, whether it is stopped, opted out or of an OS that no list has, and nobody
 * has to do anything about it. (That the extension succeeded does not prove the join; only the
 * machine itself or the directory can.) Everything else is written to only if no reason stands
 * against it, also where just the identity is missing.
 */
export function judgeCandidate(
  candidate: Candidate,
  surroundings: CandidateSurroundings,
  rules: RemediationRules,
): Verdict {
  const os = osSupport(candidate, rules.windowsList);
  const wanted = loginExtensionFor(os.family);
  const extension = wanted === null ? null : findExtension(candidate, wanted.type);
  const situation: Situation = { candidate, surroundings, rules, os, extension };
  if (hasExtension(situation) && candidate.identity.system) return { kind: 'ready' };
  for (const { reason, standsFor } of checks) {
    const detail = standsFor(situation);
    if (detail !== null) return { kind: 'skip', reason, detail };
  }
  return { kind: 'fix', writes: writesFor(situation), notes: notesOn(situation) };
}

function hasExtension({ extension }: Situation): boolean {
  return extension !== null && stateOf(extension) === 'succeeded';
}

/** The identity first: the extension's first run asks the machine for its tenant. */
function writesFor(situation: Situation): PlannedWrite[] {
  const { identity } = situation.candidate;
  return [
    ...(identity.system
      ? []
      : [{ what: 'identity' as const, userAssigned: identity.userAssigned }]),
    ...(hasExtension(situation) ? [] : extensionWrites(situation)),
  ];
}

/**
 * One that is there is written again under its own name and handler version: a second name for one
 * handler is refused, and so is another version beside it.
 */
function extensionWrites({ os, extension, rules }: Situation): PlannedWrite[] {
  const wanted = loginExtensionFor(os.family);
  if (wanted === null) return [];
  return [
    {
      what: 'extension',
      name: extension?.name || wanted.type,
      type: wanted.type,
      version: extension?.version || wanted.version,
      mdmId: os.family === 'linux' ? null : rules.intune && os.isClient ? intuneId : '',
    },
  ];
}

/**
 * Enrols in Intune
 * (learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-windows).
 */
const intuneId = '0000000a-0000-0000-c000-000000000000';

function notesOn({ candidate, os }: Situation): ReasonCode[] {
  const isWindows = os.family === 'windows';
  const notes: readonly [ReasonCode, boolean][] = [
    ['joinUnknown', isWindows],
    ['agentUnknown', candidate.agent === 'unknown'],
    ['outboundUnknown', candidate.outbound === 'unknown'],
    ['nameUnknown', isWindows && candidate.computerName === ''],
  ];
  return notes.filter(([, holds]) => holds).map(([note]) => note);
}
