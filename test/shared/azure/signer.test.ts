import { generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { createSigner, isPair, parsePrivateKey } from '../../../shared/azure/signer';
import { createVerifier, parsePublicKey } from '../../../shared/azure/verifier';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const der = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');

describe('keys', () => {
  it.each([
    ['base64 of PKCS#8', der],
    ['PEM', pem],
    ['PEM with written line breaks', pem.replaceAll('\n', '\\n')],
  ])('are read as %s', (_what, text) => {
    const key = parsePrivateKey(text);
    const readPublic = parsePublicKey(raw);
    if (key === null || readPublic === null) throw new Error('The keys were not read.');
    expect(isPair(key, readPublic)).toBe(true);
    expect(isPair(key, other.publicKey)).toBe(false);
  });

  it.each([
    '',
    'x',
    'AAAA',
    raw,
    der.slice(0, -8),
    pem.slice(0, 40),
    generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  ])('are not read from %j', (text) => {
    expect(parsePrivateKey(text)).toBeNull();
  });

  it.each(['', 'x', der, raw.slice(0, -4), `${raw}AAAA`, ` ${raw}`, '*'.repeat(44)])(
    'public ones are not read from %j',
    (text) => {
      expect(parsePublicKey(text)).toBeNull();
    },
  );
});

describe('signatures', () => {
  const signer = createSigner(privateKey, 3);
  const verifier = createVerifier(
    new Map([
      [3, publicKey],
      [4, other.publicKey],
    ]),
  );

  it('are 86 characters, and true for one text under one key version', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, changed) => {
        const signature = signer.sign(text);
        expect(signature).toMatch(/^[A-Za-z0-9_-]{86}$/);
        expect(verifier.verify(text, signature, 3)).toBe(true);
        expect(verifier.verify(text, signature, 4)).toBe(false);
        expect(verifier.verify(text, signature, 5)).toBe(false);
        expect(verifier.verify(`${text}${changed}x`, signature, 3)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('that are malformed are false, never an exception', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), (signature, version) => {
        expect(verifier.verify('text', signature, version)).toBe(false);
      }),
    );
    expect(verifier.verify('text', 'A'.repeat(86), 3)).toBe(false);
    expect(verifier.verify('text', `${signer.sign('text')}=`, 3)).toBe(false);
  });
});
