import type { Caller } from '../../../shared/domain/caller/caller';
import { approve, codeOf, deny, outlive } from '../../support/approving';
import {
  awaited,
  claimRule,
  type ClaimWorld,
  createClaimWorld,
  glass,
  idOf,
  leadsGroup,
  onCallGroup,
  open,
  personNamed,
  platformGroup,
  recorded,
  withApproval,
} from '../../support/claimWorld';
import { live, minute, readRow, said } from '../../support/windowWorld';

type Prepared = (world: ClaimWorld, id: string) => Promise<unknown>;
const closing = { body: {}, headers: { prefer: 'respond-async' } };
const late: Prepared = async (world) => world.time.moveTo(world.time.now + 30 * minute);
const withGroups = (name: string, changes: Partial<Caller>): Prepared => {
  return async (world) => {
    world.strangers.set('strange', { ...personNamed(name), ...changes });
  };
};
const elsewhere = '22222222-2222-4222-8222-222222222299';

type Refused = readonly [what: string, as: string, code: string, prepare: Prepared];
const nothing: Prepared = async () => undefined;
const refused: readonly Refused[] = [
  ['by who asked for it', 'pia', 'approvalOwn', nothing],
  [
    'by who asked for it, as a member of the group',
    'strange',
    'approvalOwn',
    withGroups('pia', { groups: [platformGroup, leadsGroup] }),
  ],
  [
    'by the same person with an id in capitals',
    'strange',
    'approvalOwn',
    withGroups('pia', {
      objectId: personNamed('pia').objectId.toUpperCase(),
      groups: [leadsGroup],
    }),
  ],
  [
    'by the same object id in another tenant',
    'strange',
    'approvalOwn',
    withGroups('pia', { tenantId: elsewhere, groups: [leadsGroup] }),
  ],
  [
    'by somebody of another tenant',
    'strange',
    'notFound',
    withGroups('lea', { tenantId: elsewhere, groups: [leadsGroup] }),
  ],
  ['by a member of another group', 'olga', 'notFound', nothing],
  ['by a stranger', 'sam', 'notFound', nothing],
  [
    'by somebody whose groups nobody can see',
    'strange',
    'groupsOverage',
    withGroups('lea', { groups: [], hasMoreGroups: true }),
  ],
  ['by a guest', 'gus', 'guest', async (world) => world.strangers.set('gus', 'guest')],
  ['after its time', 'lea', 'approvalExpired', late],
  [
    'after its time, and its end was seen to',
    'lea',
    'approvalExpired',
    async (world, id) => {
      await late(world, id);
      world.time.moveTo(world.time.now + 2 * minute);
      await world.reconcile();
    },
  ],
  ['after a no', 'lea', 'approvalAnswered', async (world, id) => deny(world, 'liv', id)],
  [
    'after its own close',
    'lea',
    'approvalNotAwaited',
    async (world, id) => world.call('closeWindow', 'pia', { id, ...closing }),
  ],
  [
    'where the group may open it no more',
    'lea',
    'approvalStale',
    async (world) => world.adopt({ claims: [glass] }),
  ],
  [
    'where another group has to agree by now',
    'lea',
    'notAnApprover',
    async (world) =>
      world.adopt({
        claims: [{ ...withApproval, approval: { groups: [onCallGroup], waitsMs: minute } }],
      }),
  ],
  [
    'where other ports would be opened by now',
    'lea',
    'approvalStale',
    async (world) =>
      world.adopt({
        claims: [{ ...withApproval, portSets: [{ protocol: 'Tcp', ports: ['22'] }] }],
      }),
  ],
  [
    'where the machine is another one by now',
    'lea',
    'approvalStale',
    async (world) => {
      const [row] = world.network.targets;
      if (row !== undefined) world.network.targets[0] = { ...row, vmGuid: 'guid-another' };
    },
  ],
  [
    'while openings are off',
    'lea',
    'openingsDisabled',
    async (world) => {
      const faults = { opening: { faults: ['Policy, line 3'] } };
      Object.assign(world, faults);
    },
  ],
];

