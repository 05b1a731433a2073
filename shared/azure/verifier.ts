import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Verifier } from '../ports/signer';

/**
 * The public half of the marker's keys. It is apart from the private half because the sweeper app
 * has to hold nothing that could sign.
 */
const base64Form = /^[A-Za-z0-9+/]+={0,2}$/;
/** The DER that stands before the 32 raw bytes of an Ed25519 public key (RFC 8410, section 4). */
const publicKeyHead = Buffer.from('302a300506032b6570032100', 'hex');
const signatureForm = /^[A-Za-z0-9_-]{86}$/;

/** Reads a public key: base64 of its 32 raw bytes. `null` for everything else. */
export function parsePublicKey(text: string): KeyObject | null {
  const raw = base64Form.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (raw.length !== 32) return null;
  const der = Buffer.concat([publicKeyHead, raw]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
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
