import type {
  Candidate,
  CandidateSurroundings,
} from '../../../../shared/domain/remediation/candidate';
import { reasons } from '../../../../shared/domain/remediation/reasons';
import {
  extensionOf,
  imageOf,
  judged,
  linuxCandidate,
  oldExtension,
  reasonOf,
  sshExtension,
  windowsCandidate,
} from '../../../support/candidates';

const identity = { what: 'identity', userAssigned: [] };
const windowsExtension = {
  what: 'extension',
  name: 'AADLoginForWindows',
  type: 'AADLoginForWindows',
  version: '2.0',
  mdmId: '',
};
const linuxExtension = {
  what: 'extension',
  name: 'AADSSHLoginForLinux',
  type: 'AADSSHLoginForLinux',
  version: '1.0',
  mdmId: null,
};
const on = { system: true, userAssigned: [] };

describe('a VM that lacks something', () => {
  it('gets identity, then extension, on Windows', () => {
    const writes = [identity, windowsExtension];
    expect(judged(windowsCandidate())).toEqual({ kind: 'fix', writes, notes: ['joinUnknown'] });
  });

  it('gets identity, then extension without settings, on Linux', () => {
    const writes = [identity, linuxExtension];
    expect(judged(linuxCandidate())).toEqual({ kind: 'fix', writes, notes: [] });
  });

  it.each([
    [windowsCandidate({ identity: on }), windowsExtension],
    [linuxCandidate({ identity: on }), linuxExtension],
  ])('gets the extension alone where it has a system identity', (candidate, write) => {
    expect(judged(candidate)).toMatchObject({ kind: 'fix', writes: [write] });
  });

  it('gets the identity alone where the extension is fine', () => {
    const windows = windowsCandidate({ extensions: [extensionOf({ name: 'x' })] });
    const linux = linuxCandidate({ extensions: [sshExtension({ name: 'x' })] });
    expect(judged(windows)).toMatchObject({ kind: 'fix', writes: [identity] });
    expect(judged(linux)).toMatchObject({ kind: 'fix', writes: [identity] });
  });

  it('keeps every user-assigned identity once its owner has opted in', () => {
    const userAssigned = ['/a/ID-1', '/a/id-2'];
    const candidate = windowsCandidate({
      identity: { system: false, userAssigned },
      tags: { 'POSTERN-system-identity': 'Allow' },
    });
    expect(judged(candidate)).toMatchObject({
      writes: [{ what: 'identity', userAssigned }, windowsExtension],
    });
  });

  it.each(['Failed', 'failed', 'Canceled'])('gets an extension that has %s anew', (state) => {
    const found = extensionOf({
      name: 'AADLogin',
      publisher: 'MICROSOFT.azure.activedirectory',
      type: 'aadloginforwindows',
      version: '1.0',
      state,
    });
    expect(judged(windowsCandidate({ extensions: [found], identity: on }))).toMatchObject({
      writes: [{ ...windowsExtension, name: 'AADLogin', version: '1.0' }],
    });
  });

  it('falls back to the usual name and version where the index told none', () => {
    const found = extensionOf({ name: '', version: '', state: 'Failed' });
    expect(judged(windowsCandidate({ extensions: [found], identity: on }))).toMatchObject({
      writes: [windowsExtension],
    });
  });

  it('does not take the extension of another publisher or OS for its own', () => {
    const extensions = [
      extensionOf({ publisher: 'Contoso' }),
      sshExtension(),
      extensionOf({ type: 'AADLoginForWindowsX' }),
    ];
    expect(judged(windowsCandidate({ extensions }))).toMatchObject({
      writes: [identity, windowsExtension],
    });
  });

  it.each<[boolean, string, string, string]>([
    [true, 'Windows 11 Enterprise', '10.0.22631', '0000000a-0000-0000-c000-000000000000'],
    [false, 'Windows 11 Enterprise', '10.0.22631', ''],
    [true, 'Windows Server 2022 Datacenter', '10.0.20348', ''],
    // Server or client: nobody can tell, so nothing is enrolled.
    [true, '', '10.0.26100', ''],
  ])('asks for Intune (%s) on %s %s', (intune, osName, osVersion, mdmId) => {
    expect(judged(windowsCandidate({ osName, osVersion, identity: on }), { intune })).toMatchObject(
      {
        writes: [{ mdmId }],
      },
    );
  });

  it('sends no settings to Linux, whatever the rules say of Intune', () => {
    expect(judged(linuxCandidate({ identity: on }), { intune: true })).toMatchObject({
      writes: [{ mdmId: null }],
    });
  });
});

