import { Ending, exitCodes } from './ending';
import { judgeReply, type Wanted } from './judgeReply';
import { interrupted, type Lost, oneCall, type Reply } from './oneCall';
import type { Settings } from './settings';
import type { AccessToken, Surroundings } from './surroundings';
import { plain } from './words';

/** One call of the API. Repeating it as it is must be harmless. */
export type Call = {
  readonly method?: 'POST';
  /** Under `/api/`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the API itself may take before it answers. */
  readonly waitMs?: number;
  readonly wanted?: Wanted;
};

export type Client = {
  /** The JSON of the answer, or its text where that is no JSON. Throws `Ending`. */
  send(call: Call): Promise<unknown>;
  /** Waits, and throws `Ending` at Ctrl-C. */
  pause(ms: number): Promise<void>;
};

const answerWithinMs = 30_000;
const againAtMost = 3;
const heedAtMostMs = 60_000;
/** A token that is about to expire would do so on the way. */
const tokenLeastMs = 120_000;

/**
 * Calls the API. A call whose answer was lost, or that is told to come again within a minute, is
 * sent again as it was, three times at most; the token is got once, and again before it expires.
 */
export function createClient(
  settings: Settings,
  surroundings: Surroundings,
  note: (text: string) => void,
): Client {
  const { now, wait, interrupt } = surroundings;
  const authorization = authorizer(settings, surroundings);

  const pause = async (ms: number): Promise<void> => {
    let leave = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      leave = resolve;
      interrupt.addEventListener('abort', leave);
    });
    await Promise.race([wait(ms), asked]);
    interrupt.removeEventListener('abort', leave);
    if (interrupt.aborted) throw interrupted();
  };

  const attempt = async (call: Call): Promise<Reply | Lost> => {
    const { method = 'GET', path, body, waitMs = 0 } = call;
    const query = new URLSearchParams(call.query).toString();
    const url = `${settings.base}/api/${path}${query === '' ? '' : `?${query}`}`;
    const headers = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...settings.headers,
      ...call.headers,
      ...(await authorization()),
    };
    const startedAt = now();
    const answer = await oneCall(surroundings, {
      url,
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      timeoutMs: answerWithinMs + waitMs,
      isSaved: call.wanted !== undefined && call.wanted !== 'json',
    });
    const what = 'status' in answer ? String(answer.status) : answer.why;
    note(`${method} ${url}: ${what}, ${now() - startedAt} ms`);
    return answer;
  };

  return {
    pause,
    send: async (call) => {
      for (let done = 0; ; done += 1) {
        const answer = await attempt(call);
        const againInMs = done < againAtMost ? againIn(answer, done) : null;
        if (againInMs === null) return judged(answer, call, settings);
        note(`once more in ${againInMs / 1_000} s`);
        await pause(againInMs);
      }
    },
  };
}

function judged(answer: Reply | Lost, { wanted = 'json' }: Call, { base }: Settings): unknown {
  if ('status' in answer) return judgeReply(answer, wanted);
  throw new Ending(exitCodes.unreached, `${base} is not reached: ${answer.why}.`);
}

/** How long until the same call is sent again, ms; `null`: not again. */
function againIn(answer: Reply | Lost, done: number): number | null {
  if ('why' in answer) return answer.again ? 1_000 * 2 ** done : null;
  if (answer.status !== 429 && answer.status !== 503) return null;
  const { retryAfterMs } = answer;
  return retryAfterMs !== null && retryAfterMs <= heedAtMostMs ? retryAfterMs : null;
}

/** The header that says who calls. The token leaves this function in no other way. */
function authorizer({ scope, deviceCode }: Settings, surroundings: Surroundings) {
  const { signIn, now, stderr, interrupt } = surroundings;
  let known: AccessToken | null = null;
  return async (): Promise<{ authorization?: string }> => {
    if (scope === null) return {};
    if (known === null || known.expiresOnTimestamp - now() < tokenLeastMs) {
      const say = (text: string): void => stderr(`${plain(text)}\n`);
      try {
        known = await signIn(scope, { deviceCode, say, interrupt });
      } catch {
        if (interrupt.aborted) throw interrupted();
        // What the library says may hold what the Azure CLI printed: it is left out on purpose.
        const next = 'Sign in with az login, or add --device-code.';
        throw new Ending(exitCodes.notSignedIn, `There is no token for ${scope}. ${next}`);
      }
    }
    return { authorization: `Bearer ${known.token}` };
  };
}
