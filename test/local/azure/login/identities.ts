import type { Caller } from '../../../../local/azure/contract';
import { createLogin } from '../../../../local/azure/login/createLogin';
import type { Identity } from '../../../../local/azure/login/identity';
import type { TokenOptions } from '../../../../local/azure/login/tokens';

export const TENANT = '22222222-2222-4222-8222-222222222222';
export const BASE = 'https://localhost:18443';
export const CLI = 'dddddddd-0000-4000-8000-000000000001';
export const OPENER_CLIENT = 'dddddddd-0000-4000-8000-000000000002';

export const opener: Caller = { objectId: 'oid-opener', name: 'opener', kind: 'app' };
export const sweeper: Caller = { objectId: 'oid-sweeper', name: 'sweeper', kind: 'app' };
export const cli: Caller = { objectId: 'oid-cli', name: 'cli-reader', kind: 'app' };
export const ada: Caller = { objectId: 'oid-ada', name: 'ada@contoso.com', kind: 'person' };

export const identities: Identity[] = [
  { caller: opener, clientId: OPENER_CLIENT, managed: true },
  { caller: sweeper, managed: true },
  { caller: cli, clientId: CLI, secret: 's3cret:+&' },
  { caller: ada, secret: 'pa55word' },
];

export const login = (settings: Partial<TokenOptions> = {}) =>
  createLogin({ tenantId: TENANT, identities, ...settings });

/** A call to one of sign-in's paths, with its JSON answer. */
export async function call(
  target: ReturnType<typeof login>,
  method: string,
  url: string,
  options: { headers?: Record<string, string>; form?: Record<string, string> } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await target.handle({
    method,
    url: new URL(url, BASE).href,
    headers: options.headers ?? {},
    ...(options.form ? { body: new URLSearchParams(options.form).toString() } : {}),
  });
  if (!answer) return { status: 0, body: {} };
  return {
    status: answer.status,
    body: JSON.parse(answer.body ?? '{}') as Record<string, unknown>,
  };
}

/** Who Resource Manager takes the bearer of this token for. */
export function bearerOf(target: ReturnType<typeof login>, token: unknown): Caller | undefined {
  const authorization = `Bearer ${String(token)}`;
  return target.authenticate({ method: 'GET', url: BASE, headers: { authorization } });
}
