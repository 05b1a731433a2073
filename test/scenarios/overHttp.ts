import type { WindowView } from '../../shared/contract/windowView';
import type { SimulationOptions } from '../support/simulatedAzure';
import { onNic, onSubnet, type Story, stories } from '../support/stories';

/** The bound for an early close without faults: a late PUT, a second DELETE. */
const boundSeconds = 210;
const elsewhere = '198.51.100.9';
const home = '203.0.113.10';

type Answer = { readonly status: number; readonly body: WindowView & { readonly code?: string } };
type Asked = {
  readonly as?: string;
  readonly from?: string;
  readonly key?: string;
  readonly more?: Record<string, string>;
};

describe('a window that somebody asks for over HTTP', () => {
  const { begin } = stories();
  const wanted = { vms: ['vm-app-01'], duration: '1h', reason: 'Disk is full' };

  /** Ada's role is active, and its own window has been closed by her. */
  async function activated(options: SimulationOptions = {}): Promise<Story> {
    const story = await begin(options);
    story.activate({ minutes: 150 });
    await story.seconds(20);
    const [own] = await list(story);
    expect((await post(story, `windows/${own?.id}/close`, {})).status).toBe(202);
    await story.seconds(boundSeconds);
    expect(story.standing()).toEqual({});
    return story;
  }

  it('opens from where the call came, on the active role, and closes at its own end', async () => {
    const story = await activated();
    const { status, body } = await post(story, 'windows', wanted, { from: home });
    expect([status, body.phase, body.askedBy]).toEqual([202, 'planned', 'request']);
    await story.seconds(20);
    expect(Object.keys(story.standing())).toEqual([onSubnet, onNic]);
    expect(story.reaches('vm-app-01', home)).toBe(true);
    expect(story.reaches('vm-app-01', elsewhere)).toBe(false);
    await story.minutes(57);
    expect(story.standing()).toEqual({});
    expect(await get(story, body.id)).toMatchObject({ phase: 'closed', closeReason: 'expired' });
  });

  it('is one window, however often it is asked for, and at once', async () => {
    const story = await activated();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => post(story, 'windows', wanted, { from: home })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    await story.seconds(20);
    expect(Object.values(story.standing()).map((rules) => rules.length)).toEqual([1, 1]);
    await story.minutes(60);
  });

  it('goes with the activation that it stands on, when that is given back', async () => {
    const story = await activated();
    const { body } = await post(story, 'windows', wanted, { from: home });
    await story.seconds(30);
    expect(story.reaches('vm-app-01', home)).toBe(true);
    story.deactivate();
    await story.seconds(boundSeconds);
    expect(story.standing()).toEqual({});
    expect((await get(story, body.id)).closeReason).toBe('deactivated');
    expect((await post(story, 'windows', wanted, { from: home, key: 'again' })).body.code).toBe(
      'noActiveRole',
    );
  });

  it('is extended in place, and closed by one call that waits for the proof', async () => {
    const story = await activated();
    const { body } = await post(story, 'windows', wanted, { from: home });
    await story.seconds(30);
    const until = new Date(Date.parse(body.until) + 30 * 60_000).toISOString();
    const extend = { until, reason: 'Still full' };
    expect((await post(story, `windows/${body.id}/extend`, extend)).status).toBe(202);
    await story.seconds(150);
    expect((await get(story, body.id)).until).toBe(until);
    await story.minutes(60);
    expect(story.reaches('vm-app-01', home)).toBe(true);
    const closing = post(story, `windows/${body.id}/close`, { reason: 'Done' }, {}, 'wait=60');
    await story.seconds(60);
    const closed = await closing;
    expect(closed.status).toBe(200);
    expect(closed.body.rules.map(({ goneAt }) => goneAt !== null)).toEqual([true, true]);
    expect(story.standing()).toEqual({});
  });

  it('is told beforehand, to the last byte of what would be sent, and nothing is done', async () => {
    const sent: { method: string; url: string; body: unknown }[] = [];
    const story = await activated({
      onAnswer: ({ method, url, body }) => {
        const json: unknown =
          typeof body === 'string' && method === 'PUT' ? JSON.parse(body) : null;
        if (method !== 'GET' && method !== 'POST') sent.push({ method, url, body: json });
      },
    });
    sent.length = 0;
    const dry = await post(story, 'windows?dryRun=true', wanted);
    expect([dry.status, dry.body.dryRun, dry.body.phase]).toEqual([202, true, 'planned']);
    await story.seconds(60);
    expect([story.standing(), sent, (await list(story)).length]).toEqual([{}, [], 0]);

    // Asked in the same second, both mean the same deadline.
    const again = await post(story, 'windows?dryRun=true', wanted);
    const real = await post(story, 'windows', wanted);
    await story.seconds(30);
    expect(sent.map(withoutOrder)).toEqual(again.body.calls?.map(withoutOrder));
    expect(sent.map(({ method }) => method)).toEqual(['PUT', 'PUT']);

    const path = `windows/${real.body.id}`;
    const until = new Date(Date.parse(real.body.until) + 600_000).toISOString();
    const extend = { until, reason: 'Still full' };
    const before = await get(story, real.body.id);
    const dryExtend = await post(story, `${path}/extend?dryRun=true`, extend);
    const dryClose = await post(story, `${path}/close?dryRun=true`, {});
    expect([dryExtend.status, dryClose.status]).toEqual([202, 202]);
    expect(await get(story, real.body.id)).toEqual(before);
    sent.length = 0;
    await post(story, `${path}/extend`, extend);
    await story.seconds(150);
    expect(sent.map(withoutOrder)).toEqual(dryExtend.body.calls?.map(withoutOrder));
    sent.length = 0;
    await post(story, `${path}/close`, {});
    await story.seconds(5);
    expect(sent.map(withoutOrder)).toEqual(dryClose.body.calls?.map(withoutOrder));
    await story.minutes(5);
    expect((await post(story, `${path}/close?dryRun=true`, {})).status).toBe(200);
    const repeated = await post(story, `${path}/extend?dryRun=true`, extend);
    expect([repeated.status, repeated.body.phase, repeated.body.calls]).toEqual([
      200,
      'closed',
      [],
    ]);
    const another = await post(story, `${path}/extend?dryRun=true`, extend, { key: 'another' });
    expect(another.body.code).toBe('extendClosing');
    expect((await post(story, 'windows?dryRun=yes', wanted)).status).toBe(400);
  });

  it('is closed in time although its host dies right after the answer', async () => {
    const story = await activated();
    await post(story, 'windows', wanted, { from: home });
    story.killHost();
    await story.seconds(5);
    await story.startHost();
    await story.minutes(3);
    expect(story.reaches('vm-app-01', home)).toBe(true);
    await story.minutes(58);
    expect(story.standing()).toEqual({});
  });

  it.each([
    ['somebody without a role', { as: 'sam', from: home }, 'noActiveRole'],
    ['another place than policy lets in', { from: '192.0.2.99' }, undefined],
    [
      'a place that only a header of the caller’s names',
      { from: '192.0.2.99', more: { 'x-forwarded-for': `${home}:1, ${home}:2` } },
      undefined,
    ],
  ])('lets in no %s', async (_who, asked, code) => {
    const story = await activated();
    const { body } = await post(story, 'windows', wanted, asked);
    expect(body.code).toBe(code);
    await story.seconds(30);
    expect(story.reaches('vm-app-01', '192.0.2.99')).toBe(false);
    expect(story.reaches('vm-app-01', home)).toBe(false);
    await story.minutes(60);
  });
});

