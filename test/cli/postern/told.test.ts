import {
  answered,
  type Behind,
  id,
  list,
  refusedWith,
  runAgainst,
  view,
} from '../../support/commandLine';

const open = ['open', 'vm-1', '--for', '1h', '--reason', 'Disk is full'];
const hostile = 'a\u001b[2J\u009b31m\r\n\u202eb\u2066c';

describe('what is printed', () => {
  const bad = view({
    reason: hostile,
    ticket: hostile,
    person: { objectId: 'x', name: hostile, mail: hostile },
    vms: [{ id: hostile, name: hostile, power: hostile }],
    refusals: [{ vm: hostile, code: hostile, rule: hostile, next: hostile }],
  });
  const connecting = {
    window: id,
    phase: 'open',
    closingBegins: bad.closingBegins,
    until: bad.until,
    sessions: hostile,
    missing: [{ code: hostile, what: hostile, next: hostile }],
    vms: [
      {
        id: hostile,
        name: hostile,
        lines: [{ via: hostile, line: hostile, note: hostile }],
        rdp: { find: hostile },
        missing: [],
      },
    ],
    self: 'x',
  };
  const strange = { title: hostile, detail: hostile, status: 403, code: hostile };
  const says = (body: unknown) => () => answered(body);
  // What a terminal would obey, or hide.
  const obeyed = /[^\P{Cc}\n]|\p{Cf}/u;

  it.each<[argv: string[], behind: () => Response]>([
    [['show', id], says(bad)],
    [['list'], says(list(bad))],
    [open, says(bad)],
    [open, says({ ...bad, phase: 'refused' })],
    [open, () => answered(strange, 403, { 'content-type': 'application/problem+json' })],
    [open, () => new Response('x', { status: 500, headers: { 'content-type': 'a/\u009b31m' } })],
    [['connect', id], says(connecting)],
    [['close-all', '--reason', 'x', '--confirm', 'close all'], () => closing()],
    ...[['show', id], ['list'], ['connect', id]].map((argv): [string[], () => Response] => [
      [...argv, '--json'],
      says(argv[0] === 'show' ? bad : argv[0] === 'list' ? list(bad) : connecting),
    ]),
  ])('is harmless: %j', async (argv, behind) => {
    const { out, err } = await runAgainst(argv, behind);
    expect(out + err).toContain('31m');
    expect(obeyed.exec(out + err)).toBeNull();
  });

  it('is the API’s own JSON alone where it is asked for', async () => {
    const newer = { ...view(), tomorrow: 1, rules: [] };
    const shown = await runAgainst(['show', id, '--json'], says(newer));
    expect([shown.exitCode, JSON.parse(shown.out), shown.err]).toEqual([0, newer, '']);
    const text = await runAgainst(['show', id], says(newer));
    expect([text.exitCode, text.out]).toEqual([0, expect.stringContaining('is OPEN')]);
    const listed = await runAgainst(['list', '--json'], says(list(bad)));
    expect(JSON.parse(listed.out)).toEqual(list(bad));
    const refused = await runAgainst([...open, '--json'], () => refusedWith('denied', 403));
    expect(JSON.parse(refused.out)).toMatchObject({ code: 'denied', status: 403 });
  });

  it('names the rule that refused, its code, the next step, and each machine', async () => {
    const refusals = [
      { vm: '/a/b/vm-9', code: 'noNic', rule: 'It has none.', next: 'Give it one.' },
    ];
    const errors = [{ pointer: '/reason', detail: 'Write why.' }];
    const { err } = await runAgainst(open, () =>
      refusedWith('noTargets', 422, {}, { refusals, errors }),
    );
    for (const text of [
      'What refused: noTargets. [noTargets]',
      'Next: Do that.',
      'vm-9: It has none. [noNic] Give it one.',
      '/reason: Write why.',
    ]) {
      expect(err).toContain(text);
    }
  });

  it.each([
    [true, {}, true],
    [true, { NO_COLOR: '1' }, false],
    [false, {}, false],
  ])('is coloured on a terminal (%s) with %j: %s', async (isTty, env, isColoured) => {
    const isTerminal = { stdin: isTty, stdout: isTty, stderr: isTty };
    const { out, err } = await runAgainst(open, says(view()), { isTerminal, env });
    expect(out.includes('\u001b[32m')).toBe(isColoured);
    expect(err.includes('The window opens')).toBe(isTty);
  });

  it('tells the calls that a dry run would send', async () => {
    const calls = [{ method: 'PUT' as const, url: 'https://x.y/z', body: {} }];
    const dry = { ...view({ phase: 'planned' }), dryRun: true, calls };
    const { exitCode, out } = await runAgainst([...open, '--dry-run'], says(dry));
    expect([exitCode, out]).toEqual([0, expect.stringContaining('PUT https://x.y/z')]);
  });

  function closing(): Response {
    return answered({ closing: 1, isWhole: false, windows: [{ id: hostile, self: 'x' }] }, 202);
  }
});

