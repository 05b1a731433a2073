import {
  answered,
  type Behind,
  brokenBy,
  type Heard,
  id,
  inTurn,
  list,
  refusedWith,
  runAgainst,
  view,
} from '../../support/commandLine';
import type { Surroundings } from '../../../cli/postern/surroundings';
import { installVirtualTime } from '../../virtualTime';

const open = ['open', 'vm-1', '--for', '1h', '--reason', 'Disk is full'];

/** As the API does it: one window for each key, and the answer to the first call may be lost. */
function keyed(loseFirst: boolean): { behind: Behind; made: Set<string> } {
  const made = new Set<string>();
  let isLost = loseFirst;
  const behind: Behind = ({ headers }) => {
    made.add(headers.get('idempotency-key') ?? '');
    if (isLost) {
      isLost = false;
      throw brokenBy('ECONNRESET');
    }
    return answered(view(), 201);
  };
  return { behind, made };
}

describe('what is sent', () => {
  const one = `/api/windows/${id}`;
  it.each<[argv: string[], method: string, path: string, body: object | null]>([
    [open, 'POST', '/api/windows', { vms: ['vm-1'], duration: '1h', reason: 'Disk is full' }],
    [
      [...open, 'vm-2', '--ports', 'ssh,8443', '--ticket', 'T1', '--source', '203.0.113.7/32'],
      'POST',
      '/api/windows',
      {
        vms: ['vm-1', 'vm-2'],
        duration: '1h',
        reason: 'Disk is full',
        ports: ['ssh', '8443'],
        ticket: 'T1',
        source: '203.0.113.7/32',
      },
    ],
    [[...open, '--dry-run'], 'POST', '/api/windows?dryRun=true', expect.anything()],
    [
      ['extend', id, '--until', '2026-01-01T12:00:00Z', '--reason', 'Still full', '--dry-run'],
      'POST',
      `${one}/extend?dryRun=true`,
      { until: '2026-01-01T12:00:00.000Z', reason: 'Still full' },
    ],
    [['close', id, '--dry-run'], 'POST', `${one}/close?dryRun=true`, {}],
    [
      ['extend', id, '--until', '2026-01-01T13:00:00+01:00', '--reason', 'Still full'],
      'POST',
      `${one}/extend`,
      { until: '2026-01-01T12:00:00.000Z', reason: 'Still full' },
    ],
    [['close', id], 'POST', `${one}/close`, {}],
    [['close', id.toUpperCase(), '--reason', 'Done'], 'POST', `${one}/close`, { reason: 'Done' }],
    [
      ['close-all', '--reason', 'Now', '--confirm', 'close all', '--scope', '/subscriptions/x'],
      'POST',
      '/api/windows/close-all',
      { confirm: 'close all', reason: 'Now', scope: '/subscriptions/x' },
    ],
    [
      ['list', '--state', 'open', '--vm', 'a b', '--since', '2026-01-01T09:00Z', '--all'],
      'GET',
      '/api/windows?state=open&vm=a+b&since=2026-01-01T09%3A00%3A00.000Z&all=true&limit=100',
      null,
    ],
    [
      [...open, '--break-glass'],
      'POST',
      '/api/windows',
      { vms: ['vm-1'], duration: '1h', reason: 'Disk is full', breakGlass: true },
    ],
    [['list', '--review'], 'GET', '/api/windows?review=open&limit=100', null],
    [['approve', id], 'POST', `${one}/approve`, {}],
    [['approve', id, '--reason', 'I know'], 'POST', `${one}/approve`, { remark: 'I know' }],
    [['deny', id, '--reason', 'Not now'], 'POST', `${one}/deny`, { reason: 'Not now' }],
    [['review', id], 'GET', `${one}/review`, null],
    [['review', id, '--remark', 'Was right'], 'POST', `${one}/review`, { remark: 'Was right' }],
    [['show', id], 'GET', one, null],
    [['connect', id, '--vm', 'vm-1'], 'GET', `${one}/connect?vm=vm-1`, null],
    [['connect', id, '--rdp', 'a.rdp'], 'GET', `${one}/connect.rdp`, null],
  ])('%j', async (argv, method, path, body) => {
    const { heard } = await runAgainst(argv, () => answered(view()));
    expect(heard[0]).toMatchObject({ method, path, redirect: 'manual' });
    expect(heard[0]?.body).toEqual(body);
  });

  it.each([
    [open, 'wait=30'],
    [[...open, '--wait', '0'], 'respond-async'],
    [[...open, '--wait', '300'], 'wait=60'],
    [['close', id], 'wait=60'],
  ])('lets the API wait: %j %s', async (argv, prefer) => {
    const gone = view({ outcome: 'closed' });
    const { heard } = await runAgainst(argv, () => answered(argv === open ? view() : gone));
    expect(heard[0]?.headers.get('prefer')).toBe(prefer);
  });

  it('adds --by to the window’s own deadline, once, and says so', async () => {
    let calls = 0;
    const behind: Behind = ({ method, body }) => {
      if (method === 'GET') return answered(view({ until: '2026-01-01T12:00:00.000Z' }));
      calls += 1;
      if (calls === 1) throw brokenBy('UND_ERR_SOCKET');
      const { until } = body as { until: string };
      return answered(view({ until, wantedUntil: until }));
    };
    const argv = ['extend', id, '--by', '30m', '--reason', 'Still full'];
    const { exitCode, err, heard } = await runAgainst(argv, behind);
    expect([exitCode, heard.length]).toEqual([0, 3]);
    const asked = heard.slice(1).map(({ body }) => (body as { until: string }).until);
    expect(asked).toEqual(['2026-01-01T12:30:00.000Z', '2026-01-01T12:30:00.000Z']);
    expect(err).toContain('--until 2026-01-01T12:30:00.000Z');
  });
});

