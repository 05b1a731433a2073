import type { Machine } from '../bench/machine';
import { details } from './details';
import { tableOf } from './markdown';
import { measures } from './measures';

/** One measure as it was taken: a file of `docs/reliability`. */
export type Taken = {
  readonly name: string;
  readonly command: string;
  readonly exitCode: number;
  readonly seconds: number;
  readonly machine: Pick<Machine, 'at' | 'node' | 'cpu' | 'cores' | 'commit'> & {
    /** `null`: not noted. */
    readonly load: number | null;
  };
  readonly result: unknown;
};

const intro = `# What has been proved, and what has not yet

Written by \`npm run reliability\` from the files in [reliability](reliability); each of them is what
one command printed, with its commit and machine. \`npm run reliability -- NAME\` takes a measure
anew. Counts do not depend on the machine, times do; a load above the number of cores makes them
worse than they are. Scores of mutation tests stand in [mutation.md](mutation.md).`;

/** The whole page. What has no file is listed as not measured. */
export function pageOf(taken: readonly Taken[]): string {
  const byName = new Map(taken.map((one) => [one.name, one]));
  const rows = measures.map(({ name, title, tell, reading }) => {
    const one = byName.get(name);
    return one === undefined
      ? [title, '', 'not measured yet', '', reading]
      : [
          title,
          `\`${one.command}\``,
          `${tell(one.result)} (exit ${one.exitCode})`,
          madeOn(one),
          reading,
        ];
  });
  const chapters = measures.flatMap(({ name, title }) => {
    const one = byName.get(name);
    const tell = details[name];
    return one === undefined || tell === undefined ? [] : [`## ${title}\n\n${tell(one.result)}`];
  });
  const head = ['what', 'command', 'result', 'made on', 'how to read it'];
  return `${[intro, tableOf(head, rows), ...chapters].join('\n\n')}\n`;
}

function madeOn({ machine, seconds }: Taken): string {
  const { at, node, cpu, cores, load, commit } = machine;
  const noted = load === null ? '' : ` load ${load},`;
  return `${commit}, ${at.slice(0, 10)}, Node ${node}, ${cores} × ${cpu},${noted} ${seconds} s`;
}