async function post(
  story: Story,
  path: string,
  body: object,
  { as = 'ada', from = home, key = 'pager-4711', more = {} }: Asked = {},
  prefer = 'respond-async',
): Promise<Answer> {
  const headers = { 'idempotency-key': key, 'x-local-address': from, prefer, ...more };
  const at = new Date().toISOString();
  const answer = await call(story, { method: 'POST', path, as, headers, body });
  const { status, body: view } = answer;
  if (path === 'windows' && status < 300) noteRequest(story, view, at);
  return answer;
}

/** A call that was granted explains one window to the verdict, however often it was sent. */
function noteRequest(story: Story, { id, person }: WindowView, at: string): void {
  const ids = granted.get(story) ?? new Set();
  granted.set(story, ids);
  if (!ids.has(id)) story.requests.push({ principalId: person.objectId, at });
  ids.add(id);
}

/** Members of objects have no order, and Azure compares paths without case. */
function withoutOrder({ method, url, body }: { method: string; url: string; body: unknown }) {
  return { method, url: url.toLowerCase(), body };
}

const granted = new WeakMap<Story, Set<string>>();

async function get(story: Story, id: string): Promise<WindowView> {
  return (await call(story, { method: 'GET', path: `windows/${id}`, as: 'ada', headers: {} })).body;
}

async function list(story: Story): Promise<WindowView[]> {
  const { body } = await call(story, { method: 'GET', path: 'windows', as: 'ada', headers: {} });
  return (body as unknown as { windows: WindowView[] }).windows;
}

type Sent = {
  readonly method: string;
  readonly path: string;
  readonly as: string;
  readonly headers: Record<string, string>;
  readonly body?: object;
};

async function call(story: Story, { method, path, as, headers, body }: Sent): Promise<Answer> {
  const answer = await story.host().http({
    method,
    url: `${story.host().address.origin}/api/${path}`,
    headers: { 'x-local-persona': as, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: JSON.parse(String(answer.body)) };
}