describe('how a call ends', () => {
  const html = () =>
    new Response('<h1>Sign in</h1>', { status: 200, headers: { 'content-type': 'text/html' } });
  const redirect = () => new Response(null, { status: 302, headers: { location: 'https://x.y' } });
  const huge = () => new Response(new Uint8Array(17_000_000));
  const again = { 'retry-after': '5' };
  it.each<[what: string, answers: (() => Response | Error)[], exitCode: number, calls: number]>([
    ['is open', [() => answered(view(), 201)], 0, 1],
    ['is refused', [() => refusedWith('noActiveRole', 403)], 1, 1],
    ['is refused with a code of tomorrow', [() => refusedWith('moonIsFull', 409)], 1, 1],
    ['has too many windows', [() => refusedWith('windowsPerPerson', 429)], 1, 1],
    ['is over already', [() => answered(view({ phase: 'closed' }))], 1, 1],
    ['is refused on the way', [() => answered(view({ phase: 'refused' }))], 1, 1],
    ['calls too often, then not', [() => refusedWith('tooManyRequests', 429, again), ok], 0, 2],
    ['finds it away, then there', [() => refusedWith('unavailable', 503, again), ok], 0, 2],
    ['finds it away for ever', [() => refusedWith('unavailable', 503, again)], 3, 4],
    ['is told to come in an hour', [() => refusedWith('unavailable', 503, hour)], 3, 1],
    ['finds openings off', [() => refusedWith('openingsDisabled', 503)], 3, 1],
    ['is reset, then heard', [() => brokenBy('ECONNRESET'), ok], 0, 2],
    ['is always reset', [() => brokenBy('ECONNRESET')], 3, 4],
    ['finds nobody there', [() => brokenBy('ECONNREFUSED')], 3, 1],
    ['meets a false certificate', [() => brokenBy('CERT_HAS_EXPIRED')], 3, 1],
    ['meets a page', [html], 3, 1],
    ['meets a redirect', [redirect], 3, 1],
    ['meets a flood', [huge], 3, 1],
    ['meets half a JSON', [() => halfJson()], 3, 1],
    ['meets another JSON', [() => answered({ id: 7 })], 3, 1],
    ['meets a gateway', [() => new Response('Bad Gateway', { status: 502 })], 3, 1],
    ['has no token', [() => refusedWith('tokenMissing', 401)], 4, 1],
    ['has no token, says the platform', [() => new Response('', { status: 401 })], 4, 1],
    ['is a guest', [() => refusedWith('guest', 403)], 4, 1],
  ])('%s', async (_what, answers, exitCode, calls) => {
    const said = await runAgainst(open, inTurn(...answers));
    expect([said.exitCode, said.heard.length]).toEqual([exitCode, calls]);
    expect(said.err.split('\n').length).toBeGreaterThan(exitCode === 0 ? 1 : 2);
    const keys = said.heard.map(({ headers }) => headers.get('idempotency-key'));
    expect(new Set(keys).size).toBe(1);
    expect(said.err).toContain(`--key ${keys[0]}`);
  });

  it('is one window although the first answer was lost', async () => {
    const { behind, made } = keyed(true);
    const { exitCode, out } = await runAgainst([...open, '--key', 'pager-4711'], behind);
    expect([exitCode, [...made]]).toEqual([0, ['pager-4711']]);
    expect(out).toContain(`Window ${id} is OPEN`);
  });

  it('heeds how long it is told to wait', async () => {
    const busy = () => refusedWith('tooManyRequests', 429, { 'retry-after': '17' });
    const { waits } = await runAgainst(open, inTurn(busy, busy, ok));
    expect(waits).toEqual([17_000, 17_000]);
  });

  it('polls on after the API’s own wait, up to its limit', async () => {
    const opening = () => answered(view({ phase: 'opening' }), 202);
    const wait = [...open, '--wait', '10'];
    const late = await runAgainst(
      wait,
      inTurn(opening, opening, () => refusedWith('x', 500), ok),
    );
    expect([late.exitCode, late.heard.length]).toEqual([0, 4]);
    expect(late.heard[1]).toMatchObject({ method: 'GET', path: `/api/windows/${id}` });
    const never = await runAgainst(wait, inTurn(opening));
    expect([never.exitCode, never.waits.reduce((sum, ms) => sum + ms)]).toEqual([3, 10_000]);
    expect(never.err).toContain('opens all the same');
  });

  it('is closed when each rule is read as gone, and not before', async () => {
    const [rule] = view().rules;
    if (rule === undefined) throw new Error('There is no rule.');
    const closing = (...phases: string[]) =>
      answered(view({ phase: 'closing', rules: phases.map((phase) => ({ ...rule, phase })) }), 202);
    const wait = ['close', id, '--wait', '4'];
    const gone = await runAgainst(
      wait,
      inTurn(
        () => closing('closing', 'gone'),
        () => closing('gone', 'closed'),
      ),
    );
    expect([gone.exitCode, gone.heard.length]).toEqual([0, 2]);
    const denied = await runAgainst(
      wait,
      inTurn(() => closing('gone', 'disarmed')),
    );
    expect(denied.exitCode).toBe(3);
    expect(denied.err).toContain('closes all the same');
  });

  it('says that an extend was dropped', async () => {
    const argv = ['extend', id, '--until', '2026-01-01T20:00:00Z', '--reason', 'Still full'];
    const under = view({ wantedUntil: '2026-01-01T20:00:00.000Z' });
    const { until } = view();
    const dropped = view({ wantedUntil: until });
    const answers = [() => answered(under, 202), () => answered(dropped)];
    const { exitCode, err } = await runAgainst(argv, inTurn(...answers));
    expect([exitCode, err]).toEqual([1, expect.stringContaining('was dropped')]);
  });

  it.each([
    [open, 'opens all the same'],
    [['close', id], 'closes all the same'],
  ])('says at Ctrl-C what goes on: %j', async (argv, text) => {
    const controller = new AbortController();
    const wait = async () => controller.abort();
    const answer = () => answered(view({ phase: 'closing', outcome: null, rules: [] }), 202);
    const opening = () => answered(view({ phase: 'opening' }), 202);
    const behind = inTurn(argv === open ? opening : answer);
    const { exitCode, err } = await runAgainst(argv, behind, {
      wait,
      interrupt: controller.signal,
    });
    expect([exitCode, err]).toEqual([130, expect.stringContaining(text)]);
  });

  /** Never answers, and ends as Node's fetch does when it is told to. */
  const silent: Surroundings['fetch'] = (_url, { signal }) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    });

  it('says at Ctrl-C before any answer that what was granted opens all the same', async () => {
    const controller = new AbortController();
    const ended = runAgainst(open, ok, { fetch: silent, interrupt: controller.signal });
    controller.abort();
    const { exitCode, err } = await ended;
    expect([exitCode, err]).toEqual([130, expect.stringContaining('opens all the same')]);
  });

  it('waits no longer than half a minute beyond what the API may take', async () => {
    const time = installVirtualTime();
    try {
      let exitCode: number | null = null;
      const ended = runAgainst(open, ok, { fetch: silent }).then((said) => {
        exitCode = said.exitCode;
        return said;
      });
      await time.pass(59_000);
      expect(exitCode).toBeNull();
      await time.pass(2_000);
      expect(exitCode).toBe(3);
      expect((await ended).err).toContain('did not answer within 60 s');
    } finally {
      time.uninstall();
    }
  });

  function ok(): Response {
    return answered(view(), 201);
  }
  function halfJson(): Response {
    return new Response('{"id":', { headers: { 'content-type': 'application/json' } });
  }
  const hour = { 'retry-after': '3600' };
});

