import type { ArmResponse } from '../contract';

/** One entry of an error's `details`. */
type ErrorDetail = { code: string; message: string; target?: string };

const jsonType = 'application/json; charset=utf-8';

/** An answer with a JSON body. */
export function answer(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): ArmResponse {
  return answerText(status, JSON.stringify(body), headers);
}

/** An answer whose body is JSON text already. */
export function answerText(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): ArmResponse {
  return { status, headers: { 'content-type': jsonType, ...headers }, body };
}

/** An answer without a body. */
export function empty(status: number, headers: Record<string, string> = {}): ArmResponse {
  return { status, headers: { 'content-length': '0', ...headers } };
}

/** An error of the front door (`gateway`): unknown scopes, roles, locks, throttles. */
export function gatewayError(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): ArmResponse {
  return answer(
    status,
    { error: { code, message } },
    { 'x-ms-failure-cause': 'gateway', ...headers },
  );
}

/** An error of a resource provider, in the form of the Network provider: always with `details`. */
export function serviceError(
  status: number,
  code: string,
  message: string,
  details: ErrorDetail[] = [],
  headers: Record<string, string> = {},
): ArmResponse {
  return answer(
    status,
    { error: { code, message, details } },
    { 'x-ms-failure-cause': 'service', ...headers },
  );
}

/** The code of an error answer's body, wrapped or (as Compute sometimes does) unwrapped. */
export function errorCodeOf(response: ArmResponse): string | undefined {
  if (response.status < 400 || response.body === undefined) return undefined;
  const body = readJson(response.body)?.value;
  if (!isRecord(body)) return undefined;
  const inner = isRecord(body['error']) ? body['error'] : body;
  return typeof inner['code'] === 'string' ? inner['code'] : undefined;
}

/** A text read as JSON; `undefined` where it is none (a proxy's HTML page, say). */
export function readJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
