import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Signer, Verifier } from '../ports/signer';

const pemHead = /^-----BEGIN PRIVATE KEY-----/;
const base64Form = /^[A-Za-z0-9+/]+={0,2}$/;
/** The DER that stands before the 32 raw bytes of an Ed25519 public key (RFC 8410, section 4). */
const publicKeyHead = Buffer.from('302a300506032b6570032100', 'hex');
const signatureForm = /^[A-Za-z0-9_-]{86}$/;

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

/** Reads a public key: base64 of its 32 raw bytes. `null` for everything else. */
export function parsePublicKey(text: string): KeyObject | null {
  const raw = base64Form.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (raw.length !== 32) return null;
  const der = Buffer.concat([publicKeyHead, raw]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
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

/** As many rules as one sweep judges; the oldest are forgotten first. */
const remembered = 20_000;

/**
 * Verifies markers with every public key that is still kept. What was found good once is good for
 * ever, as keys and markers never change: sweeps ask for the same markers again and again.
 */
export function createVerifier(publicKeys: ReadonlyMap<number, KeyObject>): Verifier {
  const good = new Set<string>();
  return {
    verify: (text, signature, keyVersion) => {
      const key = publicKeys.get(keyVersion);
      if (key === undefined || !signatureForm.test(signature)) return false;
      // Version and signature have fixed alphabets without a blank: no two markers share a name.
      const name = `${keyVersion} ${signature} ${text}`;
      if (good.has(name)) return true;
      if (!verify(null, Buffer.from(text, 'utf8'), key, Buffer.from(signature, 'base64url'))) {
        return false;
      }
      for (const oldest of good) {
        if (good.size < remembered) break;
        good.delete(oldest);
      }
      good.add(name);
      return true;
    },
  };
}

function fromBase64(text: string): Buffer {
  const compact = text.replaceAll(/\s/g, '');
  return base64Form.test(compact) ? Buffer.from(compact, 'base64') : Buffer.alloc(0);
}
