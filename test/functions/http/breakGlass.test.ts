import { health } from '../../../functions/http/health';
import { createHealthParts } from '../../../functions/http/healthParts';
import type { InvocationContext } from '@azure/functions';
import {
  claimRule,
  type ClaimWorld,
  createClaimWorld,
  glass,
  idOf,
  open,
  personNamed,
  platformGroup,
  recorded,
} from '../../support/claimWorld';
import { live, minute, readRow, said, vmIdOf } from '../../support/windowWorld';

const reason = 'The whole site is down and nobody answers';
const body = { breakGlass: true, duration: '30m', reason };
const remark = 'Pager 4711, the role was not grantable; right to do';

async function broken(): Promise<{ world: ClaimWorld; id: string }> {
  const world = createClaimWorld();
  const id = idOf(await world.ask('pia', body));
  await live(world, id, world.time.now + minute);
  return { world, id };
}

async function healthOf(world: ClaimWorld): Promise<{ status: number; reviews: unknown }> {
  const swept = { endedAt: world.time.now, complete: true } as never;
  const handler = health(createHealthParts(world, () => swept));
  const answer = (await handler(undefined as never, {} as InvocationContext)) as {
    status: number;
    jsonBody: Record<string, unknown>;
  };
  return { status: answer.status, reviews: answer.jsonBody['reviews'] };
}

const look = (world: ClaimWorld, as: string, id: string) => world.call('readReview', as, { id });
const close = (world: ClaimWorld, as: string, id: string, text = remark) =>
  world.call('reviewWindow', as, { id, body: { remark: text } });

/** Sam owns the group of machines. */
function owns(world: ClaimWorld, name: string): void {
  world.instances.push({
    assignmentType: 'Assigned',
    originRoleAssignmentId: '77777777-5555-4555-8555-555555555555',
    scope: vmIdOf('vm-1').split('/providers/')[0] ?? '',
    roleDefinitionGuid: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    principalId: personNamed(name).objectId,
    principalType: 'User',
    memberType: 'Direct',
    startAt: null,
    endAt: null,
    scheduleName: '',
    principalName: '',
    principalMail: '',
  });
}

describe('breaking the glass', () => {
  it('opens at once, loudly, for the shortest time, and has to be asked for by name', async () => {
    const world = createClaimWorld();
    // Without the word the same person waits for a second one.
    expect((await world.ask('pia', {}, 'other')).body['phase']).toBe('awaitingApproval');
    const answer = await world.ask('pia', { ...body, duration: '3h' });
    expect(answer).toMatchObject({
      status: 202,
      body: {
        phase: 'planned',
        claim: { kind: 'breakGlass', group: platformGroup },
        until: new Date(world.time.now + 30 * minute).toISOString(),
      },
    });
    const id = idOf(answer);
    await live(world, id, world.time.now + minute);
    expect(open(world)).toBe(1);
    expect(world.alarms()).toEqual(['breakGlassUsed']);
    expect(said(world, 'breakGlassUsed')).toMatchObject([
      { windowId: id, personId: personNamed('pia').objectId, policyRule: 'glass', reason },
    ]);
  });

  it('tells before it opens: without the review nothing is sent', async () => {
    const world = createClaimWorld();
    const id = idOf(await world.ask('pia', body));
    const { insert } = world.ledger.reviews;
    const order: string[] = [];
    Object.assign(world.ledger.reviews, {
      insert: async (row: Parameters<typeof insert>[0]) => {
        order.push(`review, ${world.puts()} sent`);
        if (order.length < 3) throw new Error('Storage is away.');
        return insert(row);
      },
    });
    await live(world, id, world.time.now + 5 * minute);
    expect(order).toEqual(['review, 0 sent', 'review, 0 sent', 'review, 0 sent']);
    expect(open(world)).toBe(1);
    expect(world.alarms()).toEqual(['breakGlassUsed']);
  });

  it('raises its alarm again where nobody knows that it was raised', async () => {
    const world = createClaimWorld();
    const id = idOf(await world.ask('pia', body));
    const { replace } = world.ledger.reviews;
    let lost = 1;
    Object.assign(world.ledger.reviews, {
      replace: async (...row: Parameters<typeof replace>) => {
        lost -= 1;
        if (lost >= 0) throw new Error('The process dies here.');
        return replace(...row);
      },
    });
    await live(world, id, world.time.now + 5 * minute);
    expect(world.alarms()).toEqual(['breakGlassUsed', 'breakGlassUsed']);
    expect(await world.ledger.reviews.list()).toHaveLength(1);
  });

  it('asks for no review where nothing was opened', async () => {
    const world = createClaimWorld([glass, claimRule()]);
    const id = idOf(await world.ask('pia', body));
    const call = { id, body: {}, headers: { prefer: 'respond-async' } };
    await world.call('closeWindow', 'pia', call);
    await live(world, id, world.time.now + minute);
    expect(await world.ledger.reviews.list()).toEqual([]);
    expect(world.alarms()).toEqual([]);
  });
});

