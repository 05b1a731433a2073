import { cleanText } from '../text';
import type { MachineFacts } from './facts';
import { windowsOf } from './windowsOf';
import type { WindowsKind, WindowsRelease } from './windowsReleases';
import { windowsReleases } from './windowsReleases';

/** What a machine runs, and what follows from it. `null`: nobody can tell. */
export type Os = {
  readonly family: 'windows' | 'linux' | 'unknown';
  /** For people; `''` where unknown. */
  readonly name: string;
  /** Windows: signs in with a web account, so `enablerdsaadauth` and `--enable-mfa` are right. */
  readonly webAccount: boolean | null;
  /** Windows: which of the two lists of the login extension names it. */
  readonly login: WindowsRelease['login'] | null;
};

const nobodyKnows = { webAccount: null, login: null } as const;

/**
 * The OS of a machine; where server and client share a build, a fact counts only if both agree.
 */
export function osOf(machine: MachineFacts | null): Os {
  const osType = machine?.osType.toLowerCase() ?? '';
  if (machine === null || (osType !== 'windows' && osType !== 'linux')) {
    return { family: 'unknown', name: '', ...nobodyKnows };
  }
  const said = cleanText(`${machine.osName} ${machine.osVersion}`, 100);
  if (osType === 'linux') return { family: 'linux', name: said || 'Linux', ...nobodyKnows };
  const [first, ...others] = windowsOf(machine);
  if (first === undefined) return { family: 'windows', name: said || 'Windows', ...nobodyKnows };
  return {
    family: 'windows',
    name: said || first.name,
    webAccount: others.every((one) => one.webAccount === first.webAccount)
      ? first.webAccount
      : null,
    login: others.every((one) => one.login === first.login) ? first.login : null,
  };
}

/** The first releases that sign in with a web account, for people. */
export function withWebAccount(): string {
  const first = (kind: WindowsKind) =>
    windowsReleases.releases.find((one) => one.kind === kind && one.webAccount)?.name ?? '';
  return `${first('server')}, ${first('client')} or later`;
}