describe('a command line that is wrong', () => {
  it.each([
    [[]],
    [['opne']],
    [['open', 'vm-1', '--for', '1h']],
    [['open', 'vm-1', '--for', 'an hour', '--reason', 'x']],
    [['open', '--for', '1h', '--reason', 'x']],
    [[...open, '--ports', '']],
    [[...open, '--wait', '-1']],
    [[...open, '--key', 'a b']],
    [[...open, '--url', 'http://postern.example']],
    [[...open, '--url', 'https://postern.example']],
    [[...open, '--url', 'https://a:b@127.0.0.1']],
    [[...open, '--url', 'http://127.0.0.1.postern.example']],
    [
      [
        ...open,
        '--url',
        'https://postern.example',
        '--api-scope',
        'api://x/.default',
        '--as',
        'ada',
      ],
    ],
    [
      [
        ...open,
        '--url',
        'https://postern.example',
        '--api-scope',
        'api://x/.default',
        '--from',
        '::1',
      ],
    ],
    [[...open, '--as', 'ada\r\nx: y']],
    [[...open, '--from', 'here']],
    [['extend', id, '--reason', 'x']],
    [['extend', id, '--reason', 'x', '--by', '1h', '--until', '2026-01-01T12:00:00Z']],
    [['extend', id, '--reason', 'x', '--until', '2026-01-01T12:00:00']],
    [['close', 'abc']],
    [['close', '../../x']],
    [['close-all', '--reason', 'x']],
    [['close-all', '--reason', 'x', '--confirm', 'yes']],
    [['list', '--state', 'ajar']],
  ])('%j sends nothing', async (argv) => {
    const { exitCode, heard, out } = await runAgainst(argv, () => answered(view()));
    expect([exitCode, heard.length, out]).toEqual([2, 0, '']);
  });

  it('explains itself on request, exit codes and all', async () => {
    const { exitCode, out } = await runAgainst(['--help'], () => answered(view()));
    expect([exitCode, out]).toEqual([0, expect.stringContaining('Exit codes:')]);
  });
});