describe('lists and ids', () => {
  const other = 'abcdzzzzzz234567abcd';
  const past = 'zzzzefghij234567abcd';

  /** Two that live, on pages of one; one of the past. */
  const pages: Behind = ({ path }) => {
    const query = new URL(path, 'http://x').searchParams;
    if (query.get('all') === 'true') return answered(list(view({ id: past, outcome: 'closed' })));
    if (path.includes('/close')) return answered(view({ outcome: 'closed' }));
    const isSecond = query.get('after') !== null;
    const next = isSecond ? null : 'https://evil.example/api/windows?after=1767261600000.abc';
    return answered({ ...list(view({ id: isSecond ? other : id })), next });
  };

  it('reads all pages, wherever they claim to be', async () => {
    const { exitCode, out, heard } = await runAgainst(['list'], pages);
    expect(exitCode).toBe(0);
    expect([out.includes(id), out.includes(other)]).toEqual([true, true]);
    expect(heard.map(({ url }) => new URL(url).host)).toEqual(['127.0.0.1:7071', '127.0.0.1:7071']);
  });

  it('says where it stopped', async () => {
    const { out, err } = await runAgainst(['list', '--pages', '1'], pages);
    expect([out.includes(id), out.includes(other)]).toEqual([true, false]);
    expect(err).toContain('There are more');
  });

  it('does not go round in a list without an end', async () => {
    const next = '/api/windows?after=1767261600000.abc';
    const { heard } = await runAgainst(['list'], () => answered({ ...list(view()), next }));
    expect(heard.length).toBe(2);
  });

  it.each<[beginning: string, exitCode: number, closed: string | null]>([
    ['abcde', 0, id],
    ['ABCDZ', 0, other],
    ['zzzz', 0, past],
    ['abcd', 2, null],
    ['yyyy', 1, null],
  ])('knows a window by %s', async (beginning, exitCode, closed) => {
    const said = await runAgainst(['close', beginning], pages);
    const closes = said.heard.filter(({ method }) => method === 'POST').map(({ path }) => path);
    expect(said.exitCode).toBe(exitCode);
    expect(closes).toEqual(closed === null ? [] : [`/api/windows/${closed}/close`]);
  });
});

describe('what is asked and what is saved', () => {
  const all = ['close-all', '--reason', 'Now'];
  const isTerminal = { stdin: true, stdout: true, stderr: true };

  it.each([
    ['close all', 0, 1],
    ['yes', 2, 0],
    ['', 2, 0],
  ])('closes all only for the words: %j', async (typed, exitCode, calls) => {
    const answer = { closing: 1, isWhole: true, windows: [{ id, self: 'x' }] };
    const ask = async () => typed;
    const said = await runAgainst(all, () => answered(answer, 202), { isTerminal, ask });
    expect([said.exitCode, said.heard.length]).toEqual([exitCode, calls]);
  });

  it.each([
    [[], null, 0],
    [[], 'EEXIST', 2],
    [['--force'], null, 0],
    [[], 'EACCES', 2],
  ])('saves the file for Remote Desktop %j (%s)', async (more, fault, exitCode) => {
    const saved: unknown[] = [];
    const saveFile = async (...file: unknown[]) => {
      saved.push(file);
      return fault;
    };
    const text = 'full address:s:VM-1\r\n';
    const headers = { 'content-type': 'application/x-rdp; charset=utf-8' };
    const argv = ['connect', id, '--vm', 'vm-1', '--rdp', 'a.rdp', ...more];
    const said = await runAgainst(argv, () => new Response(text, { headers }), { saveFile });
    expect([said.exitCode, saved]).toEqual([exitCode, [['a.rdp', text, more.length > 0]]]);
  });

  it('saves nothing that is no such file', async () => {
    const saveFile = async (): Promise<never> => {
      throw new Error('Nothing is to be saved.');
    };
    const argv = ['connect', id, '--rdp', 'a.rdp'];
    expect((await runAgainst(argv, () => answered({}), { saveFile })).exitCode).toBe(3);
  });
});
