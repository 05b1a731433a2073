import type { Candidate } from '../../../../shared/domain/remediation/candidate';
import {
  extensionOf,
  judged,
  linuxCandidate,
  sshExtension,
  windowsCandidate,
} from '../../../support/candidates';

describe('a VM that is left alone, on Windows', () => {
  it.each<[string, string, Partial<Candidate>, string]>([
    ['notRunning', '409 "when the VM is not running"', { power: 'deallocated' }, 'deallocated'],
    ['notRunning', '409 "when the VM is not running"', { power: 'starting' }, 'starting'],
    ['notRunning', 'nobody told', { power: '' }, 'power state unknown'],
    ['agentNotReady', 'VMAgentStatusCommunicationError', { agent: 'notReady' }, ''],
    ['extensionsDisallowed', '409 "when extension operations"', { extensionsAllowed: false }, ''],
    [
      'extensionBusy',
      '409 Conflict',
      { extensions: [extensionOf({ name: 'x', state: 'Creating' })] },
      'x: Creating',
    ],
    ['extensionBusy', '409', { extensions: [extensionOf({ state: 'Updating' })] }, ': Updating'],
    ['extensionBusy', '409', { extensions: [extensionOf({ state: 'Deleting' })] }, ': Deleting'],
    [
      'extensionBusy',
      'nobody told',
      { extensions: [extensionOf({ state: '' })] },
      ': state unknown',
    ],
    [
      'userAssignedIdentities',
      'qs-configure-rest-vm',
      { identity: { system: false, userAssigned: ['/a', '/b', '/c', '/d'] } },
      '/a, /b, /c',
    ],
    ['noOutboundPath', 'private subnets', { outbound: 'none' }, ''],
    ['onlyDefaultOutbound', 'default outbound access', { outbound: 'implicit' }, ''],
  ])('%s (%s) %#', (reason, _, changes, detail) => {
    const verdict = judged(windowsCandidate(changes));
    expect(verdict).toMatchObject({ kind: 'skip', reason });
    expect(verdict.kind === 'skip' ? verdict.detail : '').toContain(detail);
  });
});

describe('user-assigned identities', () => {
  it('are told by the first three', () => {
    const userAssigned = ['/a', '/b', '/c', '/d'];
    const candidate = windowsCandidate({ identity: { system: false, userAssigned } });
    expect(judged(candidate)).toMatchObject({ detail: '/a, /b, /c' });
  });
});

describe('a VM that is left alone, on Linux', () => {
  it.each<[string, string, Partial<Candidate>, string]>([
    [
      'oldLinuxExtension',
      'exit code 23',
      { extensions: [extensionOf({ name: 'old', type: 'AADLoginForLinux' })] },
      'old',
    ],
    [
      'oldLinuxExtension',
      'under its first publisher',
      {
        extensions: [
          extensionOf({
            name: 'first',
            type: 'AADLoginForLinux',
            publisher: 'Microsoft.Azure.ActiveDirectory.LinuxSSH',
          }),
        ],
      },
      'first',
    ],
    [
      'failedExtension',
      'a failed one has to be removed first',
      { extensions: [sshExtension({ name: 'x', state: 'Failed' })] },
      'x: Failed',
    ],
    ['extensionBusy', '409', { extensions: [sshExtension({ state: 'Creating' })] }, ': Creating'],
  ])('%s (%s) %#', (reason, _, changes, detail) => {
    const verdict = judged(linuxCandidate(changes));
    expect(verdict).toMatchObject({ kind: 'skip', reason });
    expect(verdict.kind === 'skip' ? verdict.detail : '').toContain(detail);
  });
});
