import { keyedMax } from '../../../shared/domain/request/keyedWrite';
import { parseRecord } from '../../../shared/domain/audit/auditRecord';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import { type Answer, apiOf, type Call } from '../../support/callApi';
import { ada, faultOf, type IntakeWorld } from '../../support/intakeWorld';
import { holds, openWorld } from '../../support/openWorld';

const later = '2026-01-01T12:30:00Z';
const extending = { until: later, reason: 'not done yet' };
const all = { confirm: 'close all', reason: 'fire drill' };
const dayMs = 86_400_000;

type Verb = 'extendWindow' | 'closeWindow' | 'closeAllWindows';

/** Olga closes all, Ada does the rest; nobody waits. */
function call(world: IntakeWorld, verb: Verb, key: string, more: Call = {}): Promise<Answer> {
  const bodies = { extendWindow: extending, closeWindow: { reason: 'done' }, closeAllWindows: all };
  const headers = { 'idempotency-key': key, prefer: 'respond-async' };
  const as = verb === 'closeAllWindows' ? 'olga' : 'ada';
  return apiOf(world, world.starter).call(verb, { as, body: bodies[verb], headers, ...more });
}

async function rowOf(world: IntakeWorld, id: string): Promise<WindowRow> {
  const stored = await world.ledger.windows.get(id);
  if (stored === null) throw new Error('There is no window.');
  return stored.row;
}

async function change(world: IntakeWorld, id: string, changes: Partial<WindowRow>): Promise<void> {
  const stored = await world.ledger.windows.get(id);
  if (stored === null) throw new Error('There is no window.');
  await world.ledger.windows.replace({ ...stored.row, ...changes }, stored.etag);
}

/** What stood open before is given back: the next call of the table fails. */
function failOnce(table: object, name: string): void {
  const own: unknown = Reflect.get(table, name);
  Object.assign(table, {
    [name]: async () => {
      Object.assign(table, { [name]: own });
      throw faultOf('unavailable');
    },
  });
}

async function wishesOf(world: IntakeWorld): Promise<string[]> {
  const found: string[] = [];
  const period = { from: world.at - dayMs, to: world.at + dayMs };
  for await (const { line } of world.audit.list(period)) {
    const step = parseRecord(line)?.step ?? '';
    if (step.endsWith('Wished')) found.push(step);
  }
  return found;
}

describe.each(['extendWindow', 'closeWindow', 'closeAllWindows'] as const)('%s', (verb) => {
  async function begin() {
    const { world, id } = await openWorld();
    holds(world);
    return { world, id, more: verb === 'closeAllWindows' ? {} : { id } };
  }

  it('with a key sent again is answered again, and done once, also at once', async () => {
    const { world, id, more } = await begin();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => call(world, verb, 'k', more)),
    );
    answers.push(await call(world, verb, 'k', more));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect((await rowOf(world, id)).generation).toBe(1);
    expect(await wishesOf(world)).toHaveLength(1);
  });

  it('with a key that has another body is refused, and changes nothing', async () => {
    const { world, id, more } = await begin();
    await call(world, verb, 'k', more);
    const before = await rowOf(world, id);
    const other = {
      extendWindow: { ...extending, until: '2026-01-01T12:31:00Z' },
      closeWindow: { reason: 'for another reason' },
      closeAllWindows: { ...all, person: ada },
    }[verb];
    const query = verb === 'closeAllWindows' ? '' : '?dryRun=true';
    for (const asked of [{}, { query }]) {
      const answer = await call(world, verb, 'k', { ...more, ...asked, body: other });
      expect(answer).toMatchObject({ status: 422, body: { code: 'idempotencyKeyReused' } });
    }
    expect(await rowOf(world, id)).toEqual(before);
    expect((await call(world, verb, 'k', more)).status).toBe(202);
  });

  it.each(['a b', 'ä', 'x'.repeat(129), '\u0001', 'k, k'])(
    'with a key that is none is not understood, and changes nothing: %j',
    async (key) => {
      const { world, id, more } = await begin();
      const before = await rowOf(world, id);
      const headers = { 'idempotency-key': key };
      // A header that cannot even be sent stands for one that a proxy let through.
      const sent = /^[\x20-\x7e]*$/.test(key) ? headers : { 'idempotency-key': `${key.length} x` };
      const answer = await call(world, verb, '', { ...more, headers: sent });
      expect(answer).toMatchObject({ status: 400, body: { code: 'idempotencyKeyMissing' } });
      expect(await rowOf(world, id)).toEqual(before);
    },
  );

  it('with the key of somebody else has nothing to do with theirs', async () => {
    const { world, id, more } = await begin();
    await call(world, verb, 'k', more);
    const body = { extendWindow: { ...extending, until: '2026-01-01T12:40:00Z' } }[verb as string];
    const as = verb === 'closeAllWindows' ? 'ada' : 'olga';
    const answer = await call(world, verb, 'k', { ...more, as, body: body ?? all });
    expect(answer.body['code']).not.toBe('idempotencyKeyReused');
    if (verb === 'extendWindow') {
      expect(answer.status).toBe(202);
      expect((await rowOf(world, id)).wantedUntil).toBe(Date.parse('2026-01-01T12:40:00Z'));
    }
  });

  it('without a key is what it always was, and nothing is remembered', async () => {
    const { world, id, more } = await begin();
    const headers = { prefer: 'respond-async' };
    const answers = [
      await call(world, verb, '', { ...more, headers }),
      await call(world, verb, '', { ...more, headers }),
    ];
    expect(answers[0]?.status).toBe(202);
    expect((await rowOf(world, id)).keyed).toBeUndefined();
    expect(await world.ledger.answers.list()).toEqual([]);
  });

  it('leaves nothing of the key, or of what was sent with it, in the ledger', async () => {
    const { world, more } = await begin();
    await call(world, verb, 'canary-4711', more);
    const rows = [...(await world.ledger.windows.list()), ...(await world.ledger.answers.list())];
    expect(JSON.stringify(rows)).not.toMatch(/canary|not done yet|fire drill/);
  });
});