describe('signing in', () => {
  const abroad = { POSTERN_URL: 'https://postern.example', POSTERN_SCOPE: 'api://x/.default' };

  it('sends the token of the scope, and says it nowhere', async () => {
    const asked: string[] = [];
    const signIn = async (scope: string) => {
      asked.push(scope);
      return { token: 'secret-token', expiresOnTimestamp: Number.MAX_SAFE_INTEGER };
    };
    const behind = inTurn(
      () => answered(view({ phase: 'opening' }), 202),
      () => answered(view()),
    );
    const said = await runAgainst([...open, '--verbose'], behind, { env: abroad, signIn });
    expect(said.exitCode).toBe(0);
    expect(asked).toEqual(['api://x/.default']);
    const sent = said.heard.map(({ headers }) => headers.get('authorization'));
    expect(sent).toEqual(['Bearer secret-token', 'Bearer secret-token']);
    expect(said.err).toContain('POST https://postern.example/api/windows: 202');
    expect(said.out + said.err).not.toContain('secret-token');
  });

  it('gets another token before the first one expires, and none more often', async () => {
    const tokens = ['first', 'second'];
    const signIn = async () => ({
      token: tokens.shift() ?? 'third',
      expiresOnTimestamp: Date.parse('2026-01-01T10:02:05.000Z') + (1 - tokens.length) * 3_600_000,
    });
    const opening = () => answered(view({ phase: 'opening' }), 202);
    const behind = inTurn(opening, opening, opening, opening, () => answered(view()));
    const { heard } = await runAgainst(open, behind, { env: abroad, signIn });
    const sent = heard.map(({ headers }) => headers.get('authorization')?.slice('Bearer '.length));
    expect(sent).toEqual(['first', 'first', 'first', 'second', 'second']);
  });

  it('ends when nobody is signed in, and repeats nothing of why', async () => {
    const signIn = async (): Promise<never> => {
      throw new Error('az said: secret-token');
    };
    const said = await runAgainst(open, () => answered(view()), { env: abroad, signIn });
    expect([said.exitCode, said.heard.length]).toEqual([4, 0]);
    expect(said.err).toContain('az login');
    expect(said.err).not.toContain('secret-token');
  });

  it('is who it is told to be on this machine alone', async () => {
    const argv = ['list', '--as', 'olga', '--from', '203.0.113.10'];
    const { heard } = await runAgainst(argv, () => answered(list()));
    const [one] = heard as [Heard];
    expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:7071\/api\/windows\?/);
    expect(one.headers.get('x-local-persona')).toBe('olga');
    expect(one.headers.get('x-local-address')).toBe('203.0.113.10');
    expect(one.headers.get('authorization')).toBeNull();
  });
});
