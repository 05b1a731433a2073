import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureCertificates } from '../../../../local/azure/tls/certificates';
import { installVirtualTime } from '../../../virtualTime';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'tls-')), 'certificates');
});
afterEach(() => {
  rmSync(join(folder, '..'), { recursive: true });
});

it('signs a certificate for this machine with an authority that signs nothing else', async () => {
  const { ca, cert, caPath } = await ensureCertificates(folder);
  const authority = new X509Certificate(ca);
  const server = new X509Certificate(cert);
  expect(authority.ca).toBe(true);
  expect(server.ca).toBe(false);
  expect(server.verify(authority.publicKey)).toBe(true);
  expect(server.checkHost('localhost')).toBe('localhost');
  expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(server.checkHost('management.azure.com')).toBeUndefined();
  expect(readFileSync(caPath, 'utf8')).toBe(ca);
});

it('keeps keys to their owner', async () => {
  await ensureCertificates(folder);
  const mode = (name: string) => statSync(join(folder, name)).mode & 0o777;
  const expected = process.platform === 'win32' ? 0o666 : 0o600;
  expect([mode('ca.key'), mode('server.key')]).toEqual([expected, expected]);
  const folderMode = statSync(folder).mode & 0o777;
  expect(process.platform === 'win32' || folderMode === 0o700).toBe(true);
});

it('keeps what is good, and makes anew what is damaged, foreign or missing', async () => {
  const first = await ensureCertificates(folder);
  expect(await ensureCertificates(folder)).toEqual(first);

  writeFileSync(join(folder, 'server.pem'), 'nonsense');
  const second = await ensureCertificates(folder);
  expect(second.ca).toBe(first.ca);
  expect(second.cert).not.toBe(first.cert);

  writeFileSync(join(folder, 'server.key'), readFileSync(join(folder, 'ca.key')));
  const third = await ensureCertificates(folder);
  expect(third.cert).not.toBe(second.cert);

  rmSync(join(folder, 'ca.key'));
  const fourth = await ensureCertificates(folder);
  expect(fourth.ca).not.toBe(first.ca);
  const authority = new X509Certificate(fourth.ca);
  expect(new X509Certificate(fourth.cert).verify(authority.publicKey)).toBe(true);
});

it('renews before it ends: the server certificate alone, later the authority too', async () => {
  const first = await ensureCertificates(folder);
  const after = async (days: number) => {
    const time = installVirtualTime(new Date(Date.now() + days * 86_400_000).toISOString());
    try {
      return await ensureCertificates(folder);
    } finally {
      time.uninstall();
    }
  };
  expect(await after(88)).toEqual(first);
  const renewed = await after(89.5);
  expect(renewed.ca).toBe(first.ca);
  expect(renewed.cert).not.toBe(first.cert);
  const later = await after(650);
  expect(later.ca).not.toBe(first.ca);
  // A clock set back finds certificates that have not begun.
  expect((await ensureCertificates(folder)).ca).not.toBe(later.ca);
});
