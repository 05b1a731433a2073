import { exitCodes, Ending } from './ending';
import type { Surroundings } from './surroundings';

/** An answer as it came, whole. */
export type Reply = {
  readonly status: number;
  readonly contentType: string;
  /** How long it asks to wait, ms; `null` where it does not. */
  readonly retryAfterMs: number | null;
  readonly text: string;
};

/** No answer: why, and whether asking again may help. */
export type Lost = { readonly why: string; readonly again: boolean };

export type Sent = {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutMs: number;
  /** What is saved may be larger than what is shown. */
  readonly isSaved?: boolean;
};

/** A page of 200 windows is a tenth of it. */
const answerMaxBytes = 16_000_000;
/** A report of 50,000 VMs that all failed is a half of it. */
const savedMaxBytes = 256_000_000;

/** The answer may have been on its way when the connection broke. */
const broken = ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'UND_ERR_SOCKET'];

/** Sends one request and reads one answer, no redirect followed. Throws `Ending` at Ctrl-C. */
export async function oneCall(
  { fetch, interrupt, now }: Pick<Surroundings, 'fetch' | 'interrupt' | 'now'>,
  { url, method, headers, body, timeoutMs, isSaved = false }: Sent,
): Promise<Reply | Lost> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  const signal = AbortSignal.any([interrupt, late.signal]);
  try {
    if (interrupt.aborted) throw interrupted();
    const response = await fetch(url, { method, headers, body, redirect: 'manual', signal });
    const bytesMax = isSaved ? savedMaxBytes : answerMaxBytes;
    const text = await textOf(response, bytesMax);
    if (text === null) {
      return { why: `it answered more than ${bytesMax / 1_000_000} MB`, again: false };
    }
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      retryAfterMs: retryAfterMs(response.headers.get('retry-after'), now()),
      text,
    };
  } catch (error) {
    if (interrupt.aborted) throw interrupted();
    if (late.signal.aborted) {
      return { why: `it did not answer within ${timeoutMs / 1_000} s`, again: false };
    }
    return lostBy(error);
  } finally {
    clearTimeout(timer);
  }
}

/** The end at Ctrl-C; whoever knows what goes on all the same says so instead. */
export function interrupted(): Ending {
  return new Ending(exitCodes.interrupted, 'Interrupted.');
}

/** What `fetch` fails with has a cause. What has none is a mistake of ours. */
function lostBy(error: unknown): Lost {
  const cause = memberOf(error, 'cause');
  if (cause === undefined) throw error;
  const code = memberOf(cause, 'code');
  const why = typeof code === 'string' ? code : 'the request could not be sent';
  return { why, again: typeof code === 'string' && broken.includes(code) };
}

function memberOf(holder: unknown, key: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
}

/** The body; `null` when it is larger than anything that the API says. */
async function textOf(response: Response, bytesMax: number): Promise<string | null> {
  if (response.body === null) return '';
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      await reader.cancel();
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
