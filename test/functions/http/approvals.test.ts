import { isVouched } from '../../../shared/domain/window/voucher';
import { approve, codeOf } from '../../support/approving';
import {
  awaited,
  createClaimWorld,
  idOf,
  leadsGroup,
  open,
  personNamed,
  recorded,
} from '../../support/claimWorld';
import { live, minute, policy, readRow, said } from '../../support/windowWorld';

describe('a request that needs a second person', () => {
  it('waits: it is told, listed to those who may approve it, and sends nothing', async () => {
    const { world, id } = await awaited();
    expect((await world.call('getWindow', 'pia', { id })).body).toMatchObject({
      phase: 'awaitingApproval',
      approval: {
        groups: [leadsGroup],
        expiresAt: new Date(world.time.now + 30 * minute).toISOString(),
        answer: null,
      },
    });
    expect(world.starts).toEqual([]);
    const seen = async (as: string): Promise<unknown> => {
      const { body } = await world.call('listWindows', as, { query: '?state=awaitingApproval' });
      return (body['windows'] as { id: string }[]).map((one) => one.id);
    };
    expect(await Promise.all(['pia', 'lea', 'liv', 'olga', 'sam'].map(seen))).toEqual([
      [id],
      [id],
      [id],
      [],
      [],
    ]);
    for (const [as, status] of [
      ['lea', 200],
      ['olga', 404],
    ] as const) {
      expect((await world.call('getWindow', as, { id })).status).toBe(status);
    }
    const steps = await recorded(world, id);
    expect(steps).toEqual(['requested request', 'approvalAwaited claim']);
    await live(world, id, world.time.now + 20 * minute);
    expect(world.puts()).toBe(0);
  });

  it('opens when somebody else agrees, with its clock beginning then', async () => {
    const { world, id } = await awaited();
    world.time.moveTo(world.time.now + 20 * minute);
    const until = world.time.now + 30 * minute;
    const answer = await approve(world, 'lea', id);
    expect(answer).toMatchObject({
      status: 202,
      body: {
        phase: 'planned',
        until: new Date(until).toISOString(),
        approval: {
          answer: { kind: 'approved', by: { objectId: personNamed('lea').objectId, name: 'lea' } },
        },
      },
    });
    expect(world.starts).toEqual([id]);
    expect(await world.ledger.live.list()).toMatchObject([{ row: { id, kind: 'window' } }]);
    await live(world, id, world.time.now + minute);
    expect(open(world)).toBe(1);
    expect(isVouched(await readRow(world, id), world.deployment, world.verifier)).toBe(true);
    await world.reconcile();
    expect(await live(world, id, until)).toEqual({ done: true, outcome: 'expired' });
    expect([open(world), world.alarms()]).toEqual([0, []]);
    const steps = await recorded(world, id);
    expect(steps.slice(0, 4)).toEqual([
      'requested request',
      'approvalAwaited claim',
      'approved claim',
      'granted claim',
    ]);
  });

  it('is one window, approved a hundred times and by several at once', async () => {
    const { world, id } = await awaited();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_none, at) => approve(world, at % 2 === 0 ? 'lea' : 'liv', id)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 202]));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(said(world, 'window.approved')).toHaveLength(1);
    expect(await world.ledger.live.list()).toMatchObject([{ row: { id, kind: 'window' } }]);
    expect((await approve(world, 'liv', id)).status).toBe(200);
    expect(new Set(world.starts)).toEqual(new Set([id]));
  });

  it('sent again is the same request, and after its approval the same window', async () => {
    const { world, id } = await awaited();
    const again = await world.ask('pia');
    expect([idOf(again), again.body['phase']]).toEqual([id, 'awaitingApproval']);
    await approve(world, 'lea', id);
    expect((await world.ask('pia')).body).toMatchObject({ id, phase: 'planned' });
    expect(await world.ledger.windows.list()).toHaveLength(1);
  });

  it('may wait only so often for one person, and takes nobody’s place', async () => {
    const world = createClaimWorld();
    const answers = await Promise.all(
      Array.from({ length: 7 }, (_none, at) => world.ask('pia', {}, `k-${at}`)),
    );
    const waiting = answers.filter(({ status }) => status === 202);
    expect(waiting.length).toBeLessThanOrEqual(policy.caps.windowsPerPerson);
    expect(codeOf(await world.ask('pia', {}, 'one-more'))).toBe('requestsWaiting');
    expect(await world.ledger.live.list()).toHaveLength(waiting.length);
    expect((await world.ask('pia', { ...glassBody }, 'glass')).status).toBe(202);
  });

  it('is counted among windows when it is approved, and waits on if there is no room', async () => {
    const world = createClaimWorld();
    const ids: string[] = [];
    for (const key of ['a', 'b', 'c']) ids.push(idOf(await world.ask('pia', {}, key)));
    world.adopt({ caps: { ...policy.caps, windowsPerPerson: 1 } });
    expect((await approve(world, 'lea', ids[0] ?? '')).status).toBe(202);
    expect(codeOf(await approve(world, 'lea', ids[1] ?? ''))).toBe('windowsPerPerson');
    const { row } = (await world.ledger.live.get(ids[1] ?? '')) ?? { row: null };
    expect(row).toMatchObject({ kind: 'waiting', closes: [] });
    const call = { id: ids[0] ?? '', body: {}, headers: { prefer: 'respond-async' } };
    await world.call('closeWindow', 'pia', call);
    await live(world, ids[0] ?? '', world.time.now + minute);
    expect((await approve(world, 'lea', ids[1] ?? '')).status).toBe(202);
  });

  it('is extended within what was approved, and no further', async () => {
    const { world, id } = await awaited();
    await approve(world, 'lea', id);
    await live(world, id, world.time.now + 5 * minute);
    const until = new Date((await readRow(world, id)).grant.untilAt + 60_000).toISOString();
    const body = { until, reason: 'not done' };
    expect(codeOf(await world.call('extendWindow', 'pia', { id, body }))).toBe(
      'extendPastApproval',
    );
  });
});

const glassBody = { breakGlass: true, reason: 'The whole site is down and nobody answers' };
