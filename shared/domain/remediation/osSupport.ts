import type { WindowsRelease } from '../connect/windowsReleases';
import { windowsOf } from '../connect/windowsOf';
import { cleanText } from '../text';
import type { Candidate } from './candidate';
import { isSupportedLinux, linuxName, linuxOf } from './linuxOf';
import { linuxReleases } from './linuxReleases';
import type { RemediationRules } from './remediationRules';

/** What a machine runs, as far as the login extension asks. */
export type OsSupport = {
  readonly family: 'windows' | 'linux' | 'unknown';
  /** A client version of Windows: the only one that Intune enrols. */
  readonly isClient: boolean;
  /** Why the extension cannot be installed; `null`: it can. */
  readonly refusal: OsRefusal | null;
};

type OsRefusal = {
  readonly reason: 'osUnsupported' | 'serverCore' | 'osUnknown';
  readonly detail: string;
};

/**
 * Whether the login extension supports what a VM runs. The agent's word wins over the image; what
 * nobody can tell is refused as unknown. `detail` names the list that refused.
 */
export function osSupport(candidate: Candidate, list: RemediationRules['windowsList']): OsSupport {
  const osType = candidate.osType.toLowerCase();
  if (osType === 'windows') return windowsSupport(candidate, list);
  if (osType === 'linux') {
    return { family: 'linux', isClient: false, refusal: linuxRefusal(candidate) };
  }
  return { family: 'unknown', isClient: false, refusal: unknown(candidate) };
}

function windowsSupport(candidate: Candidate, list: RemediationRules['windowsList']): OsSupport {
  const releases = windowsOf(candidate);
  const isClient = releases.length > 0 && releases.every(({ kind }) => kind === 'client');
  return { family: 'windows', isClient, refusal: windowsRefusal(candidate, releases, list) };
}

function windowsRefusal(
  candidate: Candidate,
  releases: readonly WindowsRelease[],
  list: RemediationRules['windowsList'],
): OsRefusal | null {
  if (releases.length === 0) return unknown(candidate);
  const refused = releases.filter(({ login }) => !isListed(login, list));
  // Where the agent does not tell a server from a client, both have to agree.
  if (refused.length > 0 && refused.length < releases.length) return unknown(candidate);
  const [first] = refused;
  if (first !== undefined) {
    return { reason: 'osUnsupported', detail: `${first.name}: ${refusingList(first.login)}` };
  }
  return coreRefusal(candidate, releases);
}

/** The newer list is part of the older one. */
function isListed(login: WindowsRelease['login'], list: RemediationRules['windowsList']): boolean {
  return login === 'newer' || (login === 'older' && list === 'older');
}

function refusingList(login: WindowsRelease['login']): string {
  return login === 'neither'
    ? 'neither the older nor the newer list of Windows releases has it'
    : 'the newer list of Windows releases, which is believed here, does not have it';
}

/** The parts of an image's SKU are divided by `-`: `2022-datacenter-core-g2`. */
const coreSku = /(?:^|[-_])core(?:[-_]|$)/i;

function coreRefusal(candidate: Candidate, releases: readonly WindowsRelease[]): OsRefusal | null {
  const cores = releases.filter(({ coreOnly }) => coreOnly === true);
  if (cores.length > 0 && cores.length < releases.length) return unknown(candidate);
  const [core] = cores;
  if (core !== undefined) return { reason: 'serverCore', detail: core.name };
  const { osName, image } = candidate;
  if (/\bcore\b/i.test(osName)) return { reason: 'serverCore', detail: cleanText(osName, 100) };
  if (!coreSku.test(image.sku)) return null;
  return { reason: 'serverCore', detail: `image ${cleanText(image.sku, 100)}` };
}

function linuxRefusal(candidate: Candidate): OsRefusal | null {
  const found = linuxOf(candidate);
  if (found === null) return unknown(candidate);
  const isSupported = isSupportedLinux(found);
  if (isSupported === null) return unknown(candidate);
  if (isSupported) return null;
  const list = `the list of distributions of ${linuxReleases.asOf} does not have it`;
  return { reason: 'osUnsupported', detail: `${linuxName(found)}: ${list}` };
}

/** Everything that was said about it, for whoever adds a row to a table. */
function unknown({ osType, osName, osVersion, image }: Candidate): OsRefusal {
  const said = [
    ['disk', osType],
    ['agent', `${osName} ${osVersion}`],
    ['image', `${image.publisher} ${image.offer} ${image.sku} ${image.id}`],
  ].map(([what, text]) => `${what}: ${cleanText(text ?? '', 120) || 'nothing'}`);
  return { reason: 'osUnknown', detail: said.join('; ') };
}
