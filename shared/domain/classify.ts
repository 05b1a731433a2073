import type { FaultFacts, FaultKind } from './fault';

/** What came back, or Node's code if nothing did. Header names in lower case; `body` as text. */
export type Outcome =
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly errorCode: string };

/** Nobody is told to wait longer than this; what is done about it is `reactionTo`'s to say. */
export const retryAfterMaxMs = 3_600_000;

/**
 * Sorts a refused or failed call of Resource Manager into the classes that decide what is done
 * next. Codes and texts: learn.microsoft.com "Troubleshoot common Azure deployment errors",
 * "Understand how Azure Resource Manager throttles requests", and the public reports named in the
 * tests' fixtures. One code can mean two things (`OperationNotAllowed` is a throttle with 429 and a
 * state with 409), so the status decides first.
 */
export function classify(outcome: Outcome): FaultFacts {
  if ('errorCode' in outcome) {
    // Resets, time-outs, name and certificate errors alike: nobody knows what the other side did.
    const code = cleanCode(outcome.errorCode);
    return { kind: 'unavailable', code, status: 0, retryAfterMs: null };
  }
  const { status, headers } = outcome;
  const said = readError(outcome.body);
  return {
    kind: kindOf(status, said),
    code: cleanCode(said.codes.findLast((code) => code !== '') ?? ''),
    status,
    retryAfterMs: retryAfterOf(status, headers, said.text),
  };
}

type Said = { readonly codes: readonly string[]; readonly text: string };

function kindOf(status: number, said: Said): FaultKind {
  const named = said.codes.map((code) => kindByCode.get(code)).find((kind) => kind !== undefined);
  if (named !== undefined) return named;
  if (status === 429) return 'throttled';
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'denied';
  // A 404 without Resource Manager's own error body is some proxy's, and proves nothing.
  if (status === 404) return said.codes.some((code) => code !== '') ? 'missing' : 'unavailable';
  if (status === 412) return 'changed';
  if (status === 409 || status === 423) return isBusy(said) ? 'busy' : 'invalid';
  if (passing.includes(status) || status >= 500) return 'unavailable';
  return status >= 400 ? 'invalid' : 'unavailable';
}

/**
 * Codes that say more than their status, outermost first. The body of an operation that was
 * cancelled comes with 200 or 202; a policy's refusal has been seen with 403 and 409.
 */
const kindByCode: ReadonlyMap<string, FaultKind> = new Map([
  ['AadPremiumLicenseRequired', 'licence'],
  ['ScopeLocked', 'locked'],
  ['RequestDisallowedByPolicy', 'denied'],
  ['ReadOnlyDisabledSubscription', 'denied'],
  ['SecurityRuleConflict', 'conflict'],
  ['RetryableError', 'busy'],
  ['RetryableErrorDueToAnotherOperation', 'busy'],
  ['ReferencedResourceNotProvisioned', 'busy'],
  ['AnotherOperationInProgress', 'busy'],
  ['CanceledAndSupersededDueToAnotherOperation', 'busy'],
]);

/** Refusals of the way there, not of the request: proxies, time-outs, a client that was given up. */
const passing: readonly number[] = [407, 408, 421, 425, 499];

/** A 409 is somebody else's operation unless it says that the resource's state forbids ours. */
function isBusy({ codes, text }: Said): boolean {
  if (!codes.includes('OperationNotAllowed')) return true;
  return /another operation is in progress/i.test(text);
}

/** Codes and texts of an error body, outermost first: wrapped in `error`, bare, or nothing readable. */
function readError(body: string): Said {
  const parsed = parseJson(body);
  const error = asRecord(asRecord(parsed)?.['error']) ?? asRecord(parsed);
  if (error === null) return { codes: [], text: '' };
  const details = Array.isArray(error['details']) ? error['details'] : [];
  const parts = [error, ...details.slice(0, 5).map(asRecord)].filter((part) => part !== null);
  return {
    codes: parts.map((part) => textOf(part['code'])),
    text: parts.map((part) => textOf(part['message'])).join('\n'),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function asRecord(value: unknown): Record<string, unknown> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return { ...value };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 2_000) : '';
}

/** Codes end up in rows and logs: letters, digits and little else. */
function cleanCode(code: string): string {
  const cleaned = code.replaceAll(/[^A-Za-z0-9_.-]/g, '').slice(0, 80);
  return cleaned === '' ? 'NoCode' : cleaned;
}

const waitTexts = [/can be retried in (\d{1,6}) seconds/i, /try again after '(\d{1,6})' seconds/i];

function retryAfterOf(
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
): number | null {
  const wait =
    milliseconds(headers['retry-after-ms']) ??
    milliseconds(headers['x-ms-retry-after-ms']) ??
    secondsOrDate(headers['retry-after'], headers['date']) ??
    (status === 429 ? clockTime(headers['x-ms-user-quota-resets-after']) : null) ??
    waitInText(text);
  return wait === null ? null : Math.min(wait, retryAfterMaxMs);
}

function milliseconds(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,12}$/.test(text.trim()) ? Number(text) : null;
}

/** `17`, or an HTTP date, judged by the `Date` of the same answer: two clocks would be one too many. */
function secondsOrDate(text: string | undefined, date: string | undefined): number | null {
  if (text === undefined) return null;
  const seconds = milliseconds(text);
  if (seconds !== null) return seconds * 1_000;
  if (!/^[A-Z][a-z]{2,8}, .{10,40}$/.test(text)) return null;
  const [until, from] = [Date.parse(text), Date.parse(date ?? '')];
  return Number.isNaN(until) || Number.isNaN(from) ? null : Math.max(0, until - from);
}

/**
 * Resource Graph's `00:00:05`. It stands on every answer of it, so only with a 429 does it ask for
 * a wait: a 403 that was repeated each five seconds would be repeated for a day.
 */
function clockTime(text: string | undefined): number | null {
  const match = /^(\d{2}):(\d{2}):(\d{2})$/.exec(text ?? '');
  if (match === null) return null;
  return (Number(match[1]) * 3_600 + Number(match[2]) * 60 + Number(match[3])) * 1_000;
}

function waitInText(text: string): number | null {
  for (const form of waitTexts) {
    const match = form.exec(text);
    if (match !== null) return Number(match[1]) * 1_000;
  }
  return null;
}
