import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a deployment would get from its infrastructure and Key Vault, made once for this machine. */
export type LocalKeys = {
  /** PKCS#8, base64: signs the markers. */
  markerPrivateKey: string;
  /** Raw 32 bytes, base64. */
  markerPublicKey: string;
  /** Opens doors with `authLevel: 'function'`. */
  functionKey: string;
  /** Opens the Event Grid and Durable webhooks. */
  systemKey: string;
  masterKey: string;
  /** What a managed identity's process shows to its token endpoint. */
  identityHeader: string;
};

/** Reads the keys of `file`, or makes them and writes them readable by their owner only. */
export function localKeys(file: string): LocalKeys {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as LocalKeys;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const keys: LocalKeys = {
    markerPrivateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    markerPublicKey: publicKey
      .export({ format: 'der', type: 'spki' })
      .subarray(-32)
      .toString('base64'),
    functionKey: randomBytes(24).toString('base64url'),
    systemKey: randomBytes(24).toString('base64url'),
    masterKey: randomBytes(24).toString('base64url'),
    identityHeader: randomBytes(24).toString('base64url'),
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(keys, null, 2), { mode: 0o600 });
  return keys;
}
