import type { ArmRequest, ArmResponse, Caller } from '../contract';
import type { DeviceCodes } from './deviceCodes';
import type { Identity } from './identity';
import { json, refused } from './respond';
import { decode, isSame } from './secrets';
import type { Tokens } from './tokens';
import { askedFor } from './wanted';

/** What the token endpoint works with. */
export type GrantParts = {
  tokens: Tokens;
  identities: readonly Identity[];
  deviceCodes: DeviceCodes;
};

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/**
 * Answers the token endpoint: client credentials for apps, password and device code for people.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function grant(parts: GrantParts, request: ArmRequest, origin: string): ArmResponse {
  if (request.method !== 'POST') return refused(405, 'invalid_request', 'AADSTS900561: only POST.');
  const form = new URLSearchParams(request.body ?? '');
  const kind = form.get('grant_type') ?? '';
  if (kind === 'client_credentials') {
    const found = app(parts.identities, form, request);
    return 'status' in found ? found : issue(parts.tokens, found, form, origin);
  }
  if (kind === 'password') {
    const found = person(parts.identities, form);
    return 'status' in found ? found : issue(parts.tokens, found, form, origin);
  }
  if (kind === DEVICE_CODE || kind === 'device_code') {
    const found = parts.deviceCodes.take(form);
    if ('status' in found) return found;
    form.set('scope', found.scope);
    return issue(parts.tokens, found.person, form, origin);
  }
  return refused(400, 'unsupported_grant_type', `AADSTS70003: the grant type '${kind}'.`);
}

function app(
  identities: readonly Identity[],
  form: URLSearchParams,
  request: ArmRequest,
): Identity | ArmResponse {
  const [id, secret] = clientOf(form, request);
  const found = identities.find(({ clientId }) => clientId?.toLowerCase() === id.toLowerCase());
  if (!found) {
    const text = `AADSTS700016: Application with identifier '${id}' was not found in the directory.`;
    return refused(400, 'unauthorized_client', text);
  }
  if (found.secret === undefined || !isSame(secret, found.secret)) {
    return refused(401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.');
  }
  return found;
}

function person(identities: readonly Identity[], form: URLSearchParams): Identity | ArmResponse {
  const name = form.get('username') ?? '';
  const found = identities.find(
    ({ caller }) => caller.kind === 'person' && caller.name.toLowerCase() === name.toLowerCase(),
  );
  if (!found) {
    const text = `AADSTS50034: The user account ${name} does not exist.`;
    return refused(400, 'invalid_grant', text);
  }
  if (found.secret === undefined || !isSame(form.get('password') ?? '', found.secret)) {
    return refused(400, 'invalid_grant', 'AADSTS50126: Invalid username or password.');
  }
  return found;
}

function issue(
  tokens: Tokens,
  { caller, clientId }: Identity,
  form: URLSearchParams,
  origin: string,
): ArmResponse {
  const asked = askedFor(form, tokens, caller.kind === 'person');
  if ('error' in asked) return refused(400, asked.error, asked.description);
  const wanted = { ...asked.wanted, ...(clientId === undefined ? {} : { clientId }), origin };
  const { token, expiresAt } = tokens.issueToken(caller, wanted);
  const expiresIn = Math.floor((expiresAt - Date.now()) / 1000);
  return json(200, {
    token_type: 'Bearer',
    expires_in: expiresIn,
    ext_expires_in: expiresIn,
    access_token: token,
    ...personalPart(tokens, caller, form, origin),
  });
}

/**
 * What a person's client gets besides: the ID token that the scope `openid` asks for, and MSAL's
 * `client_info`. The Azure CLI keeps no account without the first.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth-ropc
 */
function personalPart(
  tokens: Tokens,
  caller: Caller,
  form: URLSearchParams,
  origin: string,
): object {
  const clientId = form.get('client_id') ?? '';
  const asked = form.get('scope')?.split(/\s+/) ?? [];
  if (caller.kind !== 'person' || clientId === '' || !asked.includes('openid')) return {};
  const { tenantId, issueIdToken } = tokens;
  const info = JSON.stringify({ uid: caller.objectId, utid: tenantId });
  return {
    id_token: issueIdToken(caller, clientId, origin),
    ...(form.get('client_info') === '1'
      ? { client_info: Buffer.from(info).toString('base64url') }
      : {}),
  };
}

function clientOf(form: URLSearchParams, request: ArmRequest): [id: string, secret: string] {
  const basic = /^basic\s+(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  if (basic === undefined) return [form.get('client_id') ?? '', form.get('client_secret') ?? ''];
  const text = Buffer.from(basic, 'base64').toString();
  const colon = text.indexOf(':');
  return [decode(text.slice(0, colon)), decode(text.slice(colon + 1))];
}
