import type { WindowRow } from '../../../shared/domain/window/windowRow';
import { apiOf, type Answer, type Call } from '../../support/callApi';
import { type CallerName, personOf } from '../../support/callers';
import { faultOf, group, type instanceOf, subscription, vmRow } from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { holds, openWorld } from '../../support/openWorld';
import { placementOf } from '../../support/placements';

const settle = 10_000;

const nobodys = { reason: 'to see' };
const calls = {
  getWindow: {},
  closeWindow: { body: {} },
  extendWindow: { body: { until: '2026-01-01T12:30:00Z', ...nobodys } },
  approveWindow: { body: { remark: 'I know of it' } },
  denyWindow: { body: nobodys },
  readReview: {},
  reviewWindow: { body: { remark: 'Looked into it, and it was right' } },
} as const satisfies Record<string, Call>;

type Verb = keyof typeof calls | 'listWindows' | 'requestWindow' | 'closeAllWindows';
type Expected = Readonly<Record<Verb, number | string>>;
const wanted = { vms: ['vm-1'], duration: '1h', reason: 'Disk is full' };

const nobody = (status: number): Expected => ({
  listWindows: status,
  getWindow: status,
  closeWindow: status,
  extendWindow: status,
  requestWindow: status,
  closeAllWindows: status,
  approveWindow: status,
  denyWindow: status,
  readReview: status,
  reviewWindow: status,
});

/** Ada's window asks nobody else: there is nothing to approve, and no broken glass. */
const asked = { approveWindow: 'approvalNotAwaited', denyWindow: 'approvalNotAwaited' } as const;
const unknown = { approveWindow: 404, denyWindow: 404 } as const;
const whole = { readReview: 404, reviewWindow: 404 } as const;

/** Who may do what with Ada's window. A list's answer: how many windows it shows. */
const matrix: Readonly<Record<string, Expected>> = {
  ada: {
    listWindows: '1 windows',
    getWindow: 200,
    closeWindow: 202,
    extendWindow: 202,
    requestWindow: 202,
    closeAllWindows: 'nothingToClose',
    ...asked,
    ...whole,
  },
  olga: {
    listWindows: '1 windows',
    getWindow: 200,
    closeWindow: 202,
    extendWindow: 202,
    requestWindow: 'noActiveRole',
    closeAllWindows: 202,
    ...asked,
    ...whole,
  },
  audrey: {
    listWindows: '1 windows',
    getWindow: 200,
    closeWindow: 404,
    extendWindow: 404,
    requestWindow: 'noActiveRole',
    closeAllWindows: 'nothingToClose',
    ...unknown,
    ...whole,
  },
  mallory: {
    listWindows: '0 windows',
    getWindow: 404,
    closeWindow: 404,
    extendWindow: 404,
    requestWindow: 'noActiveRole',
    closeAllWindows: 'nothingToClose',
    ...unknown,
    ...whole,
  },
  guest: nobody(403),
  expired: nobody(401),
  'of-another-tenant': nobody(401),
  '': nobody(401),
};

async function ask(world: IntakeWorld, as: string, verb: Verb, id: string): Promise<Answer> {
  const api = apiOf(world, world.starter);
  const who = as === '' ? null : as;
  const headers = { prefer: 'respond-async', 'x-forwarded-for': '203.0.113.10:1' };
  if (verb === 'listWindows') return api.call(verb, { as: who });
  if (verb === 'closeAllWindows') {
    return api.call(verb, { as: who, body: { confirm: 'close all', ...nobodys } });
  }
  if (verb === 'requestWindow') {
    return api.call(verb, {
      as: who,
      body: wanted,
      headers: { ...headers, 'idempotency-key': 'k' },
    });
  }
  return api.call(verb, { as: who, id, headers, ...calls[verb] });
}

const cells = Object.entries(matrix).flatMap(([as, row]) =>
  Object.entries(row).map(([verb, expected]) => ({ as, verb: verb as Verb, expected })),
);

