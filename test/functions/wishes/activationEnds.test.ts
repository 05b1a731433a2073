import { askToExtend, judgeExtend } from '../../../functions/wishes/askToExtend';
import { parseRecord } from '../../../shared/domain/audit/auditRecord';
import { Fault } from '../../../shared/domain/fault';
import { activationBehind, type ActivationFacts, type Origin } from '../../../shared/domain/grant';
import type { Instance } from '../../../shared/ports/directory';
import { facts } from '../../support/fakeNetwork';
import { freeBudget } from '../../support/freeBudget';
import {
  assignment,
  live,
  minute,
  nsgNic,
  nsgSubnet,
  openedWindow,
  readRow,
  standing,
  type TestWorld,
} from '../../support/windowWorld';

const ada = { by: '33333333-3333-4333-8333-333333333333', reason: 'not done yet' };

type Kind = Exclude<Origin['kind'], 'claim'>;

/** A window that ends with its activation, the way that it was asked for. */
async function opened(kind: Kind) {
  const { world, id, until } = await openedWindow({});
  const stored = await world.ledger.windows.get(id);
  if (stored === null) throw new Error('There is no window.');
  const { row, etag } = stored;
  const activation: ActivationFacts | null = activationBehind(row.grant.origin);
  if (activation === null) throw new Error('an activation');
  const origin: Origin =
    kind === 'activation'
      ? row.grant.origin
      : { kind, callerId: ada.by, key: 'k', bodyHash: 'h', activation };
  await world.ledger.windows.replace({ ...row, grant: { ...row.grant, origin } }, etag);
  return { world, id, first: until };
}

/** PIM lists the activation otherwise from now on. */
function relist(world: TestWorld, changes: Partial<Instance> | null): void {
  const [instance] = world.instances.splice(0);
  if (instance === undefined) throw new Error('Nothing is active.');
  if (changes !== null) world.instances.push({ ...instance, ...changes });
}

/** How often PIM is asked from now on; with a fault it does not answer. */
function ask(world: TestWorld, fault?: Fault): { times: number } {
  const asked = { times: 0 };
  const { listInstances } = world.directory;
  Object.assign(world.directory, {
    listInstances: async (scope: string, principalId: string) => {
      asked.times += 1;
      if (fault !== undefined) throw fault;
      return listInstances(scope, principalId);
    },
  });
  return asked;
}

const extend = (world: TestWorld, id: string, until: number) =>
  askToExtend(world, id, { ...ada, until });

describe.each(['activation', 'request'] as const)('a window by %s is extended', (kind) => {
  it('to the end that its activation has by now, and is shut by it', async () => {
    const { world, id, first } = await opened(kind);
    const later = first + 20 * minute;
    expect(await extend(world, id, later)).toMatchObject({
      refusal: { code: 'extendPastActivation' },
    });
    relist(world, { endAt: later });
    expect(await extend(world, id, later + 1_000)).toMatchObject({
      refusal: { code: 'extendPastActivation', rule: expect.stringContaining(iso(later)) },
    });
    expect(await extend(world, id, later)).toMatchObject({ kind: 'accepted', changed: true });
    await live(world, id, world.time.now + 5 * minute);
    const row = await readRow(world, id);
    expect([row.until, activationBehind(row.grant.origin)?.endAt]).toEqual([later, later]);
    await live(world, id, later);
    expect([...standing(world, nsgNic), ...standing(world, nsgSubnet)]).toEqual([]);
  });

  it('no further than policy lets it, however long the activation lasts', async () => {
    const { world, id, first } = await opened(kind);
    relist(world, { endAt: first + 24 * 60 * minute });
    expect(await extend(world, id, first + 12 * 60 * minute)).toMatchObject({
      refusal: { code: 'extendPastPolicy' },
    });
  });

  it('not at all when the activation ends sooner by now, or is gone', async () => {
    const { world, id, first } = await opened(kind);
    const stored = await world.ledger.windows.get(id);
    if (stored === null) throw new Error('There is no window.');
    // It was asked for half the time, so there is room in what the row knows.
    const half = first - 60 * minute;
    const row = { ...stored.row, until: half, wantedUntil: half };
    await world.ledger.windows.replace(row, stored.etag);
    relist(world, { endAt: half + minute });
    expect(await extend(world, id, half + 30 * minute)).toMatchObject({
      refusal: { code: 'extendPastActivation', rule: expect.stringContaining(iso(half + minute)) },
    });
    relist(world, null);
    expect(await extend(world, id, half + 30 * minute)).toMatchObject({
      refusal: { code: 'extendNotActive' },
    });
    expect((await readRow(world, id)).wantedUntil).toBe(half);
  });

  it('by no other activation: not one of another start, not another assignment', async () => {
    const { world, id, first } = await opened(kind);
    const later = { endAt: first + 60 * minute };
    const [own] = world.instances;
    if (own === undefined) throw new Error('Nothing is active.');
    world.instances.push(
      { ...own, ...later, startAt: (own.startAt ?? 0) + 1_000 },
      { ...own, ...later, originRoleAssignmentId: assignment.replace('5555', '6666') },
      { ...own, ...later, assignmentType: 'Assigned' },
    );
    expect(await extend(world, id, first + minute)).toMatchObject({
      refusal: { code: 'extendPastActivation' },
    });
  });
});

