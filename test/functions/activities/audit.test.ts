import { advanceIntake } from '../../../functions/activities/advanceIntake';
import { advanceWindow } from '../../../functions/activities/advanceWindow';
import { askToClose } from '../../../functions/wishes/askToClose';
import { askToExtend } from '../../../functions/wishes/askToExtend';
import { createAudit } from '../../../shared/audit/createAudit';
import { createChainStoreMemory } from '../../../shared/auditMemory';
import { type AuditRecord, parseRecord } from '../../../shared/domain/audit/auditRecord';
import { verifyChain } from '../../../shared/domain/audit/verifyChain';
import { Fault } from '../../../shared/domain/fault';
import { createLedgerMemory } from '../../../shared/ledgerMemory';
import { windowPhase } from '../../../shared/domain/window/phase';
import type { Audit } from '../../../shared/ports/audit';
import { requestEvent, writeEvent } from '../../support/events';
import { look as intake } from '../../support/intakeStories';
import { createIntakeWorld, policyWithRule } from '../../support/intakeWorld';
import {
  createTestWorld,
  grantWindow,
  live,
  minute,
  nsgNic,
  nsgSubnet,
  readRow,
  standing,
  type TestWorld,
} from '../../support/windowWorld';

const down = new Fault(
  { kind: 'denied', code: 'AuthorizationFailure', status: 403, retryAfterMs: null },
  'adding a record',
);

/** An audit that can be written, or not, as the test says; each attempt may take its time. */
type Switch = { isDown: boolean; takesMs: number; asked: number };

function switchable(): { world: TestWorld; state: Switch } {
  const state: Switch = { isDown: false, takesMs: 0, asked: 0 };
  const kept = createAudit(createChainStoreMemory(), 'abc123', () => world.time.now);
  const audit: Audit = {
    list: kept.list,
    files: kept.files,
    append: async (window, facts, withinMs) => {
      state.asked += 1;
      world.time.moveTo(world.time.now + Math.min(state.takesMs, withinMs));
      if (state.isDown) throw down;
      await kept.append(window, facts, withinMs);
    },
  };
  const world: TestWorld = createTestWorld({ audit });
  return { world, state };
}

async function recordsOf(world: Pick<TestWorld, 'audit'>): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  const lines: string[] = [];
  for await (const { line } of world.audit.list({ from: 0, to: 4e12 })) {
    lines.push(line);
    const record = parseRecord(line);
    if (record !== null) records.push(record);
  }
  expect(records).toHaveLength(lines.length);
  const { fault } = await verifyChain(lines.map((text) => ({ text, isWhole: true })));
  expect(fault).toBeNull();
  return records;
}

const stepsOf = async (world: Pick<TestWorld, 'audit'>): Promise<string[]> =>
  (await recordsOf(world)).map(({ step }) => step);

const putsOf = ({ network }: TestWorld): number =>
  network.calls.filter(({ op }) => op === 'put').length;

const rules = (world: TestWorld): number =>
  standing(world, nsgNic).length + standing(world, nsgSubnet).length;

