import { run } from '../../cli/postern/run';
import type { Surroundings } from '../../cli/postern/surroundings';
import type { WindowView } from '../../shared/contract/windowView';
import { appGroup, type Story, stories } from '../support/stories';

const home = '203.0.113.10';
const boundSeconds = 210;

type Said = { readonly exitCode: number; readonly out: string; readonly err: string };

describe('the command line, against the app', () => {
  const { begin } = stories();
  const open = ['open', 'vm-app-01', '--for', '1h', '--reason', 'Disk is full', '--from', home];

  /** Ada's role is active, and its own window has been closed by her. */
  async function activated(): Promise<Story> {
    const story = await begin();
    story.activate({ minutes: 150 });
    await story.seconds(20);
    const own = windowsOf(await type(story, ['list', '--json']));
    const closed = await type(story, ['close', own[0]?.id.slice(0, 6) ?? '', '--reason', 'Mine']);
    expect([closed.exitCode, story.standing()]).toEqual([0, {}]);
    await story.seconds(boundSeconds);
    return story;
  }

  it('opens, lists, shows, leads there, extends and closes', async () => {
    const story = await activated();
    const opened = await asks(story, [...open, '--key', 'pager-4711', '--json']);
    expect([opened.exitCode, opened.err]).toEqual([0, expect.stringContaining('pager-4711')]);
    expect(story.reaches('vm-app-01', home)).toBe(true);
    const { id, until } = JSON.parse(opened.out) as WindowView;

    const again = await type(story, [...open, '--key', 'pager-4711', '--json']);
    expect((JSON.parse(again.out) as WindowView).id).toBe(id);
    expect(windowsOf(await type(story, ['list', '--json'])).map((one) => one.id)).toEqual([id]);
    expect((await type(story, ['list'])).out).toContain('vm-app-01');
    const beginning = id.slice(0, 4);
    expect((await type(story, ['show', beginning])).out).toContain(`Window ${id} is OPEN`);
    expect((await type(story, ['connect', beginning])).out).toContain('vm-app-01');

    const extend = ['extend', beginning, '--by', '30m', '--reason', 'Still full', '--wait', '200'];
    const extended = await type(story, [...extend, '--json']);
    const later = new Date(Date.parse(until) + 30 * 60_000).toISOString();
    expect([extended.exitCode, (JSON.parse(extended.out) as WindowView).until]).toEqual([0, later]);

    const closed = await type(story, ['close', beginning]);
    expect([closed.exitCode, story.standing()]).toEqual([0, {}]);
    expect(closed.out).toContain('gone since');
    await story.minutes(5);
    expect(windowsOf(await type(story, ['list', '--json']))).toEqual([]);
    expect((await type(story, ['show', beginning])).out).toContain('is CLOSED');
  });

  it('does nothing where it is only asked what it would do', async () => {
    const story = await activated();
    const { exitCode, out } = await type(story, [...open, '--dry-run']);
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/Nothing was done.*\n {2}PUT /)]);
    await story.seconds(60);
    expect(story.standing()).toEqual({});

    const { id } = JSON.parse((await asks(story, [...open, '--json'])).out) as WindowView;
    const shown = ['show', id, '--json'];
    const [stands, rules] = [(await type(story, shown)).out, story.standing()];
    const extend = ['extend', id, '--by', '30m', '--reason', 'Still full', '--dry-run'];
    expect((await type(story, extend)).out).toMatch(/Nothing was done.*\n {2}PUT /);
    expect((await type(story, ['close', id, '--dry-run'])).out).toMatch(/done.*\n {2}DELETE /);
    await story.seconds(60);
    expect([(await type(story, shown)).out, story.standing()]).toEqual([stands, rules]);
    await type(story, ['close', id]);
    await story.minutes(5);
  });

  it.each([
    [['--as', 'sam'], 1, 'noActiveRole'],
    [['--as', 'nobody'], 4, 'token'],
    [['--ports', 'nonsense'], 1, '/ports'],
  ])('opens nothing with %j: exit %d', async (more, exitCode, text) => {
    const story = await activated();
    const said = await type(story, [...open, ...more]);
    expect([said.exitCode, said.err]).toEqual([exitCode, expect.stringContaining(text)]);
    await story.seconds(30);
    expect(story.standing()).toEqual({});
  });

  it('closes all for whoever administers', async () => {
    const story = await activated();
    expect((await asks(story, open)).exitCode).toBe(0);
    const all = ['close-all', '--reason', 'Now', '--confirm', 'close all'];
    expect((await type(story, all)).exitCode).toBe(1);
    const role = { person: 'dora@contoso.com', role: 'Owner', scope: appGroup };
    story.azure.pim.plainAssignment(role);
    expect((await type(story, [...all, '--as', 'dora'])).exitCode).toBe(0);
    await story.seconds(boundSeconds);
    expect(story.standing()).toEqual({});
  });
});

function windowsOf({ exitCode, out, err }: Said): WindowView[] {
  expect([exitCode, err]).toEqual([0, '']);
  return (JSON.parse(out) as { windows: WindowView[] }).windows;
}

/** A call that opens a window explains one more of them to the verdict. */
async function asks(story: Story, argv: readonly string[]): Promise<Said> {
  const ada = '33333333-3333-4333-8333-333333333333';
  story.requests.push({ principalId: ada, at: new Date().toISOString() });
  return type(story, argv);
}

/** Types a line and lets time pass until it has ended. */
async function type(story: Story, argv: readonly string[]): Promise<Said> {
  const said = { out: '', err: '' };
  let exitCode: number | null = null;
  const ended = run(argv, surroundingsOf(story, said)).then((code) => {
    exitCode = code;
  });
  await story.time.passUntil(() => exitCode !== null, 600_000);
  await ended;
  return { exitCode: exitCode ?? Number.NaN, ...said };
}

function surroundingsOf(story: Story, said: { out: string; err: string }): Surroundings {
  return {
    fetch: async (url, { method = 'GET', headers, body }) => {
      const { pathname, search } = new URL(url);
      const answer = await story.host().http({
        method,
        url: `${story.host().address.origin}${pathname}${search}`,
        // Who says nothing is Ada, as with `npm start`.
        headers: { 'x-local-persona': 'ada', ...Object.fromEntries(new Headers(headers)) },
        ...(typeof body === 'string' ? { body } : {}),
      });
      return new Response(Buffer.from(answer.body), answer);
    },
    stdout: (text) => (said.out += text),
    stderr: (text) => (said.err += text),
    env: {},
    now: () => Date.now(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    isTerminal: { stdin: false, stdout: false, stderr: false },
    ask: async () => '',
    interrupt: new AbortController().signal,
    saveFile: async () => null,
    signIn: async () => ({ token: '', expiresOnTimestamp: 0 }),
  };
}
