import { formatMarker, markerText, parseMarker } from '../../../shared/domain/marker';
import type { Placement } from '../../../shared/domain/window/windowRow';
import { advanceWindow } from '../../../functions/activities/advanceWindow';
import { type ClaimWorld, open, openedOnCall } from '../../support/claimWorld';
import {
  granted,
  type Attack,
  type Forge,
  placementFor,
  withNeighbour,
} from '../../support/forgeries';
import {
  foreignSigner,
  live,
  minute,
  nsgId,
  readRow,
  signer,
  standing,
} from '../../support/windowWorld';

const planned = (change: (placement: Placement, world: ClaimWorld) => Placement): Forge => {
  return (row, world) => ({
    ...row,
    placements: row.placements.map((placement) => change(placement, world)),
  });
};
const ruled = (changes: Partial<Placement['rule']>): Forge => {
  return planned((one) => ({ ...one, rule: { ...one.rule, ...changes } }));
};
const marked = (by: typeof signer, laterMs: number): Forge => {
  return planned((one, { deployment }) => {
    const ruleName = one.rule.name;
    const keyVersion = 1;
    const untilSeconds = (parseMarker(one.rule.description)?.untilSeconds ?? 0) + laterMs / 1_000;
    const text = markerText({ deployment, nsgId: one.nsgId, ruleName, untilSeconds, keyVersion });
    const description = formatMarker({ untilSeconds, keyVersion, signature: by.sign(text) });
    return { ...one, rule: { ...one.rule, description } };
  });
};

/** The same for what was planned: the rules that a worker only carries out. */
const planAttacks: readonly Attack[] = [
  ['a wider source', ruled({ sources: ['0.0.0.0/0'] })],
  ['another address', ruled({ destinations: ['10.0.0.5'] })],
  ['any address', ruled({ destinations: ['*'] })],
  ['another port', ruled({ destinationPorts: ['1-65535'] })],
  ['another protocol', ruled({ protocol: '*' })],
  ['outbound', ruled({ direction: 'Outbound' })],
  ['groups of machines', ruled({ destinationAsgIds: ['/subscriptions/x'] })],
  ['a priority above the band', ruled({ priority: 100 })],
  ['no marker', ruled({ description: '' })],
  ['a marker by somebody else’s key', marked(foreignSigner, 0)],
  ['a marker that ends later', marked(signer, 60 * 60_000)],
  ['another NSG', planned((one) => ({ ...one, nsgId: nsgId('nsg-2') }))],
  ['no seal', planned(({ seal: _gone, ...one }) => one)],
  [
    'another machine’s address, as its target’s',
    planned((one) => ({
      ...one,
      rule: { ...one.rule, destinations: ['10.0.0.5'] },
      targets: one.targets.map((target) => ({ ...target, addresses: ['10.0.0.5'] })),
    })),
  ],
  [
    'the voucher’s signature as seal',
    (row) => {
      const { keyVersion = 0, signature = '' } = row.voucher ?? {};
      const seal = { keyVersion, signature };
      return { ...row, placements: row.placements.map((one) => ({ ...one, seal })) };
    },
  ],
  [
    'a rule to extend by that lets more in',
    planned((one) => ({ ...one, nextRule: { ...one.rule, sources: ['0.0.0.0/0'] } })),
  ],
  [
    'one more rule',
    (row) => ({ ...row, placements: [...row.placements, { ...placementFor(row), slot: 1 }] }),
  ],
];

describe('a plan that was changed after it was sealed', () => {
  /** Planned, and nothing sent: Resource Manager lists nothing while it is written. */
  async function plannedOnly(): Promise<{ world: ClaimWorld; id: string }> {
    const { world, id } = await granted();
    const { putRule } = world.network;
    Object.assign(world.network, {
      putRule: async (): Promise<never> => {
        throw new Error('The process dies here.');
      },
    });
    await advanceWindow(world, { id }).catch(() => undefined);
    Object.assign(world.network, { putRule });
    const { placements } = await readRow(world, id);
    if (placements.length === 0) throw new Error('Nothing was planned.');
    world.time.moveTo(world.time.now + 30_000);
    return { world, id };
  }

  it('is carried out as it was sealed', async () => {
    const { world, id } = await plannedOnly();
    await live(world, id, world.time.now + 5 * minute);
    expect(open(world)).toBe(1);
  });

  it.each(planAttacks)('%s: nothing is sent', async (_what, forge) => {
    const { world, id } = await plannedOnly();
    await world.tamper(id, (row) => forge(row, world));
    await live(world, id, world.time.now + 10 * minute);
    expect(world.puts()).toBe(0);
    expect(await readRow(world, id)).toMatchObject({ closeReason: 'voucherInvalid' });
  });

  it.each(planAttacks)('%s: what stands closes, and nothing more is sent', async (_what, forge) => {
    const { world, id } = await openedOnCall();
    withNeighbour(world);
    const puts = world.puts();
    await world.tamper(id, (row) => forge(row, world));
    await world.reconcile();
    await live(world, id, world.time.now + 5 * minute);
    expect(world.puts()).toBe(puts);
    expect(world.alarms()).toContain('voucherInvalid');
    expect(standing(world, nsgId('nsg-2'))).toEqual([]);
  });
});
