import { isVouched } from '../../../shared/domain/window/voucher';
import {
  claimRule,
  createClaimWorld,
  glass,
  home,
  idOf,
  onCallGroup,
  open,
  openedOnCall,
  personNamed,
  recorded,
  rules,
  targetRow,
} from '../../support/claimWorld';
import { live, minute, nsgNic, policy, readRow, standing, vmIdOf } from '../../support/windowWorld';

describe('POST /api/windows on a group claim', () => {
  it('opens what policy grants to the group, signs it, and closes it in time', async () => {
    const world = createClaimWorld();
    const until = world.time.now + 30 * minute;
    const answer = await world.ask('olga');
    expect(answer).toMatchObject({
      status: 202,
      body: {
        phase: 'planned',
        askedBy: 'claim',
        activation: null,
        claim: { kind: 'onCall', group: onCallGroup },
        approval: null,
        policyRule: 'on call',
        source: { prefixes: [home], wonBy: 'address of the call' },
        until: new Date(until).toISOString(),
      },
    });
    const id = idOf(answer);
    expect(isVouched(await readRow(world, id), world.deployment, world.verifier)).toBe(true);
    await live(world, id, world.time.now + minute);
    const [rule] = standing(world, nsgNic);
    expect(rule).toMatchObject({ sources: [home], destinations: ['10.0.0.4'] });
    expect(await live(world, id, until)).toEqual({ done: true, outcome: 'expired' });
    expect(open(world)).toBe(0);
    expect(world.time.now).toBeLessThan(until);
    expect(world.alarms()).toEqual([]);
    const steps = await recorded(world, id);
    expect(steps.slice(0, 2)).toEqual(['requested request', 'granted claim']);
    expect(steps).toContain('closed app');
  });

  it('asks Resource Manager for no activation while it stands', async () => {
    const { world, id } = await openedOnCall();
    let asked = 0;
    const count = async (): Promise<never> => {
      asked += 1;
      throw new Error('Nobody has a role.');
    };
    Object.assign(world.directory, { listInstances: count, listActive: count });
    await world.reconcile();
    await live(world, id, world.time.now + 5 * minute);
    expect([open(world), (await readRow(world, id)).wish]).toEqual([1, 'open']);
    // Discovery asks for activations of others; nobody asks about this window.
    expect(asked).toBeLessThanOrEqual(1);
  });

  it('is one window, however often it is sent', async () => {
    const world = createClaimWorld();
    const answers = await Promise.all(Array.from({ length: 8 }, () => world.ask('olga')));
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(await world.ledger.live.list()).toHaveLength(1);
    expect((await world.ask('olga', { duration: '20m' })).body['code']).toBe(
      'idempotencyKeyReused',
    );
  });

  it('stands on a role first, where one covers it', async () => {
    const world = createClaimWorld();
    const { objectId: principalId } = personNamed('olga');
    const now = world.time.now;
    world.instances.push({
      assignmentType: 'Activated',
      originRoleAssignmentId: '55555555-5555-4555-8555-555555555555',
      scope: policy.allow[0]?.scopes[0] ?? '',
      roleDefinitionGuid: policy.allow[0]?.roles[0] ?? '',
      principalId,
      principalType: 'User',
      memberType: 'Direct',
      startAt: now - minute,
      endAt: now + 60 * minute,
      scheduleName: '',
      principalName: 'Olga',
      principalMail: '',
    });
    expect((await world.ask('olga')).body).toMatchObject({ askedBy: 'request', claim: null });
  });

  it('tells what it would do without doing it', async () => {
    const world = createClaimWorld();
    const dry = (as: string) =>
      world.call('requestWindow', as, {
        query: '?dryRun=true',
        body: { vms: ['vm-1'], duration: '30m', reason: 'Disk is full' },
        headers: { 'idempotency-key': 'k', 'x-forwarded-for': '203.0.113.10:5' },
      });
    expect((await dry('olga')).body).toMatchObject({
      dryRun: true,
      phase: 'planned',
      calls: [{ method: 'PUT' }, { method: 'PUT' }],
    });
    // Who needs a second person is told so, and what would be opened then.
    expect((await dry('pia')).body).toMatchObject({
      dryRun: true,
      phase: 'awaitingApproval',
      approval: { answer: null },
      calls: [{ method: 'PUT' }, { method: 'PUT' }],
    });
    expect(await world.ledger.windows.list()).toEqual([]);
    expect(await world.ledger.live.list()).toEqual([]);
    expect(world.puts()).toBe(0);
  });

  it('counts with all others of the person', async () => {
    const world = createClaimWorld();
    for (const key of ['a', 'b', 'c']) expect((await world.ask('olga', {}, key)).status).toBe(202);
    expect(await world.ask('olga', {}, 'd')).toMatchObject({
      status: 429,
      body: { code: 'windowsPerPerson' },
    });
    expect(await world.ledger.live.list()).toHaveLength(3);
  });
});

