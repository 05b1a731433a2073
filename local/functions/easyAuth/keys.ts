import { createPublicKey, type KeyObject } from 'node:crypto';

import { z } from 'zod';

import type { EasyAuthSettings } from './settings';
import { said, type SignIn } from './signIn';

/** What tokens are verified against. */
export type Trust = { issuer: string; keys: ReadonlyMap<string, KeyObject> };

/** An unknown key may be a new one, but sign-in is not asked for each forged token. */
const askAgainMs = 30_000;

const CONFIGURATION = z.object({ issuer: z.string(), jwks_uri: z.string() });
const KEYS = z.object({
  keys: z.array(z.object({ kty: z.literal('RSA'), kid: z.string(), n: z.string(), e: z.string() })),
});

/**
 * Issuer and keys as sign-in publishes them, asked for when first needed, and again when a token
 * names a key that is not among them. Throws SignInFailed.
 */
export function createTrust(
  { loginEndpoint, tenantId }: EasyAuthSettings,
  signIn: SignIn,
): (kid: string) => Promise<Trust> {
  let known: Promise<Trust> | undefined;
  let askedAt = 0;
  const ask = (): Promise<Trust> => {
    askedAt = Date.now();
    const asked = fetchTrust(`${loginEndpoint}/${tenantId}/v2.0`, signIn);
    // A failure is no knowledge: the next token asks again.
    asked.catch(() => {
      if (known === asked) known = undefined;
    });
    known = asked;
    return asked;
  };
  return async (kid) => {
    const trust = await (known ?? ask());
    if (trust.keys.has(kid) || Date.now() - askedAt < askAgainMs) return trust;
    return ask();
  };
}

async function fetchTrust(authority: string, signIn: SignIn): Promise<Trust> {
  const configurationUrl = `${authority}/.well-known/openid-configuration`;
  const { issuer, jwks_uri } = await said(CONFIGURATION, [configurationUrl], signIn);
  const { keys } = await said(KEYS, [jwks_uri], signIn);
  const usable = keys.map(
    ({ kid, ...key }) => [kid, createPublicKey({ key, format: 'jwk' })] as const,
  );
  return { issuer, keys: new Map(usable) };
}