describe('who may do what', () => {
  it.each(cells)('$as, $verb: $expected', async ({ as, verb, expected }) => {
    const { world, id } = await openWorld();
    holds(world);
    const before = (await world.ledger.windows.get(id))?.row;
    const answer = await ask(world, as, verb, id);
    const { status, body: said } = answer;
    const shown = Array.isArray(said['windows']) ? `${said['windows'].length} windows` : '';
    expect([status, said['code'], shown]).toContain(expected);
    const after = (await world.ledger.windows.get(id))?.row;
    const isDone = status === 202;
    const isClosed = isDone && (verb === 'closeWindow' || verb === 'closeAllWindows');
    const isExtended = isDone && verb === 'extendWindow';
    expect(after?.wish).toBe(isClosed ? 'closed' : 'open');
    if (isExtended) expect(after?.wantedUntil).toBe(Date.parse(calls.extendWindow.body.until));
    if (!isClosed && !isExtended) expect(after).toEqual(before);
  });

  it('is answered alike for a window of others and for none', async () => {
    const { world, id } = await openWorld();
    const answers = await Promise.all(
      [id, 'a'.repeat(20)].map((one) => ask(world, 'mallory', 'getWindow', one)),
    );
    expect(answers[0]).toEqual(answers[1]);
  });
});

describe('an administrator', () => {
  type Held = readonly [what: string, holds: Parameters<typeof instanceOf>[0], is: boolean];
  const at = Date.parse('2026-01-01T10:00:05Z');
  const roles: readonly Held[] = [
    ['at the VM', { scope: vmRow('vm-1').vmId }, true],
    ['at the group, in another case', { scope: group.toUpperCase() }, true],
    ['at the subscription', { scope: subscription }, true],
    [
      'at a management group above',
      { scope: '/providers/Microsoft.Management/managementGroups/mg' },
      true,
    ],
    ['by an activation', { assignmentType: 'Activated', startAt: at - 1, endAt: at + 1e6 }, true],
    ['at another group', { scope: `${group}-2` }, false],
    ['at another VM', { scope: `${vmRow('vm-1').vmId}0` }, false],
    ['no more', { startAt: at - 10, endAt: at }, false],
    ['not yet', { startAt: at + 60_000 }, false],
    ['another role', { roleDefinitionGuid: 'acdd72a7-3385-48ef-bd42-f606fba81ae7' }, false],
  ];

  it.each(roles)('who holds Owner %s: %j', async (_what, changes, is) => {
    const { world, id } = await openWorld();
    holds(world, changes);
    const { status } = await ask(world, 'olga', 'getWindow', id);
    expect(status).toBe(is ? 200 : 404);
  });

  it('of one of two machines is none of the window', async () => {
    const { world, id } = await openWorld();
    const stored = await world.ledger.windows.get(id);
    if (stored === null) throw new Error('There is no window.');
    const [target] = stored.row.grant.targets;
    if (target === undefined) throw new Error('There is no target.');
    const second = { ...target, vmId: `${target.vmId}-2` };
    const grant = { ...stored.row.grant, targets: [target, second] };
    await world.ledger.windows.replace({ ...stored.row, grant }, stored.etag);
    holds(world, { scope: target.vmId });
    expect((await ask(world, 'olga', 'closeWindow', id)).status).toBe(404);
  });

  it('is asked about at Resource Manager: without its answer nobody is let in, nor sent away', async () => {
    const { world, id } = await openWorld();
    holds(world);
    world.faults = [faultOf('unavailable'), faultOf('unavailable')];
    expect(await ask(world, 'olga', 'closeWindow', id)).toMatchObject({
      status: 503,
      body: { code: 'unavailable' },
    });
    world.faults = [faultOf('unavailable'), faultOf('unavailable')];
    expect((await ask(world, 'ada', 'closeWindow', id)).status).toBe(202);
    world.faults = [faultOf('unavailable'), faultOf('unavailable')];
    expect((await ask(world, 'olga', 'listWindows', id)).body).toMatchObject({
      windows: [],
      isWhole: false,
    });
  });

  it('by Owner still is one where policy cannot be read', async () => {
    const { world, id } = await openWorld();
    holds(world);
    world.opening = { faults: ['Policy, line 3'] };
    expect((await ask(world, 'audrey', 'getWindow', id)).status).toBe(404);
    expect((await ask(world, 'olga', 'closeWindow', id)).status).toBe(202);
  });
});

