import { isHostName } from '../../connect/rdpFile';
import { cleanText } from '../../text';
import type { Candidate } from '../candidate';
import { findExtension, loginExtensionFor, stateOf } from '../loginExtension';
import { osSupport } from '../osSupport';
import { type ReasonCode, reasons } from '../reasons';
import { factsOf, type FactSource, type ReadinessFact } from './fact';

/**
 * What a machine says of itself, by a read of it (`machine`) or by the index. What only one of them
 * knows is unknown to the other: the agent to the index, the way to the Internet to the machine.
 */
export function machineParts(candidate: Candidate, from: FactSource): ReadinessFact[] {
  return [
    powerPart(candidate, from),
    agentPart(candidate, from),
    identityPart(candidate, from),
    osPart(candidate, from),
    extensionPart(candidate, from),
    hostNamePart(candidate, from),
  ];
}

function powerPart({ power }: Candidate, from: FactSource): ReadinessFact {
  const { ok, missing, unknown } = factsOf('power', from);
  if (power === '') return unknown('Whether it runs is not known.', 'See in the portal.');
  if (power.toLowerCase() === 'running') return ok('It runs.');
  return missing(`It does not run (${cleanText(power, 40)}).`, 'Start it.');
}

function agentPart({ agent, extensionsAllowed }: Candidate, from: FactSource): ReadinessFact {
  const { ok, missing, unknown } = factsOf('agent', from);
  if (extensionsAllowed === false) return because(missing, 'extensionsDisallowed');
  if (agent === 'unknown') return unknown('The index does not know its agent.');
  return agent === 'ready' ? ok('Its agent answers.') : because(missing, 'agentNotReady');
}

function identityPart({ identity }: Candidate, from: FactSource): ReadinessFact {
  const { ok, missing } = factsOf('identity', from);
  if (identity.system) return ok('It has a system-assigned identity.');
  const others = identity.userAssigned.length;
  return others === 0
    ? missing('It has no system-assigned identity.', 'Turn it on; the nightly run does.')
    : missing(
        `It has no system-assigned identity, and ${others} user-assigned.`,
        'Turn it on and keep the others; see that each process names the identity it uses.',
      );
}

function osPart(candidate: Candidate, from: FactSource): ReadinessFact {
  const { ok, missing, unknown } = factsOf('os', from);
  const { refusal } = osSupport(candidate, 'older');
  if (refusal === null) {
    const { refusal: stricter } = osSupport(candidate, 'newer');
    return stricter === null
      ? ok('The login extension supports what it runs.')
      : ok('The login extension supports what it runs, by the older of two lists.');
  }
  const { text, next } = reasons[refusal.reason];
  const what = cleanText(`${text} ${refusal.detail}`, 500);
  return refusal.reason === 'osUnknown' ? unknown(what, next) : missing(what, next);
}

function extensionPart(candidate: Candidate, from: FactSource): ReadinessFact {
  const { ok, missing, unknown } = factsOf('extension', from);
  const { family } = osSupport(candidate, 'older');
  const wanted = loginExtensionFor(family);
  if (wanted === null) return unknown('Which login extension it takes is not known.');
  const found = findExtension(candidate, wanted.type);
  if (found === null) {
    return findExtension(candidate, 'AADLoginForLinux') !== null && family === 'linux'
      ? because(missing, 'oldLinuxExtension')
      : missing(`${wanted.type} is not installed.`, 'Install it; the nightly run does.');
  }
  const state = cleanText(found.state, 40) || 'state unknown';
  const named = `${wanted.type} ${cleanText(found.version, 20)}, ${state}.`;
  if (stateOf(found) === 'succeeded') {
    return ok(named, 'That it succeeded does not prove the join: dsregcmd /status on the VM does.');
  }
  return stateOf(found) === 'busy'
    ? unknown(named, 'Look again when it is done.')
    : missing(named, family === 'linux' ? reasons.failedExtension.next : 'Install it again.');
}

/** The device in Entra ID has the machine's own name, and clients find it by that. */
function hostNamePart({ computerName, osType }: Candidate, from: FactSource): ReadinessFact {
  const { ok, missing, unknown } = factsOf('hostName', from);
  if (computerName === '') return unknown('Its host name is not known.', 'Run hostname on it.');
  const name = cleanText(computerName, 64);
  if (osType.toLowerCase() !== 'windows' || isHostName(computerName)) return ok(`${name}.`);
  return computerName.length > 15
    ? because(missing, 'nameTooLong')
    : missing(`${name} is not a name that Windows allows.`, 'Give it another host name.');
}

/** The ways out of its network, which the index alone tells. */
export function outboundPart(outbound: Candidate['outbound'] | null): ReadinessFact {
  const { ok, missing, unknown } = factsOf('outbound', 'index');
  switch (outbound) {
    case 'explicit':
      return ok('It has a way to the Internet; whether a firewall lets it through is not known.');
    case 'implicit':
      return because(missing, 'onlyDefaultOutbound');
    case 'none':
      return because(missing, 'noOutboundPath');
    case 'unknown':
    case null:
      return unknown(
        'Its way to the Internet is not known: a route, a load balancer, or nobody could read it.',
        'Try the endpoints from the VM.',
      );
  }
}

function because(make: (what: string, next: string) => ReadinessFact, code: ReasonCode) {
  const { text, next } = reasons[code];
  return make(text, next);
}
