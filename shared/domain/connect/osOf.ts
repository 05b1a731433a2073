import { cleanText } from '../text';
import type { MachineFacts } from './facts';
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
 * The OS of a machine. The agent's word wins over the image, which an upgrade in place leaves
 * behind; where server and client share a build, a fact counts only if both agree on it.
 */
export function osOf(machine: MachineFacts | null): Os {
  const osType = machine?.osType.toLowerCase() ?? '';
  if (machine === null || (osType !== 'windows' && osType !== 'linux')) {
    return { family: 'unknown', name: '', ...nobodyKnows };
  }
  const said = cleanText(`${machine.osName} ${machine.osVersion}`, 100);
  if (osType === 'linux') return { family: 'linux', name: said || 'Linux', ...nobodyKnows };
  const found = byAgent(machine) ?? byImage(machine);
  const releases = (found?.kinds ?? []).flatMap((kind) => releaseOf(kind, found?.build ?? 0));
  const [first, ...others] = releases;
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

type Found = { readonly kinds: readonly WindowsKind[]; readonly build: number };

function byAgent({ osName, osVersion }: MachineFacts): Found | null {
  const build = Number(/^10\.0\.([1-9]\d{3,4})(?:\.|$)/.exec(osVersion)?.[1] ?? 0);
  if (build === 0) return null;
  if (/\bserver\b/i.test(osName)) return { kinds: ['server'], build };
  if (/\bwindows 1[01]\b/i.test(osName)) return { kinds: ['client'], build };
  return { kinds: ['server', 'client'], build };
}

function byImage({ image }: MachineFacts): Found | null {
  const publisher = image.publisher.toLowerCase();
  const sku = image.sku.toLowerCase();
  const row = windowsReleases.images.find(
    (one) => one.publisher === publisher && one.sku.test(sku),
  );
  return row === undefined ? null : { kinds: [row.kind], build: row.build };
}

function releaseOf(kind: WindowsKind, build: number): WindowsRelease[] {
  const release = windowsReleases.releases.findLast(
    (one) => one.kind === kind && one.build <= build,
  );
  return release === undefined ? [] : [release];
}

/** The first releases that sign in with a web account, for people. */
export function withWebAccount(): string {
  const first = (kind: WindowsKind) =>
    windowsReleases.releases.find((one) => one.kind === kind && one.webAccount)?.name ?? '';
  return `${first('server')}, ${first('client')} or later`;
}
