import type { MachineFacts } from './facts';
import type { WindowsKind, WindowsRelease } from './windowsReleases';
import { windowsReleases } from './windowsReleases';

/** What tells one Windows from another. */
export type WindowsFacts = Pick<MachineFacts, 'osName' | 'osVersion' | 'image'>;

/**
 * The releases that a Windows machine may be: one as a rule; one of each kind where its agent tells
 * a build but not whether it is a server; none where nobody can tell. The agent's word wins over
 * the image, which an upgrade in place leaves behind.
 */
export function windowsOf(machine: WindowsFacts): readonly WindowsRelease[] {
  const found = byBuild(machine) ?? byName(machine) ?? byImage(machine);
  if (found === null) return [];
  const { kinds, build } = found;
  return kinds.flatMap((kind) => releaseOf(kind, build));
}

type Found = { readonly kinds: readonly WindowsKind[]; readonly build: number };

function byBuild({ osName, osVersion }: WindowsFacts): Found | null {
  const build = Number(/^(?:10\.0|6\.[0-3])\.([1-9]\d{3,4})(?:\.|$)/.exec(osVersion)?.[1] ?? 0);
  if (build === 0) return null;
  if (/\bserver\b/i.test(osName)) return { kinds: ['server'], build };
  if (/\bwindows (?:7|8|8\.1|10|11)\b/i.test(osName)) return { kinds: ['client'], build };
  return { kinds: ['server', 'client'], build };
}

/** A server carries its year in its name; a client is 10 or 11 through many builds. */
function byName({ osName }: WindowsFacts): Found | null {
  const said = /\bwindows server 20\d\d\b/i.exec(osName)?.[0].toLowerCase();
  const row = windowsReleases.releases.find(({ name }) => name.toLowerCase() === said);
  return row === undefined ? null : { kinds: [row.kind], build: row.build };
}

function byImage({ image }: WindowsFacts): Found | null {
  const publisher = image.publisher.toLowerCase();
  const row = windowsReleases.images.find(
    (one) => one.publisher === publisher && one.form.test(image[one.in].toLowerCase()),
  );
  return row === undefined ? null : { kinds: [row.kind], build: row.build };
}

function releaseOf(kind: WindowsKind, build: number): WindowsRelease[] {
  const release = windowsReleases.releases.findLast(
    (one) => one.kind === kind && one.build <= build,
  );
  return release === undefined ? [] : [release];
}
