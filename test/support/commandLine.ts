import { windowView, type WindowView } from '../../shared/contract/windowView';
import { run } from '../../cli/postern/run';
import type { Surroundings } from '../../cli/postern/surroundings';
import { openRow } from './connecting';
import { placementOf } from './placements';

/** One request as the command sent it. */
export type Heard = {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
  readonly redirect: string;
};

/** What stands behind `fetch`. Throwing is a broken connection. */
export type Behind = (heard: Heard) => Response | Promise<Response>;

export type Said = {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  readonly heard: readonly Heard[];
  /** How long it waited, ms, one entry a wait. */
  readonly waits: readonly number[];
};

/** Runs the command line against something that answers; time passes only where it waits. */
export async function runAgainst(
  argv: readonly string[],
  behind: Behind,
  changes: Partial<Surroundings> = {},
): Promise<Said> {
  const said = { out: '', err: '' };
  const heard: Heard[] = [];
  const waits: number[] = [];
  let now = Date.parse('2026-01-01T10:00:00.000Z');
  const exitCode = await run(argv, {
    fetch: async (url, init) => {
      const one = heardOf(url, init);
      heard.push(one);
      return behind(one);
    },
    stdout: (text) => (said.out += text),
    stderr: (text) => (said.err += text),
    env: {},
    now: () => now,
    wait: async (ms) => {
      waits.push(ms);
      now += ms;
    },
    isTerminal: { stdin: false, stdout: false, stderr: false },
    ask: async () => '',
    interrupt: new AbortController().signal,
    saveFile: async () => null,
    signIn: async () => ({ token: 'a-token', expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
    ...changes,
  });
  return { exitCode, ...said, heard, waits };
}

function heardOf(url: string, { method, headers, body, redirect }: RequestInit): Heard {
  const { pathname, search } = new URL(url);
  return {
    method: method ?? '',
    path: `${pathname}${search}`,
    url,
    headers: new Headers(headers),
    body: typeof body === 'string' ? JSON.parse(body) : null,
    redirect: redirect ?? '',
  };
}

/** A JSON answer. */
export function answered(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}

/** A problem as the API words it. */
export function refusedWith(
  code: string,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  more: object = {},
): Response {
  const problem = { title: `What refused: ${code}.`, status, code, detail: 'Do that.', ...more };
  return answered(problem, status, { 'content-type': 'application/problem+json', ...headers });
}

/** A connection that broke, as Node's fetch says it. */
export function brokenBy(code: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}

export const id = 'abcdefghij234567abcd';

/** A window that is open, as the API shows it. */
export function view(changes: Partial<WindowView> = {}): WindowView {
  const row = { ...openRow(), placements: [placementOf()] };
  return { ...windowView(row), id, self: `/api/windows/${id}`, phase: 'open', ...changes };
}

/** A page that is the only one. */
export function list(...windows: WindowView[]) {
  return { windows, next: null, isWhole: true };
}

/** Answers in this order, the last one for ever; an error is thrown. */
export function inTurn(...answers: (() => Response | Error)[]): Behind {
  let at = 0;
  return () => {
    const answer = answers[Math.min(at, answers.length - 1)]?.();
    at += 1;
    if (answer === undefined) throw new Error('There is no answer.');
    if (answer instanceof Error) throw answer;
    return answer;
  };
}