type Refused = readonly [code: string, as: string, body?: object];
const long = { breakGlass: true, reason: 'The whole site is down and nobody answers' };
const refused: readonly Refused[] = [
  ['noActiveRole', 'sam'],
  ['noActiveRole', 'lea'],
  ['noClaim', 'olga', long],
  ['noClaim', 'sam', long],
  ['reasonTooShort', 'pia', { ...long, reason: 'Site is down' }],
  ['vmNotCovered', 'olga', { vms: ['vm-9'] }],
  ['vmNotCovered', 'olga', { vms: [vmIdOf('vm-9')] }],
  ['portNotAllowed', 'olga', { ports: [5985] }],
  ['sourceNotAllowed', 'olga', { source: '203.0.113.0/24' }],
  ['sourceNotAllowed', 'olga', { source: '203.0.113.11/32' }],
  ['tooShort', 'olga', { duration: '2m' }],
  ['groupsOverage', 'overage'],
  ['groupsOverage', 'overage', long],
  ['noActiveRole', 'hostile'],
];

describe('a request on a claim that is refused', () => {
  it.each(refused.map(([code, as, body = {}]) => [code, as, body] as const))(
    '%s for %s with %j: nothing opens',
    async (code, as, body) => {
      const world = createClaimWorld();
      const sam = personNamed('sam');
      world.strangers.set('overage', { ...sam, hasMoreGroups: true });
      const groups = ['*', '', '__proto__', `${onCallGroup} `, `{${onCallGroup}}`, 'on-call'];
      world.strangers.set('hostile', { ...sam, groups });
      expect((await world.ask(as, body)).body).toMatchObject({ code });
      expect(await world.ledger.windows.list()).toEqual([]);
      expect(await world.ledger.live.list()).toEqual([]);
      expect(await world.ledger.reviews.list()).toEqual([]);
      expect(world.puts()).toBe(0);
    },
  );

  it('is a guest, whatever groups their token shows', async () => {
    const world = createClaimWorld();
    world.strangers.set('gus', 'guest');
    expect(await world.ask('gus')).toMatchObject({ status: 403, body: { code: 'guest' } });
    expect(world.puts()).toBe(0);
  });

  it('is a machine outside of the rule’s places, though the index shows it there', async () => {
    const world = createClaimWorld();
    const far = vmIdOf('vm-2').replace('rg-app', 'rg-application');
    world.network.targets.push({ ...targetRow('vm-2'), vmId: far });
    for (const vms of [[far], ['vm-2']]) {
      expect((await world.ask('olga', { vms })).body['code']).toBe('vmNotCovered');
    }
  });

  it('is denied by a deny rule for the machine, and not by one for a role', async () => {
    const world = createClaimWorld();
    const none = { name: 'd', roles: [], scopes: [], persons: [], tag: null };
    const role = ['1c0163c0-47e6-4577-8991-ea5c82e286e4'];
    world.adopt({ deny: [{ ...none, scopes: [vmIdOf('vm-1').toLowerCase()] }] });
    expect((await world.ask('olga')).body['code']).toBe('denied');
    world.adopt({ deny: [{ ...none, persons: [personNamed('olga').objectId] }] });
    expect((await world.ask('olga')).body['code']).toBe('denied');
    world.adopt({ deny: [{ ...none, roles: role }] });
    expect((await world.ask('olga')).status).toBe(202);
  });
});

