import { randomBytes, randomInt } from 'node:crypto';

import type { ArmRequest, ArmResponse } from '../contract';
import type { Identity } from './identity';
import { json, refused } from './respond';

const LIFETIME_MS = 900_000;
const INTERVAL_S = 5;
/** Nobody waits for more at once; the oldest go first. */
const WAITING_MAX = 1_000;
/** No vowels and nothing that looks like something else. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';

type Waiting = { userCode: string; clientId: string; scope: string; expiresAt: number } & {
  decided?: Identity | 'declined';
};

/** Signing in on another screen: the client shows a code, a person enters it in a browser. */
export type DeviceCodes = {
  /** Answers `/devicecode`: a code for the client and one for the person. */
  begin: (form: URLSearchParams, origin: string) => ArmResponse;
  /** The page where the person decides, and its form. */
  page: (request: ArmRequest, url: URL) => ArmResponse;
  /** Who has approved, once: with what the client asked for at the beginning. */
  take: (form: URLSearchParams) => { person: Identity; scope: string } | ArmResponse;
};

/**
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
 *
 * `people` may approve, without a password: nothing that it opens exists outside this machine.
 */
export function createDeviceCodes(people: readonly Identity[]): DeviceCodes {
  const waiting = new Map<string, Waiting>();
  return {
    begin(form, origin) {
      const clientId = form.get('client_id') ?? '';
      if (clientId === '') {
        const text = "AADSTS900144: The request body must contain the parameter 'client_id'.";
        return refused(400, 'invalid_request', text);
      }
      const deviceCode = randomBytes(32).toString('base64url');
      const userCode = Array.from({ length: 9 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
      const scope = form.get('scope') ?? '';
      forgetOld(waiting);
      waiting.set(deviceCode, { userCode, clientId, scope, expiresAt: Date.now() + LIFETIME_MS });
      const uri = `${origin}/devicelogin`;
      return json(200, {
        user_code: userCode,
        device_code: deviceCode,
        verification_uri: uri,
        expires_in: LIFETIME_MS / 1000,
        interval: INTERVAL_S,
        message: `To sign in, open ${uri} in a web browser and enter the code ${userCode}.`,
      });
    },
    page(request, url) {
      if (request.method === 'GET') return choices(url.searchParams.get('code') ?? '', people);
      if (request.method !== 'POST') return html(405, 'Only GET and POST.');
      return decide(new URLSearchParams(request.body ?? ''), waiting, people);
    },
    take: (given) => take(given, waiting),
  };
}

function take(
  form: URLSearchParams,
  waiting: Map<string, Waiting>,
): { person: Identity; scope: string } | ArmResponse {
  const deviceCode = form.get('device_code') ?? '';
  const found = waiting.get(deviceCode);
  if (found === undefined || found.clientId !== form.get('client_id')) {
    return refused(400, 'bad_verification_code', 'AADSTS70018: Invalid verification code.');
  }
  if (found.expiresAt <= Date.now()) {
    return refused(400, 'expired_token', 'AADSTS70020: The provided device code has expired.');
  }
  if (found.decided === undefined) {
    return refused(400, 'authorization_pending', 'AADSTS70016: Authorization is pending.');
  }
  waiting.delete(deviceCode);
  if (found.decided === 'declined') {
    return refused(400, 'authorization_declined', 'AADSTS70017: The user has declined.');
  }
  return { person: found.decided, scope: found.scope };
}

function decide(
  form: URLSearchParams,
  waiting: Map<string, Waiting>,
  people: readonly Identity[],
): ArmResponse {
  const code = (form.get('code') ?? '').trim().toUpperCase();
  const found = [...waiting.values()].find(
    (one) => one.userCode === code && one.expiresAt > Date.now() && one.decided === undefined,
  );
  if (found === undefined) return html(400, 'That code is not known, used, or has expired.');
  const who = (form.get('person') ?? '').toLowerCase();
  const person = people.find(({ caller }) => shortName(caller.name) === who || caller.name === who);
  if (person === undefined && who !== 'nobody') return html(400, 'No such person is known here.');
  found.decided = person ?? 'declined';
  return html(200, 'Done. The program that showed the code goes on by itself.');
}

function forgetOld(waiting: Map<string, Waiting>): void {
  for (const [code, { expiresAt }] of waiting) {
    if (expiresAt > Date.now() && waiting.size < WAITING_MAX) return;
    waiting.delete(code);
  }
}

function choices(code: string, people: readonly Identity[]): ArmResponse {
  // What somebody put into the address is not shown back unless it is a code.
  const shown = /^[A-Z]{9}$/i.test(code) ? code : '';
  const names = [...people.map(({ caller }) => shortName(caller.name)), 'nobody'];
  const buttons = names.map((name) => `<button name="person" value="${name}">${name}</button>`);
  return html(
    200,
    `<form method="post"><label>Code <input name="code" value="${shown}"></label>` +
      `<p>Sign in as ${buttons.join(' ')}</p></form>`,
  );
}

function shortName(signInName: string): string {
  return signInName.split('@')[0]?.toLowerCase() ?? '';
}

function html(status: number, body: string): ArmResponse {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  return { status, headers, body: `<!doctype html><title>Sign in</title>${body}\n` };
}
