import type { ApiRegistration } from './claims';
import type { Tokens, WantedToken } from './tokens';

/** What a form asks for, or why that cannot be had. */
export type Asked = { wanted: WantedToken } | { error: string; description: string };

/** Scopes of sign-in itself: they name no resource. */
const OWN_SCOPES = new Set(['openid', 'profile', 'email', 'offline_access']);

/** `https://management.core.windows.net//.default`, `api://{id}/user_impersonation`, `{id}/.default` */
const SCOPE = /^([a-z]+:\/\/[^/]+.*|[0-9a-f-]{36})\/([^/]*)$/i;

/**
 * Reads the resource out of a form: version 1 names it, version 2 asks for scopes of it. Somebody
 * who signs in gets what the API offers; an app in its own name can only ask for `.default`.
 * https://learn.microsoft.com/entra/identity-platform/scopes-oidc
 */
export function askedFor(form: URLSearchParams, tokens: Tokens, isPerson: boolean): Asked {
  const resource = form.get('resource');
  const scopes = (form.get('scope') ?? '').split(/\s+/).filter((one) => one !== '');
  const named = scopes.filter((one) => !OWN_SCOPES.has(one)).map(partsOf);
  const audience = resource ?? named[0]?.resource;
  const clientId = form.get('client_id') ?? '';
  if (audience === undefined) return { wanted: {} };
  const api = tokens.apiOf(audience);
  if (api === undefined) {
    if (!/^api:/i.test(audience)) return { wanted: { audience } };
    const text = `AADSTS500011: The resource principal named ${audience} was not found.`;
    return { error: 'invalid_resource', description: text };
  }
  if (isPerson && clientId === '') {
    const text = "AADSTS900144: The request body must contain the parameter 'client_id'.";
    return { error: 'invalid_request', description: text };
  }
  if (named.some((one) => tokens.apiOf(one.resource) !== api)) {
    const text = 'AADSTS28000: The scopes belong to more than one resource.';
    return { error: 'invalid_scope', description: text };
  }
  const names = named.map(({ name }) => name);
  const unknown = names.find((name) => !isOffered(name, api, isPerson));
  if (unknown !== undefined) {
    const text = `AADSTS70011: The scope '${audience}/${unknown}' is not valid.`;
    return { error: 'invalid_scope', description: text };
  }
  const isAll = names.length === 0 || names.includes('.default');
  return { wanted: { audience, clientId, scopes: isAll ? api.scopes : names } };
}

function partsOf(scope: string): { resource: string; name: string } {
  const [, resource = scope, name = ''] = SCOPE.exec(scope) ?? [];
  return { resource, name };
}

function isOffered(name: string, { scopes }: ApiRegistration, isPerson: boolean): boolean {
  return name === '.default' || (isPerson && scopes.includes(name));
}
