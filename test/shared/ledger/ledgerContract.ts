import { newTurn } from '../../../shared/domain/calendar/turn';
import { newChannel, newNoticesRow } from '../../../shared/domain/notices/deliveries';
import type { HintRow } from '../../../shared/domain/hint';
import type { LiveRow } from '../../../shared/domain/live';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { Ledger, Table } from '../../../shared/ports/ledger';

/** What every store of the ledger must do. `open` gives the same empty ledger at each call. */
export function describeLedger(name: string, open: () => Ledger): void {
  describe(`the ledger in ${name}`, () => {
    let serial = 0;
    const freshId = () => `id${Date.now().toString(36)}${(serial += 1)}`;

    it('gives back what was inserted, with a version', async () => {
      const { hints } = open();
      const row = hint(freshId());
      const inserted = await hints.insert(row);
      expect(inserted).toEqual({ row, etag: expect.any(String) });
      expect(await hints.get(row.id)).toEqual(inserted);
    });

    it('knows nothing of rows that were never written', async () => {
      const { hints, windows } = open();
      expect(await hints.get('absent')).toBeNull();
      expect(await windows.get('absent')).toBeNull();
      const { etag } = stored(await hints.insert(hint(freshId())));
      expect(await hints.replace(hint('absent'), etag)).toBe('changed');
      expect(await hints.remove('absent', etag)).toBe('changed');
    });

    it.each([1, 2] as const)('gives back a window of schema %d, one and all', async (schema) => {
      const { windows } = open();
      const row = { ...windowRow(freshId(), 'x'), schema };
      const { etag } = stored(await windows.insert(row));
      expect((await windows.get(row.id))?.row).toEqual(row);
      const next = stored(await windows.replace({ ...row, generation: 1 }, etag));
      const listed = (await windows.list()).filter((one) => one.row.id === row.id);
      expect(listed).toEqual([next]);
    });

    it('inserts a row once, whatever the second one holds', async () => {
      const { hints } = open();
      const row = hint(freshId());
      await hints.insert(row);
      expect(await hints.insert({ ...row, looks: 9 })).toBe('exists');
      expect((await hints.get(row.id))?.row.looks).toBe(0);
    });

    it('replaces by the version read, and by no older one', async () => {
      const { hints } = open();
      const row = hint(freshId());
      const first = stored(await hints.insert(row));
      const second = stored(await hints.replace({ ...row, looks: 1 }, first.etag));
      expect(second.etag).not.toBe(first.etag);
      expect(await hints.replace({ ...row, looks: 2 }, first.etag)).toBe('changed');
      expect((await hints.get(row.id))?.row.looks).toBe(1);
      stored(await hints.replace({ ...row, looks: 3 }, second.etag));
      expect((await hints.get(row.id))?.row.looks).toBe(3);
    });

    it('gives a new version even where the content stays the same', async () => {
      const { hints } = open();
      const row = hint(freshId());
      const first = stored(await hints.insert(row));
      await hints.replace(row, first.etag);
      expect(await hints.replace(row, first.etag)).toBe('changed');
    });

    it('removes by version, and an id may then be inserted anew under another version', async () => {
      const { live } = open();
      const row = liveRow(freshId());
      const first = stored(await live.insert(row));
      const second = stored(await live.replace({ ...row, until: 2 }, first.etag));
      expect(await live.remove(row.id, first.etag)).toBe('changed');
      expect(await live.remove(row.id, second.etag)).toBe('removed');
      expect(await live.remove(row.id, second.etag)).toBe('changed');
      expect(await live.get(row.id)).toBeNull();
      stored(await live.insert(row));
      expect(await live.replace({ ...row, until: 3 }, second.etag)).toBe('changed');
    });

    it('lets one of many win who insert, replace or remove at once', async () => {
      const { live } = open();
      const row = liveRow(freshId());
      const inserts = await Promise.all(
        Array.from({ length: 8 }, (_, until) => live.insert({ ...row, until })),
      );
      expect(inserts.filter((result) => result === 'exists')).toHaveLength(7);
      const winner = stored(inserts.find((result) => result !== 'exists') ?? 'exists');
      const replaces = await Promise.all(
        Array.from({ length: 8 }, (_, until) => live.replace({ ...row, until }, winner.etag)),
      );
      expect(replaces.filter((result) => result === 'changed')).toHaveLength(7);
      const last = stored(replaces.find((result) => result !== 'changed') ?? 'changed');
      expect(await live.get(row.id)).toEqual(last);
      const removes = await Promise.all(
        Array.from({ length: 4 }, () => live.remove(row.id, last.etag)),
      );
      expect(removes.filter((result) => result === 'removed')).toHaveLength(1);
    });

    it('gives one of many a turn, and one of many who find it over', async () => {
      const { turns } = open();
      const turn = (holder: string) => newTurn(nsgId, holder, 'close', 12_000, 1);
      const nsgId = `/subscriptions/s/nsg-${freshId()}`;
      const holders = ['a', 'b', 'c', 'd', 'e'];
      const first = await Promise.all(holders.map((holder) => turns.insert(turn(holder))));
      const taken = first.filter((result) => result !== 'exists');
      expect(taken).toHaveLength(1);
      const { row, etag } = stored(taken[0] ?? 'exists');
      expect(await turns.get(turn('').id)).toEqual({ row, etag });
      const next = await Promise.all(holders.map((holder) => turns.replace(turn(holder), etag)));
      expect(next.filter((result) => result === 'changed')).toHaveLength(4);
      expect(await turns.remove(row.id, etag)).toBe('changed');
      const last = stored(next.find((result) => result !== 'changed') ?? 'changed');
      expect(await turns.remove(row.id, last.etag)).toBe('removed');
    });

    it('adds up what many workers add who read again after a lost race', async () => {
      const { hints } = open();
      const row = hint(freshId());
      await hints.insert(row);
      const addOne = async () => {
        for (;;) {
          const read = await hints.get(row.id);
          if (read === null) throw new Error('The row is gone.');
          const next = { ...read.row, looks: read.row.looks + 1 };
          if ((await hints.replace(next, read.etag)) !== 'changed') return;
        }
      };
      await Promise.all(Array.from({ length: 6 }, addOne));
      expect((await hints.get(row.id))?.row.looks).toBe(6);
    });

    it('keeps the tables apart and lists each whole', async () => {
      const { live, endHints } = open();
      const before = (await live.list()).length;
      const ids = Array.from({ length: 30 }, freshId);
      await Promise.all(ids.map((id) => live.insert(liveRow(id))));
      const listed = await live.list();
      expect(listed).toHaveLength(before + 30);
      expect(listed.map(({ row }) => row.id)).toEqual(expect.arrayContaining(ids));
      expect(await endHints.get(ids[0] ?? '')).toBeNull();
      const [one] = listed.filter(({ row }) => row.id === ids[0]);
      expect(await live.get(ids[0] ?? '')).toEqual(one);
    });

    it('keeps every character of a long row, in whichever alphabet', async () => {
      const { windows } = open();
      const reason = `${'x'.repeat(29_990)}${'𝔘😀é"\\\n '.repeat(6_000)}`;
      const row = windowRow(freshId(), reason);
      await windows.insert(row);
      expect((await windows.get(row.id))?.row).toEqual(row);
      const read = stored((await windows.get(row.id)) ?? 'absent');
      await windows.replace(windowRow(row.id, 'short'), read.etag);
      expect((await windows.get(row.id))?.row.grant.reason).toBe('short');
    });

    it('hands out frozen copies: neither side can change a stored row from afar', async () => {
      const { windows } = open();
      const row = windowRow(freshId(), 'before');
      const held = { ...row, grant: { ...row.grant } };
      const inserted = stored(await windows.insert(held));
      held.grant.reason = 'after';
      const read = await windows.get(row.id);
      expect(read?.row.grant.reason).toBe('before');
      expect(Object.isFrozen(read?.row.grant.source.prefixes)).toBe(true);
      expect(Object.isFrozen(inserted.row.grant)).toBe(true);
    });

    it('keeps the one row of a table that never has another, and lets one of two writers win', async () => {
      const { heartbeats, meta } = open();
      const beat = { id: 'sweeper', at: 1, version: '1', keyVersions: [1, 2] } as const;
      await keepsOneRow(heartbeats, beat, { ...beat, at: 2, keyVersions: [] });
      const born = { id: 'ledger', bornAt: 1 } as const;
      await keepsOneRow(meta, born, { ...born, bornAt: 2 });
    });

    it('keeps what is owed and told, and how channels do, in tables of their own', async () => {
      const { notices, noticeChannels, windows } = open();
      const told = newNoticesRow(freshId(), 1);
      await keepsOneRow(notices, told, { ...told, deadline: { until: 2, since: 1 } });
      await keepsOneRow(noticeChannels, newChannel('teams'), { ...newChannel('teams'), faults: 1 });
      expect(await windows.get(told.id)).toBeNull();
    });

    it.each(['', 'a/b', 'a#b', 'a?b', 'a\\b', 'ä', 'a b', 'a\nb', 'x'.repeat(201)])(
      'refuses the id %j as a bug of the caller',
      async (id) => {
        await expect(open().hints.get(id)).rejects.toThrow(/row id/);
        await expect(open().hints.insert(hint(id))).rejects.toThrow(/row id/);
      },
    );
  });
}

