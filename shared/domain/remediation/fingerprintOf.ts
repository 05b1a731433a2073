import { windowsOf } from '../connect/windowsOf';
import { hashId } from '../identity';
import { cleanText } from '../text';
import type { Candidate, CandidateExtension } from './candidate';
import { linuxName, linuxOf } from './linuxOf';
import { loginPublisher, stateOf } from './loginExtension';

/**
 * The facts of a VM whose change gives it another chance after it failed too often, as one short
 * line: its release, its host name, and a hash of the machine's GUID, size, image, identity,
 * profile and extensions. Left out is what changes by itself or cannot mend an install: power,
 * agent, tags, updates within a release, and the way out, which a read of the VM does not tell.
 */
export function fingerprintOf(candidate: Candidate): string {
  const { image, identity, extensions } = candidate;
  const rest = [
    candidate.vmGuid,
    candidate.osType,
    candidate.vmSize,
    candidate.extensionsAllowed === false,
    [image.publisher, image.offer, image.sku, image.id],
    identity.system,
    [...identity.userAssigned].map(lower).sort(),
    extensions
      .map((one) => [one.publisher, one.type, one.name, one.version, endOf(one)])
      .map((facts) => facts.map(lower).join(' '))
      .sort(),
  ];
  return [releaseOf(candidate), hostOf(candidate), hashId(lower(JSON.stringify(rest)))].join('|');
}

/**
 * Whether a VM differs from what it was when `fingerprint` was taken. What only a running agent
 * tells counts where both looks know it: a machine has not changed by being stopped.
 */
export function hasChanged(fingerprint: string, candidate: Candidate): boolean {
  const [release = '', host = '', rest = ''] = fingerprint.split('|');
  const [nowRelease = '', nowHost = '', nowRest = ''] = fingerprintOf(candidate).split('|');
  return rest !== nowRest || differ(release, nowRelease) || differ(host, nowHost);
}

/**
 * What an extension came to. An install that is under way is none yet, and one of ours that never
 * ends is over in the end: neither is a change by itself.
 */
function endOf(extension: CandidateExtension): string {
  const state = stateOf(extension);
  if (extension.publisher.toLowerCase() === loginPublisher) {
    return state === 'succeeded' ? 'there' : 'not there';
  }
  return state === 'failed' ? 'not there' : 'there';
}

function differ(one: string, other: string): boolean {
  return one !== '' && other !== '' && one !== other;
}

function releaseOf(candidate: Candidate): string {
  const osType = lower(candidate.osType);
  if (osType === 'windows') {
    return windowsOf(candidate)
      .map(({ name }) => name)
      .join(' or ');
  }
  const found = osType === 'linux' ? linuxOf(candidate) : null;
  return found === null ? '' : linuxName(found);
}

function hostOf({ computerName }: Candidate): string {
  return lower(cleanText(computerName, 64)).replaceAll('|', ' ');
}

function lower(text: string): string {
  return text.toLowerCase();
}
