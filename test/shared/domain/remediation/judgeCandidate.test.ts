import type { Candidate } from '../../../../shared/domain/remediation/candidate';
import { judgeCandidate } from '../../../../shared/domain/remediation/judgeCandidate';
import type { RemediationRules } from '../../../../shared/domain/remediation/remediationRules';
import {
  extensionOf,
  linuxCandidate,
  nothingAround,
  rulesOf,
  sshExtension,
  windowsCandidate,
} from '../../../support/candidates';

const judge = (candidate: Candidate, rules: Partial<RemediationRules> = {}) =>
  judgeCandidate(candidate, nothingAround, rulesOf(rules));

const identity = { what: 'identity', userAssigned: [] };
const windowsExtension = {
  what: 'extension',
  name: 'AADLoginForWindows',
  type: 'AADLoginForWindows',
  version: '2.0',
  mdmId: '',
};

describe('a VM that lacks something', () => {
  it('gets identity, then extension, on Windows', () => {
    expect(judge(windowsCandidate())).toEqual({
      kind: 'fix',
      writes: [identity, windowsExtension],
      notes: ['joinUnknown'],
    });
  });

  it('gets identity, then extension without settings, on Linux', () => {
    const type = 'AADSSHLoginForLinux';
    expect(judge(linuxCandidate())).toEqual({
      kind: 'fix',
      writes: [identity, { what: 'extension', name: type, type, version: '1.0', mdmId: null }],
      notes: [],
    });
  });

  it('gets the extension alone where it has a system identity', () => {
    const candidate = windowsCandidate({ identity: { system: true, userAssigned: [] } });
    expect(judge(candidate)).toMatchObject({ writes: [windowsExtension] });
  });

  it('gets the identity alone where the extension is fine', () => {
    const candidate = linuxCandidate({ extensions: [sshExtension({ name: 'x' })] });
    expect(judge(candidate)).toMatchObject({ writes: [identity] });
  });
});

describe('a VM that lacks nothing', () => {
  it('is ready, whatever else is true of it', () => {
    const candidate = windowsCandidate({
      power: 'deallocated',
      tags: { 'postern-remediation': 'off' },
      extensions: [extensionOf({ name: 'AADLogin' })],
      identity: { system: true, userAssigned: ['/x'] },
    });
    expect(judge(candidate)).toEqual({ kind: 'ready' });
  });
});
