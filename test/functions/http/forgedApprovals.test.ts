import { awaited, personNamed } from '../../support/claimWorld';
import { approvalBy, type Attack, day, grantOf } from '../../support/forgeries';
import { live, minute, targetOf } from '../../support/windowWorld';

/** Whoever can write to the ledger and holds no key cannot make a request look approved. */
const approvalAttacks: readonly Attack[] = [
  ['an answer', (row) => ({ ...row, approval: { ...row.approval, ...approvalBy('lea', row) } })],
  [
    'an answer beside what was asked',
    (row) => {
      const { approval } = row;
      if (approval === undefined) throw new Error('It waits.');
      return { ...row, approval: { ...approval, answer: approvalBy('lea', row).answer } };
    },
  ],
  ['no approval', ({ approval: _gone, ...row }) => row],
  ['neither approval nor voucher', ({ approval: _gone, voucher: _too, ...row }) => row],
  [
    'other groups',
    (row) => {
      const { approval } = row;
      if (approval === undefined) throw new Error('It waits.');
      const groups = [...approval.groups, ...personNamed('pia').groups];
      return { ...row, approval: { ...approval, groups } };
    },
  ],
  [
    'another requester, so that who asked may approve',
    (row) => {
      const { approval } = row;
      if (approval === undefined) throw new Error('It waits.');
      const { objectId, tenantId } = personNamed('sam');
      return { ...row, approval: { ...approval, requester: { objectId, tenantId } } };
    },
  ],
  [
    'other words of the request',
    (row) => {
      const { approval } = row;
      if (approval === undefined) throw new Error('It waits.');
      const asked = { ...approval.asked, durationMs: day };
      return { ...row, approval: { ...approval, asked: asked } };
    },
  ],
  ['another machine', grantOf(() => ({ targets: [targetOf('vm-2')] }))],
];

describe('a request that waits, changed behind everybody’s back', () => {
  it.each(approvalAttacks)('%s: opens nothing by itself', async (_what, forge) => {
    const { world, id } = await awaited();
    await world.tamper(id, (row) => forge(row, world));
    await live(world, id, world.time.now + minute);
    await world.reconcile();
    await live(world, id, world.time.now + 10 * minute);
    expect(world.puts()).toBe(0);
    expect(world.alarms()).toContain('voucherInvalid');
  });

  it.each(approvalAttacks)('%s: is not approved', async (_what, forge) => {
    const { world, id } = await awaited();
    await world.tamper(id, (row) => forge(row, world));
    for (const as of ['lea', 'pia']) {
      const { status } = await world.call('approveWindow', as, { id, body: {} });
      expect(status === 202 || status === 201).toBe(false);
    }
    await live(world, id, world.time.now + 10 * minute);
    expect(world.puts()).toBe(0);
  });
});