describe('POST /api/windows/{id}/close', () => {
  const close = (world: IntakeWorld, id: string, call: Call = {}): Promise<Answer> =>
    apiOf(world, world.starter).call('closeWindow', { id, body: {}, ...call });

  it('answers 200 with the read that showed the rule gone, and what is still watched for', async () => {
    const { world, id } = await openWorld();
    const goneAt = world.at + 4_000;
    onWait(world, async (row) => {
      if (world.at < goneAt) return row;
      return { ...row, placements: [placementOf({ phase: 'gone', goneAt, lastPutAt: begunPut })] };
    });
    const begunPut = world.at - 1_000;
    const answer = await close(world, id);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        phase: 'closing',
        closeReason: 'asked',
        rules: [
          {
            phase: 'gone',
            goneAt: new Date(goneAt).toISOString(),
            watchedUntil: new Date(begunPut + settle).toISOString(),
          },
        ],
      },
    });
  });

  it('saves the wish before anything else, and answers 202 after a minute', async () => {
    const { world, id } = await openWorld();
    const begun = world.at;
    const answer = await close(world, id);
    expect([answer.status, world.at - begun]).toEqual([202, 60_000]);
    expect(answer.headers).toMatchObject({ location: `/api/windows/${id}` });
    expect(world.starts.at(-1)).toMatchObject({ instanceId: `${id}-g1`, input: { helper: true } });
  });

  it('asked a hundred times is one wish', async () => {
    const { world, id } = await openWorld();
    const call = { headers: { prefer: 'respond-async' } };
    const answers = await Promise.all(Array.from({ length: 100 }, () => close(world, id, call)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect((await world.ledger.windows.get(id))?.row.generation).toBe(1);
    const started = world.starts.filter(({ name }) => name === 'accessWindow');
    expect(new Set(started.map(({ instanceId }) => instanceId))).toEqual(new Set([id, `${id}-g1`]));
  });

  it('works without a body, and while policy is faulty', async () => {
    const { world, id } = await openWorld();
    world.opening = { faults: ['Policy, line 3'] };
    const call = { body: undefined, headers: { prefer: 'wait=0' } };
    expect((await close(world, id, call)).status).toBe(202);
  });

  it('is refused to everybody while nobody can be known', async () => {
    const { world, id } = await openWorld();
    world.api = { faults: ['WEBSITE_AUTH_ENABLED is missing'] };
    expect(await close(world, id)).toMatchObject({ status: 503, body: { code: 'apiDisabled' } });
    expect((await world.ledger.windows.get(id))?.row.wish).toBe('open');
  });
});

describe('POST /api/windows/close-all', () => {
  const closeAll = (world: IntakeWorld, body: object, as: CallerName = 'olga'): Promise<Answer> =>
    apiOf(world, world.starter).call('closeAllWindows', { as, body });

  it.each([
    [{ confirm: 'close all' }],
    [{ confirm: 'yes', reason: 'fire drill' }],
    [{ reason: 'fire drill' }],
    [{ confirm: 'close all', reason: 'fire drill', everything: true }],
    [{ confirm: 'close all', reason: 'fire drill', person: 'ada' }],
    [{ confirm: 'close all', reason: 'fire drill', scope: 'rg-app' }],
  ])('%j is not understood, and closes nothing', async (body) => {
    const { world, id } = await openWorld();
    holds(world);
    expect(await closeAll(world, body)).toMatchObject({ status: 400, body: { code: 'badBody' } });
    expect((await world.ledger.windows.get(id))?.row.wish).toBe('open');
  });

  const words = { confirm: 'close all', reason: 'fire drill' };

  it.each([
    [words, true],
    [{ ...words, person: personOf('ada').objectId.toUpperCase() }, true],
    [{ ...words, scope: group }, true],
    [{ ...words, person: personOf('mallory').objectId }, false],
    [{ ...words, scope: `${group}-2` }, false],
  ])('%j: closes %j', async (body, closes) => {
    const { world, id } = await openWorld();
    holds(world);
    const answer = await closeAll(world, body);
    expect(answer.status).toBe(closes ? 202 : 404);
    expect((await world.ledger.windows.get(id))?.row.wish).toBe(closes ? 'closed' : 'open');
  });
});

/** Somebody else works on the row while a caller waits. */
function onWait(world: IntakeWorld, next: (row: WindowRow) => Promise<WindowRow>): void {
  const { wait } = world.clock;
  Object.assign(world.clock, {
    wait: async (ms: number) => {
      await wait(ms);
      for (const { row, etag } of await world.ledger.windows.list()) {
        await world.ledger.windows.replace(await next(row), etag);
      }
    },
  });
}
