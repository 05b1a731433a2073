import { type AuditFacts, type ChainEnd, sha256, startOf } from '../domain/audit/auditRecord';
import { dayChain, fileOf, parseFile } from '../domain/audit/chainNames';
import { recordsIn } from '../domain/audit/link';
import type { ChainStore } from '../ports/audit';
import type { Chains } from './createAudit';

/** How long one writing of notes may take. */
export const noteMs = 600;
/** Chains whose last note is remembered: what was noted once need not be noted again. */
const rememberedMax = 2_000;

type DayNotes = {
  /**
   * Sees to it that the day's chain has a note of a chain that has begun, and of one at its end.
   * Throws `Fault`. Noted twice is harmless: a note says how far a chain had come, and stays true.
   */
  note(end: ChainEnd, isAtEnd: boolean): Promise<void>;
};

/**
 * Notes of all windows go into one chain a day, so that nobody can take a window's chain away, or
 * its end, unseen. In one process they are written one after another, and all that came meanwhile
 * together: when a thousand windows close at once there are few writes, and no race.
 */
export function createDayNotes(
  store: ChainStore,
  chains: Chains,
  deployment: string,
  now: () => number,
): DayNotes {
  const noted = new Map<string, number>();
  let waiting: ChainEnd[] = [];
  let next: Promise<void> | null = null;
  let running: Promise<unknown> = Promise.resolve();

  const flush = async (): Promise<void> => {
    const taken = waiting;
    waiting = [];
    next = null;
    const at = now();
    const endsAt = at + noteMs;
    const chain = dayChain(deployment, at);
    const first = () => dayBegun(store, deployment, chain, at, () => Math.max(1, endsAt - now()));
    await chains.extend(
      chain,
      taken.map((end) => noteOf(end, at)),
      endsAt,
      first,
    );
    for (const { chain: of, sequence } of taken) remember(noted, of, sequence);
  };

  return {
    note: (end, isAtEnd) => {
      const before = noted.get(end.chain);
      if (before !== undefined && (!isAtEnd || before >= end.sequence)) return Promise.resolve();
      waiting.push(end);
      if (next === null) {
        next = running.then(flush);
        running = next.catch(() => undefined);
      }
      return next;
    },
  };
}

function remember(noted: Map<string, number>, chain: string, sequence: number): void {
  noted.delete(chain);
  noted.set(chain, sequence);
  const [oldest] = noted.keys();
  if (noted.size > rememberedMax && oldest !== undefined) noted.delete(oldest);
}

function noteOf(end: ChainEnd, at: number): AuditFacts {
  return fact('noted', `noted:${end.chain}:${end.sequence}`, end, at);
}

/** Days hang together: each begins with the end of the one before it that had anything to note. */
async function dayBegun(
  store: ChainStore,
  deployment: string,
  chain: string,
  at: number,
  leftMs: () => number,
): Promise<readonly AuditFacts[]> {
  const earlier = (await store.names('days/', leftMs()))
    .flatMap((file) => {
      const parsed = parseFile(file);
      return parsed === null ? [] : [{ chain: `${deployment}/${parsed.path}`, part: parsed.part }];
    })
    .filter((one) => one.chain < chain)
    .toSorted((one, other) =>
      one.chain === other.chain ? one.part - other.part : one.chain < other.chain ? -1 : 1,
    )
    .at(-1);
  if (earlier === undefined) return [];
  const tail = await store.readTail(fileOf(earlier.chain, earlier.part), leftMs());
  const last = recordsIn(tail?.text ?? '').at(-1);
  // A damaged end of yesterday must not keep today from beginning: then its text is noted.
  const end =
    last ??
    (last === null
      ? { chain: earlier.chain, sequence: 0, hash: sha256(tail?.text ?? '') }
      : startOf(earlier.chain));
  return [fact('dayBegun', 'dayBegun', end, at)];
}

function fact(
  step: 'noted' | 'dayBegun',
  id: string,
  { chain, sequence, hash }: ChainEnd,
  at: number,
): AuditFacts {
  const who = { id: '', how: 'app' } as const;
  return { id, step, at, who, what: { chain, sequence, hash }, why: '', policyVersion: '' };
}
