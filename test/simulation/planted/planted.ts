import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Table from 'cli-table3';
import { type Trial, type TrialOptions, tryPatch } from './tryPatch';

/** The bugs that the oracle must find: one patch each. */
export function plantedPatches(root: string): string[] {
  const folder = join(root, 'test', 'planted');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.patch'))
    .toSorted()
    .map((name) => join(folder, name));
}

/** Tries one after the other; `onTrial` hears of each as it ends. */
export async function tryPatches(
  patches: readonly string[],
  options: TrialOptions,
  onTrial: (trial: Trial) => void,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const patch of patches) {
    const trial = await tryPatch(patch, options);
    trials.push(trial);
    onTrial(trial);
  }
  return trials;
}

/** True where every bug was found; a patch that is none is not found. */
export function allFound(trials: readonly Trial[]): boolean {
  return trials.length > 0 && trials.every(({ result }) => result.kind === 'found');
}

/** The trials as a table, and what to mend below it. */
export function printTrials(trials: readonly Trial[]): string {
  const table = new Table({
    head: ['planted bug', 'result', 'seed', 'seeds played', 's', 'what the oracle said'],
    style: { head: [], border: [], compact: true },
    colWidths: [null, null, null, null, null, 60],
    wordWrap: true,
  });
  for (const { name, result, seeds, seconds } of trials) {
    const [seed, said] =
      result.kind === 'found' ? [`${result.seed}`, result.violation.slice(0, 160)] : ['', ''];
    table.push([name, result.kind, seed, `${seeds}`, `${seconds}`, said]);
  }
  const found = trials.filter(({ result }) => result.kind === 'found').length;
  const errors = trials.flatMap(({ name, result }) =>
    result.kind === 'error' ? [`${name} ${result.why}`] : [],
  );
  return [table.toString(), `${found} of ${trials.length} found`, ...errors].join('\n');
}
