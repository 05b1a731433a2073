import { rmSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { copyTree } from './copyTree';
import { runTool } from './runTool';

/** What became of one bug. */
export type Trial = {
  readonly name: string;
  readonly result:
    | { readonly kind: 'found'; readonly seed: number; readonly violation: string }
    | { readonly kind: 'missed' }
    /** The patch is no bug of this code at all: it does not apply, or not compile. */
    | { readonly kind: 'error'; readonly why: string };
  /** Seeds that were played, the one that found it included. */
  readonly seeds: number;
  readonly seconds: number;
};

export type TrialOptions = {
  readonly root: string;
  readonly from: number;
  readonly seeds: number;
  readonly workers: number;
};

/** Plays seeds against a copy of the product with this patch in it, until one is a violation. */
export async function tryPatch(patch: string, options: TrialOptions): Promise<Trial> {
  const name = basename(patch, '.patch');
  const startedAt = Date.now();
  const copy = copyTree(options.root, name);
  const why = await prepare(resolve(patch), copy);
  const played = why === null ? await play(copy, options) : { kind: 'error' as const, why };
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  // What could not be tried stays, for whoever mends the patch.
  if (played.kind !== 'error') rmSync(copy, { recursive: true, force: true });
  const seeds = played.kind === 'error' ? 0 : played.seeds;
  return { name, result: played, seeds, seconds };
}

/** Applies, checks the types, builds; says what failed first, `null` if nothing did. */
async function prepare(patch: string, copy: string): Promise<string | null> {
  const steps: [string, string, string[]][] = [
    ['does not apply', 'git', ['apply', '--whitespace=nowarn', patch]],
    ['does not type-check', process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.']],
    ['does not build', process.execPath, ['build.mjs', '--simulation', '--quiet']],
  ];
  // In the copy there is no repository: paths of the patch are those of the copy.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(copy) };
  for (const [failure, command, args] of steps) {
    const { exitCode, out, err } = await runTool(command, args, { cwd: copy, env });
    if (exitCode !== 0) return `${failure}: ${`${err}${out}`.trim().slice(0, 2_000)}`;
  }
  return null;
}

type Played = ({ kind: 'found'; seed: number; violation: string } | { kind: 'missed' }) & {
  seeds: number;
};

type ReportPart = {
  readonly seeds: number;
  readonly failing: readonly { readonly seed: number; readonly violations: readonly string[] }[];
};

async function play(
  copy: string,
  { from, seeds, workers }: TrialOptions,
): Promise<Played | { kind: 'error'; why: string }> {
  const program = ['.build/simulation/main.js', '--until-violation', '--no-shrink', '--json'];
  const numbers = { '--from': from, '--seeds': seeds, '--workers': workers };
  const args = [
    ...program,
    ...Object.entries(numbers).flatMap(([key, value]) => [key, `${value}`]),
  ];
  const { exitCode, out, err } = await runTool(process.execPath, args, { cwd: copy });
  if (exitCode > 1 || !out.startsWith('{')) {
    return { kind: 'error', why: `the simulation did not run: ${`${err}${out}`.slice(0, 2_000)}` };
  }
  const report = JSON.parse(out) as ReportPart;
  for (const { seed, violations } of report.failing) {
    const violation = violations.find(isNamedByOracle);
    if (violation !== undefined) return { kind: 'found', seed, violation, seeds: report.seeds };
  }
  return { kind: 'missed', seeds: report.seeds };
}

/** A run that breaks shows that something is wrong, but not that the oracle can tell. */
export function isNamedByOracle(violation: string): boolean {
  return !violation.startsWith('the run broke');
}
