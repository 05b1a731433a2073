import { activationBehind } from '../../../shared/domain/grant';
import { isVouched, withVoucher } from '../../../shared/domain/window/voucher';
import { createClaimWorld, idOf, open, openedOnCall } from '../../support/claimWorld';
import { granted, attacks, withNeighbour } from '../../support/forgeries';
import { foreignSigner, live, minute, readRow } from '../../support/windowWorld';

describe('a row that was changed after it was signed', () => {
  it.each(attacks)('%s: nothing is sent, and somebody is told', async (_what, forge) => {
    const { world, id } = await granted();
    await world.tamper(id, (row) => forge(row, world));
    await live(world, id, world.time.now + 10 * minute);
    await world.reconcile();
    await live(world, id, world.time.now + 10 * minute);
    expect(world.puts()).toBe(0);
    expect(await readRow(world, id)).toMatchObject({ closeReason: 'voucherInvalid' });
    expect(world.alarms()).toEqual(['voucherInvalid']);
  });

  it.each(attacks)('%s: what stood open by it closes', async (_what, forge) => {
    const { world, id } = await openedOnCall();
    withNeighbour(world);
    const puts = world.puts();
    await world.tamper(id, (row) => forge(row, world));
    await world.reconcile();
    await live(world, id, world.time.now + 5 * minute);
    expect([open(world), world.puts()]).toEqual([0, puts]);
    expect(world.alarms()).toEqual(['voucherInvalid']);
  });

  it.each(attacks)('%s: it cannot be extended into another one', async (_what, forge) => {
    const { world, id } = await openedOnCall();
    const puts = world.puts();
    await world.tamper(id, (row) => forge(row, world));
    const until = new Date(world.time.now + 50 * minute).toISOString();
    const { body } = await world.call('extendWindow', 'olga', {
      id,
      body: { until, reason: 'not done' },
    });
    expect(body['code']).toBeDefined();
    await live(world, id, world.time.now + 5 * minute);
    expect([open(world), world.puts()]).toEqual([0, puts]);
  });
});

describe('a row without an end', () => {
  it.each(['wantedUntil', 'until', 'createdAt'] as const)('(%s) opens nothing', async (field) => {
    const { world, id } = await granted();
    await world.tamper(id, (row) => ({ ...row, [field]: 'never' }));
    await live(world, id, world.time.now + 10 * minute);
    expect(world.puts()).toBe(0);
    const standingOpen = await openedOnCall();
    await standingOpen.world.tamper(standingOpen.id, (row) => ({ ...row, [field]: 'never' }));
    await standingOpen.world.reconcile();
    const { time } = standingOpen.world;
    await live(standingOpen.world, standingOpen.id, time.now + 10 * minute);
    expect(open(standingOpen.world)).toBe(0);
  });
});

describe('a voucher', () => {
  it('of one window stands for no other', async () => {
    const { world, id } = await granted();
    const other = idOf(await world.ask('olga', {}, 'other'));
    const { voucher } = await readRow(world, other);
    await world.tamper(id, (row) => (voucher === undefined ? row : { ...row, voucher }));
    await live(world, id, world.time.now + 10 * minute);
    expect(world.puts()).toBe(0);
    expect((await readRow(world, id)).closeReason).toBe('voucherInvalid');
  });

  it('of a row that was written under another id stands for nothing', async () => {
    const { world, id } = await granted();
    const row = await readRow(world, id);
    const copied = { ...row, id: 'a'.repeat(20) };
    await world.ledger.windows.insert(copied);
    await live(world, copied.id, world.time.now + 10 * minute);
    expect(world.puts()).toBe(0);
  });

  it('that is over opens nothing, whatever the row says of its time', async () => {
    const { world, id } = await granted();
    world.time.moveTo(world.time.now + 31 * minute);
    await world.tamper(id, (row) => ({ ...row, wantedUntil: world.time.now + 30 * minute }));
    await live(world, id, world.time.now + 10 * minute);
    expect(world.puts()).toBe(0);
  });

  it('is made up by nobody without the key: a row out of nothing opens nothing', async () => {
    const { world, id } = await granted();
    const row = await readRow(world, id);
    const made = createClaimWorld();
    await made.ledger.windows.insert({
      ...withVoucher(row, row.wantedUntil, row.createdAt, made.deployment, foreignSigner),
    });
    await live(made, id, made.time.now + 10 * minute);
    expect(made.puts()).toBe(0);
    expect(made.alarms()).toEqual(['voucherInvalid']);
  });

  it('is not asked for where an activation stands behind the window', async () => {
    const { world, id } = await granted();
    const row = await readRow(world, id);
    expect(activationBehind(row.grant.origin)).toBeNull();
    expect(isVouched({ ...row, id: 'b'.repeat(20) }, world.deployment, world.verifier)).toBe(false);
  });
});