async function keepsOneRow<Row extends { readonly id: string }>(
  table: Table<Row>,
  row: Row,
  next: Row,
): Promise<void> {
  expect(await table.get(row.id)).toBeNull();
  const first = stored(await table.insert(row));
  expect(await table.insert(next)).toBe('exists');
  expect(await table.get(row.id)).toEqual({ row, etag: first.etag });
  const writes = await Promise.all([1, 2].map(() => table.replace(next, first.etag)));
  expect(writes.filter((result) => result === 'changed')).toHaveLength(1);
  const last = stored(writes.find((result) => result !== 'changed') ?? 'changed');
  expect(await table.list()).toEqual([{ row: next, etag: last.etag }]);
  expect(await table.remove(row.id, first.etag)).toBe('changed');
  expect(await table.remove(row.id, last.etag)).toBe('removed');
  expect(await table.list()).toEqual([]);
}

function stored<Value>(result: Value | 'exists' | 'changed' | 'absent'): Value {
  if (result === 'exists' || result === 'changed' || result === 'absent') {
    throw new Error(`The ledger answered ${String(result)}.`);
  }
  return result;
}

function hint(id: string): HintRow {
  return {
    id,
    kind: 'look',
    roleAssignmentId: '/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/a',
    eventAt: 1,
    receivedAt: 2,
    nextLook: 3,
    looks: 0,
    outcome: null,
    windowId: null,
    lacks: 0,
  };
}

