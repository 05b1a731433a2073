import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import type { SeedResult } from './seeds';
import { addSeed, emptyTally, type Tally } from './tally';

/** What makes two runs parts of one: the same program, asked for the same. */
export type JournaledRun = {
  /** SHA-256 of the program that plays. */
  readonly program: string;
  readonly from: number;
  readonly twice: number;
  readonly quiet: number;
};

/** What was played before and since, added up; kept in a file if there is one. */
export type Journal = {
  readonly tally: Tally;
  readonly isDone: (seed: number) => boolean;
  add(result: SeedResult): void;
  /** Writes what is not written yet; what was added since is played again otherwise. */
  save(): void;
  /** Times at which a program began to play for this journal, and seconds that it took. */
  sittings(): { count: number; seconds: number };
};

/** The journal is of another run, or is none at all. */
export class ForeignJournal extends Error {}

/** Seeds from the first to the one before the last. */
type Range = [first: number, end: number];

const kept = z.object({
  run: z.object({
    program: z.string(),
    from: z.number(),
    twice: z.number(),
    quiet: z.number(),
  }),
  sittings: z.object({ count: z.number(), seconds: z.number() }),
  done: z.array(z.tuple([z.number(), z.number()])),
  tally: z.looseObject({ seeds: z.number() }),
});

/** So many seeds at most are played again after a crash. */
const unsavedMax = 200;

/** A journal that nobody keeps. */
export function createJournal(): Journal {
  return journalOf(emptyTally(), [], { count: 0, seconds: 0 }, () => undefined);
}

/** Opens the journal of a run, or begins one. Throws `ForeignJournal`. */
export function openJournal(file: string, run: JournaledRun): Journal {
  const before = existsSync(file) ? readKept(file, run) : null;
  const { count, seconds } = before?.sittings ?? { count: 0, seconds: 0 };
  const tally = before?.tally ?? emptyTally();
  return journalOf(tally, before?.done ?? [], { count: count + 1, seconds }, (state) => {
    // Whole or not at all: a run may be killed at any moment.
    writeFileSync(`${file}.new`, `${JSON.stringify({ run, ...state }, null, 1)}\n`);
    renameSync(`${file}.new`, file);
  });
}

/** The SHA-256 of a program. */
export function programHash(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function readKept(file: string, run: JournaledRun): { done: Range[]; tally: Tally } & Sat {
  const read = kept.safeParse(parsed(readFileSync(file, 'utf8')));
  if (!read.success) throw new ForeignJournal(`${file} is no journal of this command.`);
  const { run: begun, sittings, done, tally } = read.data;
  for (const name of ['program', 'from', 'twice', 'quiet'] as const) {
    if (begun[name] === run[name]) continue;
    throw new ForeignJournal(
      name === 'program'
        ? `${file} was begun by another program than today's: its seeds are not ours.`
        : `${file} was begun with --${name} ${begun[name]}, not ${run[name]}.`,
    );
  }
  return { sittings, done, tally: { ...emptyTally(), ...tally } };
}

type Sat = { readonly sittings: { count: number; seconds: number } };

function journalOf(
  tally: Tally,
  ranges: readonly Range[],
  sat: { count: number; seconds: number },
  write: (state: { done: Range[]; tally: Tally } & Sat) => void,
): Journal {
  const done = new Set(ranges.flatMap(seedsOf));
  const startedAt = performance.now();
  let unsaved = 0;
  const sittings = (): Sat['sittings'] => ({
    count: sat.count,
    seconds: sat.seconds + Math.round((performance.now() - startedAt) / 1_000),
  });
  const save = (): void => {
    unsaved = 0;
    write({ sittings: sittings(), done: rangesOf(done), tally });
  };
  return {
    tally,
    isDone: (seed) => done.has(seed),
    add: (result) => {
      if (done.has(result.seed)) throw new Error(`Seed ${result.seed} was played before.`);
      done.add(result.seed);
      addSeed(tally, result);
      unsaved += 1;
      if (unsaved >= unsavedMax) save();
    },
    save,
    sittings,
  };
}

function seedsOf([first, end]: Range): number[] {
  return Array.from({ length: end - first }, (_item, at) => first + at);
}

function rangesOf(seeds: ReadonlySet<number>): Range[] {
  const ranges: Range[] = [];
  for (const seed of [...seeds].toSorted((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === seed) last[1] = seed + 1;
    else ranges.push([seed, seed + 1]);
  }
  return ranges;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
