import { createAudit } from '../../../shared/audit/createAudit';
import { type AuditRecord, parseRecord } from '../../../shared/domain/audit/auditRecord';
import { verifyChain } from '../../../shared/domain/audit/verifyChain';
import { Fault } from '../../../shared/domain/fault';
import type { Audit, ChainStore } from '../../../shared/ports/audit';
import { day, factsOf } from './facts';

const within = 10_000;
const hour = 3_600_000;
const lost = new Fault(
  { kind: 'unavailable', code: 'ECONNRESET', status: 0, retryAfterMs: null },
  'adding a record',
);

/** What every place that keeps chains must do. `open` gives a fresh and empty one. */
export function describeChainStore(name: string, open: () => ChainStore): void {
  describe(`the audit in ${name}`, () => {
    let at = day;
    const auditOver = (store: ChainStore): Audit => createAudit(store, 'abc123', () => at);
    beforeEach(() => {
      at = day;
    });

    it('keeps what was told, chained, and hands it out again', async () => {
      const audit = auditOver(open());
      const window = { id: 'w1', createdAt: day };
      await audit.append(window, [factsOf('a'), factsOf('b')], within);
      await audit.append(window, [factsOf('c', { step: 'closed' })], within);
      const { lines, reading } = await verified(audit);
      expect(lines.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
      expect(reading).toMatchObject({
        chain: 'abc123/windows/2026/01/31/w1',
        read: 3,
        fault: null,
      });
    });

    it('writes the same step once, told twice, at once, or by somebody who remembers nothing', async () => {
      const store = open();
      const window = { id: 'w1', createdAt: day };
      const audits = Array.from({ length: 4 }, () => auditOver(store));
      await Promise.all(audits.map((audit) => audit.append(window, [factsOf('a')], within)));
      for (const audit of [...audits, auditOver(store)]) {
        await audit.append(window, [factsOf('a'), factsOf('a')], within);
      }
      expect((await verified(auditOver(store))).lines.map(({ id }) => id)).toEqual(['a']);
    });

    it('chains what many write at the same time, each of them once', async () => {
      const store = open();
      const window = { id: 'w1', createdAt: day };
      const audits = [auditOver(store), auditOver(store)];
      const told = Array.from({ length: 12 }, (_, index) => `s${index}`);
      await Promise.all(
        told.map(async (id, index) => audits[index % 2]?.append(window, [factsOf(id)], within)),
      );
      const { lines, reading } = await verified(auditOver(store));
      expect(reading).toMatchObject({ read: 12, fault: null });
      expect(lines.map(({ id }) => id).toSorted()).toEqual(told.toSorted());
    });

    it('finds what was written although the answer was lost', async () => {
      const store = open();
      let loses = true;
      const audit = auditOver({
        ...store,
        append: async (...args) => {
          const answer = await store.append(...args);
          if (loses) throw lost;
          return answer;
        },
      });
      const window = { id: 'w1', createdAt: day };
      await expect(audit.append(window, [factsOf('a')], within)).rejects.toBe(lost);
      loses = false;
      await audit.append(window, [factsOf('a')], within);
      await audit.append(window, [factsOf('b')], within);
      const { lines, reading } = await verified(audit);
      expect(reading).toMatchObject({ read: 2, fault: null });
      expect(lines.map(({ id }) => id)).toEqual(['a', 'b']);
    });

    it('goes on in another file where one is full', async () => {
      const store = limited(open(), 3);
      const window = { id: 'w1', createdAt: day };
      const audit = auditOver(store);
      const other = auditOver(store);
      for (let index = 0; index < 10; index++) {
        await (index % 3 === 2 ? other : audit).append(window, [factsOf(`s${index}`)], within);
      }
      expect(await store.names('windows/', within)).toEqual([
        'windows/2026/01/31/w1.2.jsonl',
        'windows/2026/01/31/w1.3.jsonl',
        'windows/2026/01/31/w1.4.jsonl',
        'windows/2026/01/31/w1.jsonl',
      ]);
      expect((await verified(auditOver(store))).reading).toMatchObject({ read: 10, fault: null });
    });

    it('notes in the chain of the day where each window began and ended, and days hang together', async () => {
      const store = open();
      const audit = auditOver(store);
      await audit.append({ id: 'w1', createdAt: day }, [factsOf('a')], within);
      await audit.append({ id: 'w1', createdAt: day }, [factsOf('b')], within);
      at = day + 48 * hour;
      await auditOver(store).append(
        { id: 'w1', createdAt: day },
        [factsOf('c', { step: 'closed', at })],
        within,
      );
      const first = await chainIn(store, 'days/2026/01/31.jsonl');
      const second = await chainIn(store, 'days/2026/02/02.jsonl');
      const window = await chainIn(store, 'windows/2026/01/31/w1.jsonl');
      const noteOf = ({ chain, sequence, hash } = {} as AuditRecord) => ({ chain, sequence, hash });
      expect(first.map(({ what }) => what)).toEqual([noteOf(window[0])]);
      expect(second.map(({ step }) => step)).toEqual(['dayBegun', 'noted']);
      expect(second.map(({ what }) => what)).toEqual([noteOf(first[0]), noteOf(window[2])]);
    });

    it('notes many windows that end together in few writes', async () => {
      const store = open();
      let writes = 0;
      const audit = auditOver({
        ...store,
        append: async (file, ...rest) => {
          const answer = await store.append(file, ...rest);
          if (file.startsWith('days/') && answer === 'appended') writes += 1;
          return answer;
        },
      });
      const ids = Array.from({ length: 60 }, (_, index) => `w${index}`);
      const end = [factsOf('a'), factsOf('z', { step: 'closed' })];
      // A loaded machine may be slower than notes are given time for: told again, they are written.
      const persist = async (id: string): Promise<void> => {
        for (let attempt = 0; ; attempt++) {
          try {
            return await audit.append({ id, createdAt: day }, end, within);
          } catch (fault) {
            if (!(fault instanceof Fault) || attempt === 20) throw fault;
          }
        }
      };
      await Promise.all(ids.map(persist));
      const noted = await chainIn(store, 'days/2026/01/31.jsonl');
      expect(new Set(noted.map(({ what }) => what['chain'])).size).toBe(60);
      expect(writes).toBeLessThan(40);
    });

    it('lists a period, or one window, and nothing else', async () => {
      const audit = auditOver(open());
      for (const [id, days] of [
        ['w1', 0],
        ['w2', 1],
        ['w3', 40],
      ] as const) {
        await audit.append({ id, createdAt: day + days * 24 * hour }, [factsOf('a')], within);
      }
      const chains = async (from: number, to: number, windowId?: string) => {
        const period = { from, to, ...(windowId === undefined ? {} : { windowId }) };
        return (await linesOf(audit, period)).map(({ chain }) => chain.split('/').at(-1));
      };
      expect(await chains(day, day)).toEqual(['w1']);
      expect(await chains(day, day + 24 * hour)).toEqual(['w1', 'w2']);
      expect(await chains(day - 400 * 24 * hour, day + 400 * 24 * hour)).toEqual([
        'w1',
        'w2',
        'w3',
      ]);
      expect(await chains(0, day + 400 * 24 * hour, 'w3')).toEqual(['w3']);
      expect(await chains(day + 24 * hour, day)).toEqual([]);
    });

    it('keeps 1,000 records in one chain', async () => {
      const store = open();
      const audit = auditOver(store);
      const window = { id: 'w1', createdAt: day };
      for (let part = 0; part < 20; part++) {
        const facts = Array.from({ length: 50 }, (_, index) =>
          factsOf(`s${part * 50 + index}`, { why: '𝔘😀é"\\,'.repeat(20) }),
        );
        await audit.append(window, facts, within);
      }
      // Longer than what is read of its end: the next one follows all the same.
      await auditOver(store).append(window, [factsOf('s999'), factsOf('last')], within);
      expect((await verified(audit)).reading).toMatchObject({ read: 1_001, fault: null });
    }, 30_000);

    it('adds nothing to a chain whose end is no record of ours', async () => {
      const store = open();
      await store.append('windows/2026/01/31/w1.jsonl', '{"a":1}\n', 0, within);
      const told = auditOver(store).append({ id: 'w1', createdAt: day }, [factsOf('a')], within);
      await expect(told).rejects.toMatchObject({
        facts: { kind: 'invalid', code: 'AuditDamaged' },
      });
      expect(await store.readAll('windows/2026/01/31/w1.jsonl', within)).toBe('{"a":1}\n');
    });

    it('tells whose position is not the end that it is not', async () => {
      const store = open();
      expect(await store.append('days/x', 'one\n', 0, within)).toBe('appended');
      expect(await store.append('days/x', 'two\n', 0, within)).toBe('moved');
      expect(await store.append('days/x', 'two\n', 5, within)).toBe('moved');
      expect(await store.append('days/x', 'two\n', 4, within)).toBe('appended');
      expect(await store.readTail('days/x', within)).toEqual({
        text: 'one\ntwo\n',
        length: 8,
        isFull: false,
      });
      expect(await store.readTail('days/y', within)).toBeNull();
      expect(await store.readAll('days/y', within)).toBeNull();
      expect(await store.append('days/y', 'late\n', 4, within)).toBe('moved');
    });
  });
}

/** A place whose files take so many writes and no more, as an append blob takes 50,000. */
function limited(store: ChainStore, writesMax: number): ChainStore {
  const writes = new Map<string, number>();
  const isFull = (file: string): boolean => (writes.get(file) ?? 0) >= writesMax;
  return {
    ...store,
    readTail: async (file, withinMs) => {
      const tail = await store.readTail(file, withinMs);
      return tail === null ? null : { ...tail, isFull: isFull(file) };
    },
    append: async (file, ...rest) => {
      if (isFull(file)) return 'full';
      const answer = await store.append(file, ...rest);
      if (answer === 'appended') writes.set(file, (writes.get(file) ?? 0) + 1);
      return answer;
    },
  };
}

async function linesOf(
  audit: Audit,
  period: Parameters<Audit['list']>[0] = { from: day, to: day },
): Promise<{ chain: string; line: string }[]> {
  const lines = [];
  for await (const line of audit.list(period)) lines.push(line);
  return lines;
}

/** The one window of the day. */
async function verified(audit: Audit): Promise<{
  lines: AuditRecord[];
  reading: Awaited<ReturnType<typeof verifyChain>>;
}> {
  const lines = await linesOf(audit);
  const reading = await verifyChain(lines.map(({ line }) => ({ text: line, isWhole: true })));
  return { lines: lines.map(({ line }) => recordOf(line)), reading };
}

async function chainIn(store: ChainStore, file: string): Promise<AuditRecord[]> {
  const text = (await store.readAll(file, within)) ?? '';
  return text.trimEnd().split('\n').map(recordOf);
}

function recordOf(line: string): AuditRecord {
  const record = parseRecord(line);
  if (record === null) throw new Error(`No record: ${line}`);
  return record;
}
