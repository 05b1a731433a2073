import { type AuditFacts, type ChainEnd, startOf } from '../domain/audit/auditRecord';
import { dayOf, fileOf, parseFile, windowChain } from '../domain/audit/chainNames';
import { link, recordsIn, unwritten } from '../domain/audit/link';
import { Fault, type FaultKind } from '../domain/fault';
import type { Audit, AuditFile, AuditLine, AuditPeriod, ChainStore } from '../ports/audit';
import { createDayNotes, noteMs } from './dayNotes';

/** How far a chain has come, as far as this process knows: where its next record goes. */
export type Tail = {
  readonly part: number;
  /** Bytes in its last file. */
  readonly position: number;
  readonly end: ChainEnd;
  /** Ids of its last records. */
  readonly ids: ReadonlySet<string>;
};

/** What both kinds of chain are written with. */
export type Chains = {
  /**
   * Adds the facts that are not on record, after those that are. `first`: what a chain begins with.
   * Resolves with the end of the chain; throws `Fault`.
   */
  extend(
    chain: string,
    facts: readonly AuditFacts[],
    endsAt: number,
    first?: () => Promise<readonly AuditFacts[]>,
  ): Promise<ChainEnd>;
};

/** Others add to the same chain a few times a second at most; this many in a row is no race. */
const attemptsMax = 20;
/** Chains whose ends are remembered: a step then costs one call, and no read. */
const rememberedMax = 500;
/** Steps with which a window's chain begins or ends, which the day's chain takes note of. */
const ends: readonly string[] = ['refused', 'closed'];
const readMs = 15_000;

/**
 * The audit over a place that keeps files which only grow: a chain for each window, and one for
 * each day that notes where windows' chains began and ended. `now`: the host's clock, epoch ms.
 */
export function createAudit(store: ChainStore, deployment: string, now: () => number): Audit {
  const chains = createChains(store, now);
  const notes = createDayNotes(store, chains, deployment, now);
  return {
    append: async (window, facts, withinMs) => {
      if (facts.length === 0) return;
      const chain = windowChain(deployment, window);
      const isAtEnd = facts.some(({ step }) => ends.includes(step));
      // Two flushes of the day's notes may have to be waited for: the one under way, and the next.
      const endsAt = now() + Math.max(withinMs - 2 * noteMs, withinMs / 3);
      const end = await chains.extend(chain, facts, endsAt);
      await notes.note(end, isAtEnd);
    },
    list: (period) => linesOf(store, deployment, period),
    files: (period) => filesOf(store, period, ['days', 'windows']),
  };
}

function createChains(store: ChainStore, now: () => number): Chains {
  const remembered = new Map<string, Tail>();
  const remember = (chain: string, tail: Tail): void => {
    remembered.delete(chain);
    remembered.set(chain, tail);
    const [oldest] = remembered.keys();
    if (remembered.size > rememberedMax && oldest !== undefined) remembered.delete(oldest);
  };
  const leftUntil = (endsAt: number): number => {
    const leftMs = endsAt - now();
    if (leftMs <= 0) throw auditFault('unavailable', 'AuditTooSlow');
    return leftMs;
  };

  return {
    extend: async (chain, facts, endsAt, first = async () => []) => {
      let fullPart = 0;
      for (let attempt = 0; attempt < attemptsMax; attempt++) {
        const tail =
          remembered.get(chain) ?? (await readEnd(store, chain, fullPart, () => leftUntil(endsAt)));
        const wanted = tail.end.sequence === 0 ? [...(await first()), ...facts] : facts;
        const fresh = unwritten(wanted, tail.ids);
        if (fresh.length === 0) {
          remember(chain, tail);
          return tail.end;
        }
        // Whatever comes of it: should nobody know, the next attempt reads.
        remembered.delete(chain);
        const { records, text } = link(tail.end, fresh);
        const file = fileOf(chain, tail.part);
        const answer = await store.append(file, text, tail.position, leftUntil(endsAt));
        // Others may have added to it before it was full: the next part goes on from its true end.
        if (answer === 'full') fullPart = tail.part;
        if (answer === 'appended') {
          const end = records.at(-1) ?? tail.end;
          const ids = new Set([...tail.ids, ...records.map(({ id }) => id)]);
          remember(chain, { ...tail, position: tail.position + Buffer.byteLength(text), end, ids });
          return end;
        }
      }
      throw auditFault('busy', 'AuditContended');
    },
  };
}

/** Reads where a chain ends: in its last part, which is the one after all that are full. */
async function readEnd(
  store: ChainStore,
  chain: string,
  fullPart: number,
  leftMs: () => number,
): Promise<Tail> {
  let known: Tail = { part: 1, position: 0, end: startOf(chain), ids: new Set() };
  for (;;) {
    const found = await store.readTail(fileOf(chain, known.part), leftMs());
    if (found === null) return known;
    const records = recordsIn(found.text);
    const last = records.at(-1);
    // Somebody else wrote there. What would be chained to it could not be verified.
    if (last === null) throw auditFault('invalid', 'AuditDamaged');
    const ids = new Set([
      ...known.ids,
      ...records.flatMap((one) => (one === null ? [] : [one.id])),
    ]);
    known = { part: known.part, position: found.length, end: last ?? known.end, ids };
    if (!found.isFull && known.part > fullPart) return known;
    known = { ...known, part: known.part + 1, position: 0 };
  }
}

async function* linesOf(
  store: ChainStore,
  deployment: string,
  period: AuditPeriod,
): AsyncGenerator<AuditLine> {
  for await (const { name, text } of filesOf(store, period, ['windows'])) {
    const path = parseFile(name)?.path ?? name;
    for (const line of text.split('\n')) {
      if (line !== '') yield { chain: `${deployment}/${path}`, line };
    }
  }
}

/** The files of a period, those of one chain in their order. */
async function* filesOf(
  store: ChainStore,
  { from, to, windowId }: AuditPeriod,
  folders: readonly ('days' | 'windows')[],
): AsyncGenerator<AuditFile> {
  const [first, last] = [dayOf(from), dayOf(to)];
  for (const folder of folders) {
    const prefix = `${folder}/${commonStart(first, last)}`;
    const files = (await store.names(prefix, readMs)).flatMap((file) => {
      const parsed = parseFile(file);
      return parsed === null ? [] : [{ file, ...parsed }];
    });
    const wanted = files.filter(({ path }) => {
      const [, year = '', month = '', day = '', id = ''] = path.split('/');
      const at = `${year}/${month}/${day}`;
      return at >= first && at <= last && (windowId === undefined || id === windowId);
    });
    wanted.sort((one, other) =>
      one.path === other.path ? one.part - other.part : one.path < other.path ? -1 : 1,
    );
    for (const { file } of wanted) {
      yield { name: file, text: (await store.readAll(file, readMs)) ?? '' };
    }
  }
}

function commonStart(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return one.slice(0, at);
}

/** What the audit says where the store has not spoken. */
export function auditFault(kind: FaultKind, code: string): Fault {
  return new Fault({ kind, code, status: 0, retryAfterMs: null }, 'writing the audit');
}
