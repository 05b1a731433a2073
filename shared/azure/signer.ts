import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Signer } from '../ports/signer';

const pemHead = /^-----BEGIN PRIVATE KEY-----/;
const base64Form = /^[A-Za-z0-9+/]+={0,2}$/;

/** Reads a private key: PKCS8 as base64 of its DER, or as PEM. `null` unless it is an Ed25519 key. */
export function parsePrivateKey(text: string): KeyObject | null {
  // A setting of one line may carry its line breaks as `\n`.
  const given = text.replaceAll('\\n', '\n').trim();
  try {
    const key = pemHead.test(given)
      ? createPrivateKey({ key: given, format: 'pem' })
      : createPrivateKey({ key: fromBase64(given), format: 'der', type: 'pkcs8' });
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    // Node's message may quote the key: the caller only learns that it is none.
    return null;
  }
}

/** Does this private key belong to this public key? */
export function isPair(privateKey: KeyObject, publicKey: KeyObject): boolean {
  return createPublicKey(privateKey).equals(publicKey);
}

/** Signs markers with one version of the key. */
export function createSigner(privateKey: KeyObject, keyVersion: number): Signer {
  return {
    keyVersion,
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64url'),
  };
}

function fromBase64(text: string): Buffer {
  const compact = text.replaceAll(/\s/g, '');
  return base64Form.test(compact) ? Buffer.from(compact, 'base64') : Buffer.alloc(0);
}
