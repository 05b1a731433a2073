import {
  createHash,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

/** What tokens are signed with, and the name that their header gives it. */
export type SigningKey = { privateKey: KeyObject; publicKey: KeyObject; kid: string };

/** The public half as anybody may fetch it. */
export type KeySet = {
  keys: (JsonWebKey & { kid: string; use: 'sig'; issuer: string })[];
};

/** A new RSA key pair; making one takes some tenths of a second. */
export function newSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { e, kty, n } = publicKey.export({ format: 'jwk' });
  // https://www.rfc-editor.org/rfc/rfc7638
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
  return { privateKey, publicKey, kid };
}

let own: SigningKey | undefined;

/** The key of this process, made when the first token is: its tokens end with it. */
export function processKey(): SigningKey {
  own ??= newSigningKey();
  return own;
}

/** A JWT over these claims. */
export function signed(claims: object, { privateKey, kid }: SigningKey): string {
  const text = `${encode({ typ: 'JWT', alg: 'RS256', kid })}.${encode(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
}

/**
 * The claims of a token that this key has signed, not yet judged; `undefined` for all else. What
 * its header says of the algorithm is not asked: only one is tried.
 */
export function openSigned(token: string, { publicKey }: SigningKey): unknown {
  const [head, body, signature, ...rest] = token.split('.');
  if (head === undefined || body === undefined || signature === undefined || rest.length > 0) {
    return undefined;
  }
  const text = Buffer.from(`${head}.${body}`);
  if (!verify('sha256', text, publicKey, Buffer.from(signature, 'base64url'))) return undefined;
  return JSON.parse(Buffer.from(body, 'base64url').toString());
}

/** The key set in the form of Entra's `discovery/v2.0/keys`, without certificates. */
export function keySet({ publicKey, kid }: SigningKey, issuer: string): KeySet {
  return { keys: [{ ...publicKey.export({ format: 'jwk' }), use: 'sig', kid, issuer }] };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