describe('the record of a window', () => {
  it('has each PUT with its own deadline, also where a lost ledger knows of none before it', async () => {
    const { world } = switchable();
    const row = await grantWindow(world);
    await live(world, row.id, row.createdAt + minute);
    const wantedUntil = row.wantedUntil - 30_000;
    Object.assign(world, { ledger: createLedgerMemory() });
    const at = world.time.now;
    // Whoever asked over HTTP and heard nothing asks again with the same key: the same window.
    await world.ledger.windows.insert({ ...row, wantedUntil, createdAt: at, nextLook: at });
    await live(world, row.id, at + minute);
    const until = (await recordsOf(world)).flatMap(({ step, what }) =>
      step === 'opening' ? [what.until] : [],
    );
    const [first, second] = [row.wantedUntil, wantedUntil].map((ms) => new Date(ms).toISOString());
    expect(until).toEqual([first, first, second, second]);
  });

  it('tells its whole life, who, what and why, each step once', async () => {
    const { world } = switchable();
    const row = await grantWindow(world);
    await live(world, row.id, row.wantedUntil + 10 * minute);
    const records = await recordsOf(world);
    const steps = records.map(({ step }) => step);
    expect(steps.slice(0, 3)).toEqual(['granted', 'planned', 'opening']);
    expect(steps.at(-1)).toBe('closed');
    expect(new Set(steps)).toEqual(
      new Set([
        'granted',
        'planned',
        'opening',
        'ruleOpened',
        'opened',
        'closing',
        'ruleDeleted',
        'ruleGone',
        'ruleClosed',
        'closed',
      ]),
    );
    const ids = records.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const [granted] = records;
    expect(granted).toMatchObject({
      who: { id: row.grant.person.objectId, how: 'activation' },
      why: row.grant.reason,
      policyVersion: row.grant.policyVersion,
      what: { sources: row.grant.source.prefixes, until: expect.stringMatching(/Z$/) },
    });
    // The addresses of the person stand in the grant alone.
    const [address = ''] = row.grant.source.prefixes;
    expect(records.filter((one) => JSON.stringify(one).includes(address))).toEqual([granted]);
  });

  it('is written before each PUT: none is sent while it cannot be, and then it is', async () => {
    const { world, state } = switchable();
    state.isDown = true;
    const row = await grantWindow(world);
    await live(world, row.id, world.time.now + 10 * minute);
    expect(rules(world)).toBe(0);
    expect(world.alarms()).toContain('auditUnwritten');
    state.isDown = false;
    await live(world, row.id, world.time.now + 2 * minute);
    expect(windowPhase(await readRow(world, row.id))).toBe('open');
    expect((await stepsOf(world)).slice(0, 3)).toEqual(['granted', 'planned', 'opening']);
  });

  it('is asked for at the usual pace while it cannot be written', async () => {
    const { world, state } = switchable();
    state.isDown = true;
    const row = await grantWindow(world);
    await live(world, row.id, world.time.now + 10 * minute);
    expect(state.asked).toBeGreaterThan(20);
    expect(state.asked).toBeLessThan(400);
  });

  it('never refuses a window for a right that is missing on the audit', async () => {
    const { world, state } = switchable();
    state.isDown = true;
    const row = await grantWindow(world);
    await live(world, row.id, world.time.now + 5 * minute);
    expect(await readRow(world, row.id)).toMatchObject({ wish: 'open', refusals: [] });
  });

  it('keeps no close waiting: it goes on, the alarm is raised, the rest is written later', async () => {
    const { world, state } = switchable();
    const row = await grantWindow(world);
    await live(world, row.id, world.time.now + 2 * minute);
    expect(rules(world)).toBe(2);
    state.isDown = true;
    await live(world, row.id, row.wantedUntil + 10 * minute);
    expect(rules(world)).toBe(0);
    expect((await readRow(world, row.id)).concludedAt).toBeLessThanOrEqual(row.wantedUntil);
    expect(world.alarms()).toContain('auditUnwritten');
    expect(await stepsOf(world)).not.toContain('closing');
    // Its live row stays until it is on record: reconcile, or any look, writes it.
    expect(await world.ledger.live.get(row.id)).toMatchObject({ row: { kind: 'ended' } });
    state.isDown = false;
    await advanceWindow(world, { id: row.id });
    expect((await stepsOf(world)).slice(-1)).toEqual(['closed']);
    expect(await world.ledger.live.get(row.id)).toBeNull();
  });

  it('is waited for no longer than 2 s in all by a step that closes', async () => {
    const { world, state } = switchable();
    const row = await grantWindow(world);
    await live(world, row.id, world.time.now + 2 * minute);
    await askToClose(world, row.id, { by: 'ada', reason: 'done' });
    Object.assign(state, { isDown: true, takesMs: 60_000 });
    const waits: number[] = [];
    await live(world, row.id, world.time.now + 10 * minute, async (id) => {
      const before = state.asked;
      const look = await advanceWindow(world, { id });
      waits.push(state.asked - before);
      return look;
    });
    expect(rules(world)).toBe(0);
    // Each attempt takes all the time it may: the first is the only one.
    expect(Math.max(...waits)).toBe(1);
  });

  it('has one record of a step that two take at once', async () => {
    const { world } = switchable();
    const row = await grantWindow(world);
    await Promise.all([1, 2, 3].map(() => advanceWindow(world, { id: row.id })));
    await live(world, row.id, row.wantedUntil + 10 * minute);
    const ids = (await recordsOf(world)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the record of a wish', () => {
  const by = { by: 'ada', reason: '=HYPERLINK("x")\r\nneeded' };

  it('says who wished for an end, or a later one, and why', async () => {
    const { world } = switchable();
    const row = await grantWindow(world, { untilAt: world.time.now + 30 * minute });
    await live(world, row.id, world.time.now + 2 * minute);
    const until = row.wantedUntil + 5 * minute;
    const extended = await askToExtend(world, row.id, { ...by, until });
    await live(world, row.id, world.time.now + 2 * minute);
    await askToClose(world, row.id, by);
    await askToClose(world, row.id, by);
    await live(world, row.id, world.time.now + 10 * minute);
    const records = await recordsOf(world);
    const steps = records.map(({ step }) => step);
    expect(extended.kind).toBe('accepted');
    expect(steps).toEqual(expect.arrayContaining(['extendWished', 'extending', 'extended']));
    expect(steps.indexOf('extending')).toBeLessThan(steps.indexOf('extended'));
    const wishes = records.filter(({ step }) => step === 'closeWished');
    expect(wishes).toHaveLength(1);
    expect(wishes[0]).toMatchObject({
      who: { id: 'ada', how: 'request' },
      why: '=HYPERLINK("x") needed',
    });
  });

  it('fails the wish for a later end where it cannot be written, and none for an end', async () => {
    const { world, state } = switchable();
    const row = await grantWindow(world, { untilAt: world.time.now + 30 * minute });
    await live(world, row.id, world.time.now + 2 * minute);
    const puts = putsOf(world);
    state.isDown = true;
    const until = row.wantedUntil + 5 * minute;
    await expect(askToExtend(world, row.id, { ...by, until })).rejects.toMatchObject({
      facts: { kind: 'unavailable', code: 'Audit.AuthorizationFailure' },
    });
    await live(world, row.id, world.time.now + 2 * minute);
    expect(putsOf(world)).toBe(puts);
    expect((await askToClose(world, row.id, by)).kind).toBe('accepted');
    await live(world, row.id, world.time.now + 10 * minute);
    expect(rules(world)).toBe(0);
  });
});

describe('the record of a refusal', () => {
  it('is there before the row; until it can be written the hint waits', async () => {
    const world = createIntakeWorld(policyWithRule({ scopes: ['/subscriptions/other'] }));
    const { append } = world.audit;
    let isDown = true;
    Object.assign(world.audit, {
      append: (...args: Parameters<typeof append>) =>
        isDown ? Promise.reject(down) : append(...args),
    });
    world.activate();
    await world.receive(requestEvent());
    await world.receive(writeEvent());
    expect(await world.run(intake, 30_000)).toBe('waiting');
    expect(await world.ledger.windows.list()).toEqual([]);
    expect(world.lines.some(({ event }) => event === 'auditUnwritten')).toBe(true);
    isDown = false;
    world.at += 10 * minute;
    await advanceIntake(world, world.starter, { id: intake });
    expect(await world.ledger.windows.list()).toHaveLength(1);
    expect(await stepsOf(world)).toEqual(['refused', 'targetRefused']);
  });
});