function liveRow(id: string): LiveRow {
  return {
    id,
    kind: 'window',
    assignmentKey: 'key',
    personId: 'person',
    nsgIds: [],
    guardMs: 0,
    closeFrom: null,
    closes: [],
    until: 1,
    createdAt: 1,
  };
}

type Loose<Value> = { -readonly [Key in keyof Value]: Value[Key] };

function windowRow(
  id: string,
  reason: string,
): Omit<WindowRow, 'grant'> & { grant: Loose<WindowRow['grant']> } {
  return {
    schema: 1,
    id,
    grant: {
      origin: {
        kind: 'request',
        callerId: 'caller',
        key: 'k',
        bodyHash: 'h',
        activation: {
          roleAssignmentId: '/ra',
          scope: '/s',
          roleDefinitionGuid: 'r',
          principalId: 'p',
          startAt: 1,
          endAt: 2,
        },
      },
      person: { objectId: 'o', name: 'Ada', mail: '' },
      reason,
      ticket: '',
      policyVersion: 'v',
      policyRule: 'r',
      source: { prefixes: ['203.0.113.10/32'], wonBy: 'range' },
      portSets: [{ protocol: 'Tcp', ports: ['22'] }],
      targets: [],
      refusedTargets: [],
      untilAt: 1,
      limits: { guardMs: 1, leadMs: 1, settleMs: 1, shortestMs: 1 },
      band: { from: 100, to: 200 },
      locks: 'refuse',
    },
    createdAt: 1,
    generation: 0,
    until: null,
    wantedUntil: 1,
    endLookAt: null,
    wish: 'open',
    closeReason: null,
    closingAt: null,
    nextLook: 1,
    plans: 0,
    placements: [],
    refusals: [],
    endHintAt: null,
    openFrom: null,
    closeFrom: null,
    concludedAt: null,
  };
}
