import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { generate } from 'selfsigned';

import { codeOf } from './errorCode';

/** A certificate with its key, both PEM. */
type Pair = { cert: string; key: string };

/** What a TLS server needs, and what its clients need to trust it. */
export type Certificates = {
  /** Path of the authority's certificate, for NODE_EXTRA_CA_CERTS and its kin. */
  caPath: string;
  ca: string;
  cert: string;
  key: string;
};

const DAY_MS = 86_400_000;
const CA_DAYS = 730;
const SERVER_DAYS = 90;
/** Renewed while there is still a day left, so that a run does not outlive its certificate. */
const MARGIN_MS = DAY_MS;

/**
 * The certificates of the local Azure in `folder`: an authority of this machine alone and a server
 * certificate for localhost and 127.0.0.1. Made where they are missing, damaged, do not belong
 * together or are about to expire; kept otherwise. Keys are readable by the owner only.
 */
export async function ensureCertificates(folder: string): Promise<Certificates> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A folder that was there before keeps its mode; Windows has none and ignores this.
  chmodSync(folder, 0o700);
  const caPath = join(folder, 'ca.pem');
  let authority = load(folder, 'ca');
  if (!authority || !isAuthority(authority)) {
    authority = await makeAuthority();
    store(folder, 'ca', authority);
  }
  let server = load(folder, 'server');
  if (!server || !isServerOf(server, authority)) {
    server = await makeServer(authority);
    store(folder, 'server', server);
  }
  return { caPath, ca: authority.cert, ...server };
}

async function makeAuthority(): Promise<Pair> {
  const made = await generate([{ name: 'commonName', value: 'Local Azure of this machine' }], {
    ...validFor(CA_DAYS),
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

async function makeServer(authority: Pair): Promise<Pair> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...validFor(SERVER_DAYS),
    ca: authority,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}

function validFor(days: number) {
  return {
    keyType: 'ec' as const,
    curve: 'P-256' as const,
    algorithm: 'sha256',
    // An hour back, for clients whose clock is behind.
    notBeforeDate: new Date(Date.now() - 3_600_000),
    notAfterDate: new Date(Date.now() + days * DAY_MS),
  };
}

function isAuthority(pair: Pair): boolean {
  const cert = usable(pair);
  // What it signs must not outlive it.
  const leastMs = SERVER_DAYS * DAY_MS + MARGIN_MS;
  return cert !== undefined && cert.ca && endOf(cert) - Date.now() > leastMs;
}

function isServerOf(pair: Pair, authority: Pair): boolean {
  const cert = usable(pair);
  if (!cert || cert.checkHost('localhost') === undefined) return false;
  if (cert.checkIP('127.0.0.1') === undefined || endOf(cert) - Date.now() <= MARGIN_MS)
    return false;
  const issuer = new X509Certificate(authority.cert);
  return cert.checkIssued(issuer) && cert.verify(issuer.publicKey);
}

/** The certificate, where it can be read, has begun, and belongs to the key. */
function usable(pair: Pair): X509Certificate | undefined {
  try {
    const cert = new X509Certificate(pair.cert);
    const hasBegun = Date.parse(cert.validFrom) <= Date.now();
    return hasBegun && cert.checkPrivateKey(createPrivateKey(pair.key)) ? cert : undefined;
  } catch {
    // Not a certificate or not a key: as good as missing.
    return undefined;
  }
}

function endOf(cert: X509Certificate): number {
  return Date.parse(cert.validTo);
}

function load(folder: string, name: string): Pair | undefined {
  try {
    const cert = readFileSync(join(folder, `${name}.pem`), 'utf8');
    return { cert, key: readFileSync(join(folder, `${name}.key`), 'utf8') };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Each file appears whole or not at all; a torn pair is found out by its key and made anew. */
function store(folder: string, name: string, pair: Pair): void {
  write(join(folder, `${name}.key`), pair.key, 0o600);
  write(join(folder, `${name}.pem`), pair.cert, 0o644);
}

function write(path: string, text: string, mode: number): void {
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, text, { mode });
  renameSync(draft, path);
}