describe('a VM that lacks nothing', () => {
  it('is ready, whatever else is true of it', () => {
    const changes = {
      power: 'deallocated',
      tags: { 'postern-remediation': 'off' },
      osName: 'Windows Server 2016',
      osVersion: '10.0.14393',
      identity: { system: true, userAssigned: ['/x'] },
    };
    const windows = windowsCandidate({ ...changes, extensions: [extensionOf({ name: 'x' })] });
    const linux = linuxCandidate({
      ...changes,
      extensions: [sshExtension({ state: 'succeeded' })],
    });
    expect(judged(windows)).toEqual({ kind: 'ready' });
    expect(judged(linux)).toEqual({ kind: 'ready' });
  });

  it('is not ready by the extension of the other OS, or while nobody knows its OS', () => {
    const extensions = [extensionOf()];
    expect(judged(linuxCandidate({ extensions, identity: on })).kind).toBe('fix');
    expect(judged(windowsCandidate({ extensions, identity: on, osType: '' })).kind).toBe('skip');
  });

  it('is not ready while a second entry of its handler is still busy', () => {
    const extensions = [extensionOf(), extensionOf({ name: 'b', state: 'Updating' })];
    expect(judged(windowsCandidate({ extensions, identity: on }))).toMatchObject({
      reason: 'extensionBusy',
    });
  });
});

describe('what could not be known', () => {
  it('is noted, and stops nothing', () => {
    const unknown = { agent: 'unknown', outbound: 'unknown', computerName: '' } as const;
    expect(judged(windowsCandidate(unknown))).toMatchObject({
      kind: 'fix',
      notes: ['joinUnknown', 'agentUnknown', 'outboundUnknown', 'nameUnknown'],
    });
    expect(judged(linuxCandidate(unknown))).toMatchObject({
      kind: 'fix',
      notes: ['agentUnknown', 'outboundUnknown'],
    });
  });
});

describe('of several reasons', () => {
  /** Each mends what the one before it was skipped for. */
  const everything: [string, Partial<Candidate>, Partial<CandidateSurroundings>?][] = [
    ['optedOut', { tags: {} }],
    ['policyInstalls', {}, { policyAssignmentId: '' }],
    ['scaleSetMember', { scaleSetId: '' }],
    ['aksNode', { managedBy: '/x' }],
    ['managedGroup', { managedBy: '' }],
    ['appliance', { planPublisher: '' }],
    ['domainJoined', { extensions: [extensionOf({ state: 'Creating' })] }],
    ['osUnsupported', { osName: 'Windows Server 2022 Core', osVersion: '10.0.20348' }],
    ['serverCore', { osName: 'x', osVersion: '' }],
    ['osUnknown', { osName: 'Windows Server 2022' }],
    ['nameTooLong', { computerName: 'x' }],
    ['duplicateName', {}, { duplicateName: false }],
    ['notRunning', { power: 'running' }],
    ['agentNotReady', { agent: 'ready' }],
    ['extensionsDisallowed', { extensionsAllowed: null }],
    ['extensionBusy', { extensions: [] }],
    ['userAssignedIdentities', { identity: { system: true, userAssigned: [] } }],
    ['noOutboundPath', { outbound: 'implicit' }],
    ['onlyDefaultOutbound', { outbound: 'explicit' }],
  ];

  it('the first in the table is told, on Windows', () => {
    let around: CandidateSurroundings = { duplicateName: true, policyAssignmentId: '/p' };
    let candidate = windowsCandidate({
      tags: { 'postern-remediation': 'off' },
      scaleSetId: '/ss',
      managedBy: '/providers/Microsoft.ContainerService/x',
      planPublisher: 'cisco',
      extensions: [extensionOf({ type: 'ADDomainExtension' }), extensionOf({ state: 'Creating' })],
      image: imageOf('', '', ''),
      osVersion: '10.0.14393',
      computerName: 'a'.repeat(16),
      power: 'stopped',
      agent: 'notReady',
      extensionsAllowed: false,
      identity: { system: false, userAssigned: ['/a'] },
      outbound: 'none',
    });
    const told: string[] = [];
    for (const [, changes, changesAround] of everything) {
      told.push(reasonOf(judged(candidate, {}, around)));
      candidate = { ...candidate, ...changes };
      around = { ...around, ...changesAround };
    }
    expect(told).toEqual(everything.map(([reason]) => reason));
    expect(judged(candidate, {}, around).kind).toBe('fix');
    expect(told).toEqual(Object.keys(reasons).filter((code) => told.includes(code)));
  });

  it('the first in the table is told, on Linux', () => {
    const failed = sshExtension({ state: 'Failed' });
    const changes = {
      vmSize: 'Standard_A0',
      power: 'stopped',
      extensions: [failed, oldExtension()],
    };
    const told = [
      judged(linuxCandidate({ ...changes, osVersion: '26.04' })),
      judged(linuxCandidate(changes)),
      judged(linuxCandidate({ ...changes, vmSize: '' })),
      judged(linuxCandidate({ ...changes, vmSize: '', power: 'running' })),
      judged(linuxCandidate({ extensions: [failed] })),
    ].map(reasonOf);
    expect(told).toEqual(
      'osUnsupported tooLittleMemory notRunning oldLinuxExtension failedExtension'.split(' '),
    );
    expect(told).toEqual(Object.keys(reasons).filter((code) => told.includes(code)));
  });
});