describe('an extend with a key', () => {
  it('that was dropped since is not wished once more', async () => {
    const { world, id } = await openWorld();
    await call(world, 'extendWindow', 'k', { id });
    const { until, generation } = await rowOf(world, id);
    await change(world, id, { wantedUntil: until ?? 0, generation: generation + 1 });
    const again = await call(world, 'extendWindow', 'k', { id });
    expect([again.status, again.body['until']]).toEqual([200, again.body['wantedUntil']]);
    expect((await rowOf(world, id)).wantedUntil).toBe(until);
    expect(await wishesOf(world)).toHaveLength(1);
    expect((await call(world, 'extendWindow', 'another', { id })).status).toBe(202);
    expect((await rowOf(world, id)).wantedUntil).toBe(Date.parse(later));
  });

  it('that was refused may be sent again once its cause is gone', async () => {
    const { world, id } = await openWorld();
    const far = { ...extending, until: '2026-01-01T12:45:00Z' };
    const [instance] = world.instances;
    if (instance === undefined) throw new Error('Nothing is active.');
    world.instances = [{ ...instance, endAt: Date.parse(later) }];
    const refused = await call(world, 'extendWindow', 'k', { id, body: far });
    expect(refused.body['code']).toBe('extendPastActivation');
    world.instances = [instance];
    expect((await call(world, 'extendWindow', 'k', { id, body: far })).status).toBe(202);
  });

  it('that died between its write and its record is recorded by its repeat', async () => {
    const { world, id } = await openWorld();
    failOnce(world.audit, 'append');
    expect((await call(world, 'extendWindow', 'k', { id })).status).toBe(503);
    expect(await wishesOf(world)).toEqual([]);
    expect((await call(world, 'extendWindow', 'k', { id })).status).toBe(202);
    expect(await wishesOf(world)).toEqual(['extendWished']);
    expect((await rowOf(world, id)).generation).toBe(1);
  });

  it('may be written in another way', async () => {
    const { world, id } = await openWorld();
    await call(world, 'extendWindow', 'k', { id });
    const body = ` {"reason":"not done yet", "until":"2026-01-01T13:30:00.000+01:00"}`;
    expect((await call(world, 'extendWindow', 'k', { id, body })).status).toBe(202);
    expect((await rowOf(world, id)).generation).toBe(1);
  });

  it('and a close with the same key are two writes', async () => {
    const { world, id } = await openWorld();
    await call(world, 'extendWindow', 'k', { id });
    expect((await call(world, 'closeWindow', 'k', { id })).status).toBe(202);
    expect((await rowOf(world, id)).wish).toBe('closed');
  });

  it('opens nothing a day later: it tells of the window that is over', async () => {
    const { world, id } = await openWorld();
    await call(world, 'extendWindow', 'k', { id });
    const { until } = await rowOf(world, id);
    const over = { wish: 'closed', closeReason: 'expired', concludedAt: world.at } as const;
    await change(world, id, { ...over, placements: [], wantedUntil: until ?? 0 });
    world.at += dayMs;
    const before = await rowOf(world, id);
    const starts = world.starts.length;
    const again = await call(world, 'extendWindow', 'k', { id });
    expect(again).toMatchObject({ status: 200, body: { phase: 'closed' } });
    expect(await rowOf(world, id)).toEqual(before);
    expect(world.starts).toHaveLength(starts);
  });

  it('takes no more room than so many: the oldest are forgotten', async () => {
    const { world, id } = await openWorld();
    for (let at = 0; at < keyedMax + 8; at += 1) {
      world.at += 10_000;
      await call(world, 'closeWindow', `k${at}`, { id });
    }
    expect((await rowOf(world, id)).keyed).toHaveLength(keyedMax);
    const other = { id, body: { reason: 'another' } };
    expect((await call(world, 'closeWindow', `k${keyedMax + 7}`, other)).status).toBe(422);
    expect((await call(world, 'closeWindow', 'k0', other)).status).toBe(202);
  });
});