describe('the review', () => {
  it('keeps health red, past the window and the row, until somebody else closes it', async () => {
    const { world, id } = await broken();
    expect(await healthOf(world)).toMatchObject({
      status: 503,
      reviews: { ok: false, open: 1, windows: [id] },
    });
    await live(world, id, world.time.now + 40 * minute);
    expect([open(world), (await readRow(world, id)).closeReason]).toEqual([0, 'expired']);
    await world.reconcile();
    expect(await healthOf(world)).toMatchObject({ status: 503 });
    // Cleaned up after thirty days, and still red.
    const stored = await world.ledger.windows.get(id);
    await world.ledger.windows.remove(id, stored?.etag ?? '');
    world.time.moveTo(world.time.now + 40 * 24 * 60 * minute);
    expect(await healthOf(world)).toMatchObject({
      reviews: { ok: false, open: 1, oldestSecondsAgo: expect.any(Number) },
    });
    expect((await close(world, 'pia', id)).body['code']).toBe('approvalOwn');
    expect(await healthOf(world)).toMatchObject({ reviews: { ok: false } });
    expect(await close(world, 'lea', id)).toMatchObject({
      status: 200,
      body: {
        state: 'closed',
        reason,
        vms: [vmIdOf('vm-1')],
        closed: { by: personNamed('lea').objectId, remark },
      },
    });
    expect(await healthOf(world)).toMatchObject({ reviews: { ok: true, open: 0 } });
  });

  it('is closed once, with the first remark, and on record', async () => {
    const { world, id } = await broken();
    const answers = await Promise.all([
      close(world, 'lea', id, 'Lea has looked into it'),
      close(world, 'liv', id, 'Liv has looked into it'),
    ]);
    answers.push(await close(world, 'lea', id, 'Lea once more, later'));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body: { closed } }) => JSON.stringify(closed))).size).toBe(1);
    expect(said(world, 'window.reviewed')).toHaveLength(1);
    expect((await recorded(world, id)).filter((one) => one.startsWith('reviewed'))).toHaveLength(1);
  });

  type Row = readonly [as: string, reads: number, closes: number | string];
  const table: readonly Row[] = [
    ['pia', 200, 'approvalOwn'],
    ['lea', 200, 200],
    ['sam', 200, 200],
    ['olga', 404, 404],
    ['otto', 404, 404],
  ];

  it.each(table)('is read by %s: %s, and closed: %s', async (as, reads, closes) => {
    const { world, id } = await broken();
    owns(world, 'sam');
    expect((await look(world, as, id)).status).toBe(reads);
    const { status, body: view } = await close(world, as, id);
    expect([status, view['code']]).toContain(closes);
    const { reviews } = await healthOf(world);
    expect(reviews).toMatchObject({ ok: closes === 200 });
  });

  it('is not closed by who has broken the glass, as an administrator or a reviewer either', async () => {
    const { world, id } = await broken();
    owns(world, 'pia');
    const pia = personNamed('pia');
    const [lead] = personNamed('lea').groups;
    world.strangers.set('piaToo', { ...pia, groups: [...pia.groups, lead ?? ''] });
    const elsewhere = '22222222-2222-4222-8222-222222222299';
    world.strangers.set('piaElsewhere', { ...pia, tenantId: elsewhere, groups: [lead ?? ''] });
    for (const as of ['pia', 'piaToo', 'piaElsewhere']) {
      expect((await close(world, as, id)).body['code']).toBe('approvalOwn');
    }
    expect(await healthOf(world)).toMatchObject({ reviews: { ok: false } });
  });

  it.each([{}, { remark: 'ok' }, { remark: ' \n'.repeat(20) }, { remark, state: 'closed' }])(
    'is not closed by %j',
    async (wrong) => {
      const { world, id } = await broken();
      const answer = await world.call('reviewWindow', 'lea', { id, body: wrong });
      expect(answer).toMatchObject({ status: 400, body: { code: 'badBody' } });
      expect(await healthOf(world)).toMatchObject({ reviews: { ok: false } });
    },
  );

  it('is found in the list of what nobody has looked into yet', async () => {
    const { world, id } = await broken();
    const listed = async (as: string): Promise<unknown[]> => {
      const { body: page } = await world.call('listWindows', as, { query: '?review=open' });
      return (page['windows'] as { id: string }[]).map((one) => one.id);
    };
    expect(await listed('lea')).toEqual([id]);
    expect(await listed('olga')).toEqual([]);
    await live(world, id, world.time.now + 40 * minute);
    expect(await listed('lea')).toEqual([id]);
    await close(world, 'lea', id);
    expect(await listed('lea')).toEqual([]);
  });

  it('says so to whom it cannot see the groups of, whether there is one or not', async () => {
    const { world, id } = await broken();
    world.strangers.set('overage', { ...personNamed('sam'), hasMoreGroups: true });
    const answers = await Promise.all(
      [id, 'a'.repeat(20)].map((one) => close(world, 'overage', one)),
    );
    expect(answers[0]).toMatchObject({ status: 403, body: { code: 'groupsOverage' } });
    expect(answers[0]).toEqual(answers[1]);
  });
});
