import { cleanText } from '../text';
import type { Candidate } from './candidate';
import { linuxImages } from './linuxImages';
import { type LinuxDistribution, linuxReleases, type LinuxVersion } from './linuxReleases';

type LinuxFacts = Pick<Candidate, 'osName' | 'osVersion' | 'image'>;

/** What a Linux machine runs. `null` where it was not said: `8-lvm` may be any 8. */
export type LinuxFound = {
  readonly distribution: LinuxDistribution;
  readonly major: number | null;
  readonly minor: number | null;
};

/**
 * The distribution of a Linux machine and its version, from the agent where it says one: the image
 * is what an upgrade in place leaves behind. `null`: nobody can tell.
 */
export function linuxOf({ osName, osVersion, image }: LinuxFacts): LinuxFound | null {
  const id = textOf(osName);
  if (id === '') return byImage(image);
  // `8.6`, `12`, `2.0.20240123`, `7.9.2009`, `15-SP5`.
  const version = /^(\d{1,4})(?:(?:\.|-sp)(\d{1,4}))?(?!\d)/.exec(textOf(osVersion));
  return found(id, version?.[1], version?.[2]);
}

/** Whether the extension supports it; `null`: that hangs on a version which nobody told. */
export function isSupportedLinux({ distribution, major, minor }: LinuxFound): boolean | null {
  const ranges = distribution.supported;
  if (major === null) return ranges.length === 0 ? false : null;
  const holds = (version: LinuxVersion) =>
    ranges.some(({ from, to }) => !isBefore(version, from) && !isBefore(to, version));
  if (minor !== null) return holds([major, minor]);
  if (holds([major, 0]) && holds([major, Infinity])) return true;
  return ranges.some(({ from, to }) => from[0] <= major && major <= to[0]) ? null : false;
}

/** For people: `Ubuntu 22.04`. */
export function linuxName({ distribution: { name }, major, minor }: LinuxFound): string {
  if (major === null) return name;
  if (minor === null) return `${name} ${major}`;
  return `${name} ${major}.${name === 'Ubuntu' ? String(minor).padStart(2, '0') : minor}`;
}

function isBefore(one: LinuxVersion, other: LinuxVersion): boolean {
  return one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]);
}

function byImage(image: LinuxFacts['image']): LinuxFound | null {
  const said = {
    publisher: textOf(image.publisher),
    offer: textOf(image.offer),
    sku: textOf(image.sku),
  };
  for (const row of linuxImages.images) {
    if (row.publisher !== said.publisher || !row.offer.test(said.offer)) continue;
    const match = row.version.exec(said[row.in]);
    if (match !== null) return found(row.id, match[1], match[2]);
  }
  return null;
}

function textOf(text: string): string {
  return cleanText(text, 200).toLowerCase();
}

function found(id: string, major?: string, minor?: string): LinuxFound | null {
  const rows: readonly LinuxDistribution[] = linuxReleases.distributions;
  const distribution = rows.find(({ ids }) => ids.includes(id));
  if (distribution === undefined) return null;
  return { distribution, major: numberOf(major), minor: numberOf(minor) };
}

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