describe('close-all with a key', () => {
  /** Ada's window, whose wish is taken back: it stands for one that was opened since. */
  async function reopened(world: IntakeWorld, id: string): Promise<void> {
    await change(world, id, { wish: 'open', closeReason: null });
  }

  async function begin() {
    const { world, id } = await openWorld();
    holds(world);
    return { world, id };
  }

  it('does not close what came since, and does so with a new key', async () => {
    const { world, id } = await begin();
    const first = await call(world, 'closeAllWindows', 'k');
    await reopened(world, id);
    world.at += dayMs - 1;
    expect((await call(world, 'closeAllWindows', 'k')).body).toEqual(first.body);
    expect((await rowOf(world, id)).wish).toBe('open');
    expect((await call(world, 'closeAllWindows', 'another')).status).toBe(202);
    expect((await rowOf(world, id)).wish).toBe('closed');
  });

  it('is another one a day later', async () => {
    const { world, id } = await begin();
    await call(world, 'closeAllWindows', 'k');
    await reopened(world, id);
    world.at += dayMs;
    const body = { ...all, reason: 'another drill' };
    expect((await call(world, 'closeAllWindows', 'k', { body })).status).toBe(202);
    expect((await rowOf(world, id)).wish).toBe('closed');
  });

  it('that died half-way is done to the end by its repeat', async () => {
    const { world, id } = await begin();
    failOnce(world.ledger.windows, 'replace');
    expect((await call(world, 'closeAllWindows', 'k')).status).toBe(503);
    expect((await rowOf(world, id)).wish).toBe('open');
    expect(await call(world, 'closeAllWindows', 'k')).toMatchObject({
      status: 202,
      body: { closing: 1 },
    });
    expect((await rowOf(world, id)).wish).toBe('closed');
  });

  it('closes although the key cannot be saved', async () => {
    const { world, id } = await begin();
    for (const name of ['insert', 'replace']) {
      Object.assign(world.ledger.answers, {
        [name]: async () => {
          throw faultOf('unavailable');
        },
      });
    }
    expect((await call(world, 'closeAllWindows', 'k')).status).toBe(202);
    expect((await rowOf(world, id)).wish).toBe('closed');
  });

  it('that closes nothing is not remembered, and a stranger leaves no row', async () => {
    const { world } = await begin();
    const nothing = await call(world, 'closeAllWindows', 'k', { as: 'mallory' });
    expect(nothing.body['code']).toBe('nothingToClose');
    expect(await world.ledger.answers.list()).toEqual([]);
  });

  it('leaves one row for each caller, however many keys there were', async () => {
    const { world, id } = await begin();
    for (let at = 0; at < keyedMax + 8; at += 1) {
      world.at += 10_000;
      await reopened(world, id);
      await call(world, 'closeAllWindows', `k${at}`);
    }
    const rows = (await world.ledger.answers.list()).map(({ row }) => row);
    expect(rows.map(({ closeAlls }) => closeAlls.length)).toEqual([keyedMax]);
  });
});