describe('an approval that is refused', () => {
  it.each(refused)('%s (%s): %s, and nothing opens', async (_what, as, code, prepare) => {
    const { world, id } = await awaited();
    await prepare(world, id);
    expect(codeOf(await approve(world, as, id))).toBe(code);
    await outlive(world, id);
    expect(world.puts()).toBe(0);
    expect((await readRow(world, id)).concludedAt).not.toBeNull();
    expect(await world.ledger.live.list()).toEqual([]);
  });

  it('is answered alike for a request of others and for none', async () => {
    const { world, id } = await awaited();
    const answers = await Promise.all(
      [id, 'a'.repeat(20)].map((one) => approve(world, 'sam', one)),
    );
    expect(answers[0]).toEqual(answers[1]);
  });

  it('is one of a window that waits for nobody', async () => {
    const world = createClaimWorld();
    const id = idOf(await world.ask('olga'));
    expect(codeOf(await approve(world, 'olga', id))).toBe('approvalNotAwaited');
    expect(codeOf(await approve(world, 'lea', id))).toBe('notFound');
  });

  it('and a close at once end in one or the other, never in an open window that was closed', async () => {
    const { world, id } = await awaited();
    await Promise.all([
      approve(world, 'lea', id),
      world.call('closeWindow', 'pia', { id, ...closing }),
      approve(world, 'liv', id),
    ]);
    await outlive(world, id);
    expect([open(world), (await readRow(world, id)).closeReason]).toEqual([0, 'asked']);
    expect(await world.ledger.live.list()).toEqual([]);
  });
});

describe('the end of a request that nobody approved', () => {
  it('comes by itself when its time is over, by name, and is on record', async () => {
    const { world, id } = await awaited();
    await late(world, id);
    world.time.moveTo(world.time.now + minute);
    await world.reconcile();
    const { body } = await world.call('getWindow', 'pia', { id });
    expect(body).toMatchObject({
      phase: 'refused',
      outcome: 'approvalExpired',
      closeReason: 'approvalExpired',
      refusals: [{ vm: '', code: 'approvalExpired' }],
    });
    expect(said(world, 'window.approvalExpired')).toHaveLength(1);
    expect(said(world, 'window.refused')).toMatchObject([{ outcome: 'approvalExpired' }]);
    expect(await world.ledger.live.list()).toEqual([]);
    const steps = await recorded(world, id);
    expect(steps).not.toContain('granted claim');
    expect(steps.at(-1)).toBe('refused app');
    // The same key tells how it ended; a new one asks anew.
    expect(codeOf(await world.ask('pia'))).toBe('approvalExpired');
    expect((await world.ask('pia', {}, 'anew')).status).toBe(202);
    expect(world.alarms()).toEqual([]);
  });

  it('is a no, with its reason, however often it is said', async () => {
    const { world, id } = await awaited();
    const answers = await Promise.all([deny(world, 'lea', id), deny(world, 'liv', id)]);
    answers.push(await deny(world, 'lea', id));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers[0]?.body).toMatchObject({
      phase: 'refused',
      outcome: 'approvalDenied',
      refusals: [{ code: 'approvalDenied', rule: 'The request was denied: not tonight' }],
    });
    expect(await world.ledger.live.list()).toEqual([]);
    expect(await recorded(world, id)).toEqual([
      'requested request',
      'approvalAwaited claim',
      'denied claim',
      'targetRefused app',
      'closing app',
      'refused app',
    ]);
    expect(said(world, 'window.refused')).toHaveLength(1);
  });

  it('is no denial by who asked for it, by strangers, or after it was approved', async () => {
    const { world, id } = await awaited();
    expect(codeOf(await deny(world, 'pia', id))).toBe('approvalOwn');
    expect(codeOf(await deny(world, 'sam', id))).toBe('notFound');
    await approve(world, 'lea', id);
    expect(codeOf(await deny(world, 'liv', id))).toBe('approvalAnswered');
    await live(world, id, world.time.now + minute);
    expect(open(world)).toBe(1);
  });

  it('can be a no while policy is faulty', async () => {
    const { world, id } = await awaited();
    Object.assign(world, { opening: { faults: ['Policy, line 3'] } });
    expect((await deny(world, 'lea', id)).status).toBe(200);
  });

  it('comes with the policy that would not grant it any more', async () => {
    const { world, id } = await awaited();
    world.adopt({ claims: [claimRule()] });
    await world.reconcile();
    await live(world, id, world.time.now + minute);
    expect((await readRow(world, id)).closeReason).toBe('policyChanged');
    expect(await world.ledger.live.list()).toEqual([]);
  });
});
