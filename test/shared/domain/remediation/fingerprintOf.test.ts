import type { Candidate } from '../../../../shared/domain/remediation/candidate';
import { fingerprintOf, hasChanged } from '../../../../shared/domain/remediation/fingerprintOf';
import {
  extensionOf,
  imageOf,
  linuxCandidate,
  windowsCandidate,
} from '../../../support/candidates';

const other = (state: string) => extensionOf({ publisher: 'Contoso', type: 'Other', state });
const failed = extensionOf({ state: 'Failed' });
const sound = windowsCandidate({ extensions: [failed, other('Succeeded')] });
const taken = fingerprintOf(sound);

function upon(state: string) {
  return { ...failed, publisher: 'microsoft.AZURE.activedirectory', state };
}

describe('a VM that failed too often', () => {
  it.each<[string, Partial<Candidate>]>([
    ['another machine of its name', { vmGuid: 'other' }],
    ['another size', { vmSize: 'Standard_D4s_v5' }],
    ['another image', { image: imageOf('MicrosoftWindowsServer', 'WindowsServer', '2022-x') }],
    ['another gallery image', { image: { ...sound.image, id: '/g' } }],
    ['another OS', { osType: 'Linux', osName: 'ubuntu', osVersion: '22.04' }],
    ['an upgrade', { osName: 'Windows Server 2025 Datacenter', osVersion: '10.0.26100' }],
    ['a new host name', { computerName: 'vm-2' }],
    ['an identity', { identity: { system: true, userAssigned: [] } }],
    ['a user-assigned identity', { identity: { system: false, userAssigned: ['/a'] } }],
    ['extensions forbidden', { extensionsAllowed: false }],
    ['no extension', { extensions: [] }],
    ['an extension that succeeded', { extensions: [extensionOf(), other('Succeeded')] }],
    ['another one that failed', { extensions: [failed, other('Failed')] }],
    [
      'an extension of another version',
      { extensions: [{ ...failed, version: '1.0' }, other('Succeeded')] },
    ],
    [
      'an extension of another name',
      { extensions: [{ ...failed, name: 'x' }, other('Succeeded')] },
    ],
    ['an extension that is gone', { extensions: [failed] }],
  ])('has another chance after %s', (_, changes) => {
    expect(hasChanged(taken, { ...sound, ...changes })).toBe(true);
    expect(fingerprintOf({ ...sound, ...changes })).not.toBe(taken);
  });

  it.each<[string, Partial<Candidate>]>([
    ['it was stopped', { power: 'deallocated' }],
    ['its agent went silent', { agent: 'notReady' }],
    ['its tags changed', { tags: { patched: 'today' } }],
    ['the index told another way out', { outbound: 'unknown' }],
    ['it was updated', { osVersion: '10.0.20348.9999' }],
    ['somebody wrote it in capitals', { vmSize: 'STANDARD_D2S_V5', computerName: 'VM-1' }],
    ['extensions were said to be allowed', { extensionsAllowed: null }],
    ['another extension is updated', { extensions: [failed, other('Updating')] }],
    ['its install went on for ever', { extensions: [upon('Creating'), other('Succeeded')] }],
    ['its install was cancelled', { extensions: [upon('Canceled'), other('Succeeded')] }],
    ['its id is spelled otherwise', { vmId: sound.vmId.toUpperCase() }],
  ])('has none because %s', (_, changes) => {
    expect(hasChanged(taken, { ...sound, ...changes })).toBe(false);
    expect(fingerprintOf({ ...sound, ...changes })).toBe(taken);
  });

  it('has not changed by being stopped, though its agent no longer tells its OS and name', () => {
    const image = { publisher: '', offer: '', sku: '', id: '/gallery' };
    const running = { ...sound, image };
    const stopped = { ...running, osName: '', osVersion: '', computerName: '', power: 'stopped' };
    expect(hasChanged(fingerprintOf(running), stopped)).toBe(false);
    expect(hasChanged(fingerprintOf(stopped), running)).toBe(false);
    expect(hasChanged(fingerprintOf(running), { ...stopped, vmGuid: 'x' })).toBe(true);
  });

  it('counts a new version of Linux', () => {
    const before = fingerprintOf(linuxCandidate());
    expect(before).toMatch(/^Ubuntu 22\.04\|vm-1\|[a-z2-7]{20}$/);
    expect(hasChanged(before, linuxCandidate({ osVersion: '24.04' }))).toBe(true);
    expect(hasChanged(before, linuxCandidate())).toBe(false);
  });

  it('has another chance where what was remembered cannot be read', () => {
    expect(hasChanged('', sound)).toBe(true);
    expect(hasChanged('a|b', sound)).toBe(true);
  });
});

describe('a fingerprint', () => {
  it('is one short harmless line', () => {
    expect(taken).toMatch(/^Windows Server 2022\|vm-1\|[a-z2-7]{20}$/);
    const strange = fingerprintOf(windowsCandidate({ computerName: `a|b\n${'x'.repeat(9_000)}` }));
    expect(strange).toMatch(/^Windows Server 2022\|a b x{60}\|[a-z2-7]{20}$/);
    expect(fingerprintOf(windowsCandidate({ osType: '' }))).toMatch(/^\|vm-1\|/);
    expect(fingerprintOf(linuxCandidate({ osName: 'gentoo' }))).toMatch(/^\|vm-1\|/);
    expect(fingerprintOf(linuxCandidate({ osType: '' }))).toMatch(/^\|vm-1\|/);
  });

  it('names both releases where a build does not tell server from client', () => {
    expect(fingerprintOf(windowsCandidate({ osName: '', osVersion: '10.0.26100' }))).toMatch(
      /^Windows Server 2025 or Windows 11 24H2\|/,
    );
  });

  it('does not depend on the order of identities and extensions', () => {
    const [a, b] = [extensionOf({ name: 'a' }), extensionOf({ name: 'b', type: 'B' })];
    const one = { identity: { system: true, userAssigned: ['/A', '/b'] }, extensions: [a, b] };
    const two = { identity: { system: true, userAssigned: ['/B', '/a'] }, extensions: [b, a] };
    expect(fingerprintOf(windowsCandidate(one))).toBe(fingerprintOf(windowsCandidate(two)));
  });
});
