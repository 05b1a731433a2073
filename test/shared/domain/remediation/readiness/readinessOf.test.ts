import * as fc from 'fast-check';
import type { Candidate } from '../../../../../shared/domain/remediation/candidate';
import {
  type ReadinessFact,
  readinessParts,
} from '../../../../../shared/domain/remediation/readiness/fact';
import { reasons } from '../../../../../shared/domain/remediation/reasons';
import { extensionOf, linuxCandidate, sshExtension } from '../../../../support/candidates';
import { oldExtension } from '../../../../support/candidates';
import { factsOn, knowledge, readyOf, readyVm } from '../../../../support/readiness';
import { hostileTexts } from '../../../../support/reports';

const told = (changes: Partial<Candidate>) => ({ machine: { facts: { ...readyVm, ...changes } } });

describe('a VM that needs nothing', () => {
  it('is ready, and every part is told of all the same', () => {
    const { state, facts, rdp, endpoints } = readyOf();
    expect(state).toBe('ready');
    expect([...new Set(facts.map(({ part }) => part))].sort()).toEqual([...readinessParts].sort());
    const states = facts.map(({ part, state: is }) => `${part} ${is}`);
    expect(states.filter((one) => !one.endsWith(' ok'))).toEqual([
      'signInApp notAssessed',
      'localAccounts notAssessed',
    ]);
    expect(rdp?.text).toContain('full address:s:vm-1\r\nenablerdsaadauth:i:1');
    expect(endpoints.map(({ url }) => url)).toContain(
      'https://enterpriseregistration.windows.net/',
    );
  });

  it('says where each fact comes from', () => {
    const from = new Map(readyOf().facts.map((one) => [one.part, one.from]));
    expect(from.get('extension')).toBe('machine');
    expect(from.get('outbound')).toBe('index');
    expect(from.get('loginRoles')).toBe('roles');
    expect(from.get('bastionToVm')).toBe('network');
    expect(from.get('signInApp')).toBeNull();
  });

  it('is so on Linux as well, without a file for Remote Desktop', () => {
    const linux = linuxCandidate({
      identity: { system: true, userAssigned: [] },
      extensions: [sshExtension()],
    });
    const { state, rdp, facts } = readyOf({
      machine: { facts: linux },
      candidate: { facts: linux },
    });
    expect([state, rdp]).toEqual(['ready', null]);
    expect(facts.map(({ part }) => part)).not.toContain('remoteDesktop');
    expect(facts.find(({ part }) => part === 'signInApp')?.what).toContain('ce6ff14a');
  });
});

describe('what is missing of a VM', () => {
  type Case = readonly [
    part: ReadinessFact['part'],
    changes: Partial<Candidate>,
    state: string,
    what: RegExp,
  ];
  const cases: readonly Case[] = [
    ['power', { power: 'deallocated' }, 'missing', /deallocated/],
    ['power', { power: '' }, 'unknown', /not known/],
    ['agent', { agent: 'notReady' }, 'missing', /does not answer/],
    ['agent', { extensionsAllowed: false }, 'missing', /forbids extensions/],
    [
      'identity',
      { identity: { system: false, userAssigned: [] } },
      'missing',
      /no system-assigned/,
    ],
    [
      'identity',
      { identity: { system: false, userAssigned: ['/a', '/b'] } },
      'missing',
      /2 user-assigned/,
    ],
    [
      'os',
      { osName: 'Windows Server 2016 Datacenter', osVersion: '10.0.14393.1' },
      'missing',
      /does not support/,
    ],
    [
      'os',
      { osName: '', osVersion: '', image: { publisher: '', offer: '', sku: '', id: '/gallery' } },
      'unknown',
      /Nobody can tell/,
    ],
    ['extension', { extensions: [] }, 'missing', /AADLoginForWindows is not installed/],
    ['extension', { extensions: [extensionOf({ state: 'Failed' })] }, 'missing', /Failed/],
    ['extension', { extensions: [extensionOf({ state: 'Creating' })] }, 'unknown', /Creating/],
    ['hostName', { computerName: '' }, 'unknown', /not known/],
    ['hostName', { computerName: 'a-name-of-many-letters' }, 'missing', /more than 15/],
    ['hostName', { computerName: 'a b' }, 'missing', /not a name/],
  ];

  it.each(cases)('%s, %j: %s', (part, changes, state, what) => {
    const [fact] = factsOn(part, told(changes));
    expect(fact).toMatchObject({ state, what: expect.stringMatching(what) as string });
    const isNeeded = part !== 'hostName';
    const whole = state === 'missing' ? 'notReady' : 'unknown';
    expect(readyOf(told(changes)).state).toBe(isNeeded ? whole : 'ready');
  });

  it('is the old extension of a Linux VM, beside which the new one fails', () => {
    const linux = linuxCandidate({ extensions: [oldExtension()] });
    expect(factsOn('extension', { machine: { facts: linux } })[0]).toMatchObject({
      state: 'missing',
      next: reasons.oldLinuxExtension.next,
    });
  });

  it.each([
    ['explicit', 'ok'],
    ['implicit', 'missing'],
    ['none', 'missing'],
    ['unknown', 'unknown'],
  ] as const)('is a way to the Internet: %s is %s', (outbound, state) => {
    const candidate = { facts: { ...readyVm, outbound } };
    expect(factsOn('outbound', { candidate })[0]?.state).toBe(state);
  });
});

describe('what could not be read', () => {
  it('is taken from the index where the VM itself is out of reach, and says so', () => {
    const { state, facts } = readyOf({
      machine: { unknown: 'Timeout' },
      candidate: { facts: { ...readyVm, agent: 'unknown' } },
    });
    expect(state).toBe('unknown');
    expect(facts.find(({ part }) => part === 'identity')).toMatchObject({
      state: 'ok',
      from: 'index',
    });
  });

  it('leaves no part out, and calls none of it ready', () => {
    const nothing = { unknown: 'closes come first' };
    const { state, facts } = readyOf({
      machine: nothing,
      candidate: nothing,
      index: nothing,
      roles: nothing,
      targetNsgs: nothing,
      ownNsg: null,
    });
    expect(state).toBe('unknown');
    expect(facts.filter((one) => one.state === 'ok' || one.state === 'missing')).toEqual([]);
  });
});

describe('what others wrote', () => {
  it.each(hostileTexts)('is one harmless line wherever it is told: %j', (text) => {
    const changes = { power: text, computerName: text, osName: text, osVersion: text };
    const extensions = [extensionOf({ state: text, version: text })];
    const { rdp, facts } = readyOf(told({ ...changes, extensions }));
    expect(rdp).toBeNull();
    for (const { what, next } of facts) {
      expect(`${what}${next}`).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }
  });

  it('never makes it throw', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom(...hostileTexts));
    fc.assert(
      fc.property(text, text, text, (power, osName, computerName) => {
        const machine = { facts: { ...readyVm, power, osName, computerName, osType: osName } };
        expect(() => readyOf({ ...knowledge(), machine })).not.toThrow();
      }),
    );
  });
});