describe('a window on a claim', () => {
  it('is extended up to the longest time of the claim from its beginning, and no further', async () => {
    const { world, id } = await openedOnCall();
    const { createdAt } = await readRow(world, id);
    const extend = (until: number) =>
      world.call('extendWindow', 'olga', {
        id,
        body: { until: new Date(until).toISOString(), reason: 'not done' },
      });
    const last = createdAt + 60 * minute;
    world.time.moveTo(world.time.now + 5 * minute);
    expect((await extend(last + 1_000)).body['code']).toBe('extendPastPolicy');
    const asked = Math.floor(last / 1_000) * 1_000;
    expect((await extend(asked)).status).toBe(202);
    await live(world, id, world.time.now + minute);
    expect((await readRow(world, id)).until).toBe(asked);
    expect(world.alarms()).toEqual([]);
    for (let turn = 0; turn < 6; turn++) {
      expect((await extend(asked + 1_000 * (turn + 1))).body['code']).toBe('extendPastPolicy');
    }
    expect(await live(world, id, asked)).toEqual({ done: true, outcome: 'expired' });
    expect(open(world)).toBe(0);
  });

  it('is closed by its owner, by an administrator and with all others', async () => {
    const closed = async (as: string, verb: string, body: object): Promise<void> => {
      const { world, id } = await openedOnCall();
      const { objectId: principalId } = personNamed('sam');
      const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
      const [instance] = world.instances;
      world.instances.push({
        ...instance,
        assignmentType: 'Assigned',
        scope: vmIdOf('vm-1'),
        roleDefinitionGuid: owner,
        principalId,
        startAt: null,
        endAt: null,
      } as (typeof world.instances)[number]);
      const call = { id, body, headers: { prefer: 'respond-async' } };
      expect((await world.call(verb, as, call)).status).toBe(202);
      await live(world, id, world.time.now + 5 * minute);
      expect([open(world), (await readRow(world, id)).closeReason]).toEqual([0, 'asked']);
    };
    await closed('olga', 'closeWindow', {});
    await closed('sam', 'closeWindow', {});
    await closed('sam', 'closeAllWindows', { confirm: 'close all', reason: 'fire drill' });
  });

  const narrower: readonly (readonly [string, ReturnType<typeof claimRule>[]])[] = [
    ['the rule is gone', []],
    ['the rule has another name', [claimRule({ name: 'other' })]],
    ['another group is named', [claimRule({ group: personNamed('sam').objectId })]],
    ['it is for a broken glass now', [claimRule({ kind: 'breakGlass' })]],
    ['other places', [claimRule({ scopes: [vmIdOf('vm-2').toLowerCase()] })]],
    ['other ports', [claimRule({ portSets: [{ protocol: 'Tcp', ports: ['22'] }] })]],
    [
      'other sources',
      [claimRule({ sources: { ranges: [], fromActivation: { within: ['198.51.100.0/24'] } } })],
    ],
    [
      'somebody else has to agree by now',
      [claimRule({ approval: { groups: [onCallGroup], waitsMs: minute } })],
    ],
  ];

  it.each(narrower)('closes in mid-window where policy narrows: %s', async (_what, claims) => {
    const { world, id } = await openedOnCall();
    world.adopt({ claims });
    await world.reconcile();
    await live(world, id, world.time.now + 5 * minute);
    expect(open(world)).toBe(0);
    expect((await readRow(world, id)).closeReason).toBe('policyChanged');
    expect(world.alarms()).toEqual([]);
  });

  it.each(narrower)(
    'opens nothing where policy narrows before its PUT: %s',
    async (_what, claims) => {
      const world = createClaimWorld();
      const id = idOf(await world.ask('olga'));
      world.adopt({ claims });
      await live(world, id, world.time.now + 40 * minute);
      expect(world.puts()).toBe(0);
      expect((await readRow(world, id)).closeReason).toBe('policyChanged');
    },
  );

  it('stands where another policy still grants it, and its voucher with it', async () => {
    const { world, id } = await openedOnCall();
    world.adopt({ claims: [...rules, claimRule({ ...glass, name: 'more' })] });
    await world.reconcile();
    await world.reconcile();
    const row = await readRow(world, id);
    expect([row.wish, row.grant.policyVersion]).toEqual(['open', `v${world.time.now}`]);
    expect(isVouched(row, world.deployment, world.verifier)).toBe(true);
  });

  it('opens nothing while policy is faulty, and closes all the same', async () => {
    const world = createClaimWorld();
    const id = idOf(await world.ask('olga'));
    Object.assign(world, { opening: { faults: ['Policy, line 3'] } });
    await live(world, id, world.time.now + 40 * minute);
    expect(world.puts()).toBe(0);
    const other = await openedOnCall();
    Object.assign(other.world, { opening: { faults: ['Policy, line 3'] } });
    const { world: faulty, id: standingId } = other;
    await live(faulty, standingId, faulty.time.now + 40 * minute);
    expect([open(faulty), (await readRow(faulty, standingId)).closeReason]).toEqual([0, 'expired']);
  });
});