describe('PIM is asked how long the activation lasts', () => {
  it('once for an extend, and not for one that is refused or wished already', async () => {
    const { world, id, first } = await opened('request');
    relist(world, { endAt: first + 60 * minute });
    const asked = ask(world);
    await extend(world, id, first - minute);
    await extend(world, id, first);
    await extend(world, id, first + 12 * 60 * minute);
    await extend(world, id, Number.NaN);
    expect(asked.times).toBe(0);
    await extend(world, id, first + minute);
    await extend(world, id, first + minute);
    expect(asked.times).toBe(1);
  });

  it('by a dry run as well, which writes nothing', async () => {
    const { world, id, first } = await opened('request');
    relist(world, { endAt: first + 60 * minute });
    const before = await readRow(world, id);
    expect(await judgeExtend(world, before, first + minute)).toMatchObject({
      wantedUntil: first + minute,
    });
    relist(world, null);
    expect(await judgeExtend(world, before, first + minute)).toMatchObject({
      refused: { code: 'extendNotActive' },
    });
    expect(await readRow(world, id)).toEqual(before);
  });

  type Silence = readonly [string, (world: TestWorld, id: string) => unknown];
  const silences: readonly Silence[] = [
    ['does not answer', (world) => ask(world, new Fault(facts('unavailable'), 'list'))],
    [
      'may not be asked, because closes need the requests',
      (world) => Object.assign(world, { budget: { ...freeBudget, pauseMs: () => 5_000 } }),
    ],
    [
      'is being asked whether it stands at all',
      async (world, id) => {
        const stored = await world.ledger.windows.get(id);
        if (stored === null) throw new Error('There is no window.');
        const row = { ...stored.row, endHintAt: world.time.now };
        await world.ledger.windows.replace(row, stored.etag);
      },
    ],
  ];

  it.each(silences)('and where it %s, what the row knows is as far as it goes', async (...told) => {
    const [, silence] = told;
    const { world, id, first } = await opened('request');
    const half = first - 60 * minute;
    const stored = await world.ledger.windows.get(id);
    if (stored === null) throw new Error('There is no window.');
    const row = { ...stored.row, until: half, wantedUntil: half };
    await world.ledger.windows.replace(row, stored.etag);
    relist(world, { endAt: first + 60 * minute });
    await silence(world, id);
    await expect(extend(world, id, first + minute)).rejects.toBeInstanceOf(Fault);
    expect((await readRow(world, id)).wantedUntil).toBe(half);
    expect((await extend(world, id, first)).kind).toBe('accepted');
    expect((await readRow(world, id)).wantedUntil).toBe(first);
  });

  it('and what it said is on record', async () => {
    const { world, id, first } = await opened('request');
    relist(world, { endAt: first + 60 * minute });
    await extend(world, id, first + minute);
    const found: unknown[] = [];
    const period = { from: world.time.now - 60 * minute, to: world.time.now + minute };
    for await (const { line } of world.audit.list(period)) {
      const record = parseRecord(line);
      if (record?.step === 'extendWished') found.push(record.what);
    }
    expect(found).toEqual([
      {
        from: iso(Math.floor(first / 1_000) * 1_000),
        until: iso(Math.floor((first + minute) / 1_000) * 1_000),
        activationEnds: iso(first + 60 * minute),
      },
    ]);
  });
});

function iso(at: number): string {
  return new Date(at).toISOString();
}
