import jwt from 'jsonwebtoken';
import { z } from 'zod';

import type { Trust } from './keys';
import type { EasyAuthSettings } from './settings';

const SHAPE = /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** The library takes a token without an end for one that never ends. */
const CLAIMS = z.looseObject({ exp: z.number(), oid: z.string() });

/** The claims of a token that is good. */
export type Claims = z.infer<typeof CLAIMS>;

/** The claims behind an `Authorization` header; `null` when it is anything but one good token. */
export async function claimsOf(
  authorization: string,
  { clientId }: EasyAuthSettings,
  trust: (kid: string) => Promise<Trust>,
): Promise<Claims | null> {
  const token = SHAPE.exec(authorization)?.[1];
  const kid = token === undefined ? undefined : kidOf(token);
  if (token === undefined || kid === undefined) return null;
  const { issuer, keys } = await trust(kid);
  const key = keys.get(kid);
  if (key === undefined) return null;
  try {
    const claims = jwt.verify(token, key, {
      algorithms: ['RS256'],
      issuer,
      audience: [clientId, `api://${clientId}`],
    });
    return CLAIMS.safeParse(claims).data ?? null;
  } catch (error) {
    if (error instanceof jwt.JsonWebTokenError) return null;
    // What a caller sends may be no JSON at all inside; the library lets the parser's error out.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function kidOf(token: string): string | undefined {
  const head = Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString();
  try {
    return z.object({ kid: z.string() }).safeParse(JSON.parse(head)).data?.kid;
  } catch {
    return undefined;
  }
}
