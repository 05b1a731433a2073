import { localAccountPolicies } from '../../../../../shared/domain/remediation/readiness/localAccountPolicies';
import {
  type Compliance,
  type LocalAccountState,
  localAccountsPart,
} from '../../../../../shared/domain/remediation/readiness/localAccountsPart';
import { factsOn, localAccountPolicy } from '../../../../support/readiness';
import { hostileTexts } from '../../../../support/reports';

const windowsAccounts = 'f79fef0d-0050-4c18-a303-5babb9c14ac7';
const windowsLogin = '5fe81c49-16b6-4870-9cee-45d13bf902ce';
const linuxAccounts = '73db37c4-f180-4b0f-ab2c-8ee96467686b';
const administrators = '3d2a3320-2a72-4c67-ac5f-caa40fbee2b2';

const said = (id: string, compliance: Compliance): LocalAccountState => ({
  policy: localAccountPolicy(id),
  compliance,
});

describe('local accounts that nobody approved', () => {
  type Case = readonly [
    what: string,
    states: readonly LocalAccountState[],
    state: string,
    told: RegExp,
  ];
  const cases: readonly Case[] = [
    ['nobody looks', [], 'notAssessed', /shows nobody here/],
    ['found on Windows', [said(windowsAccounts, 'nonCompliant')], 'missing', /Windows machines/],
    ['found on Linux', [said(linuxAccounts, 'nonCompliant')], 'missing', /Linux machines/],
    ['none found', [said(linuxAccounts, 'compliant')], 'ok', /Compliant with "Linux/],
    [
      'one assignment of two found some',
      [said(windowsAccounts, 'compliant'), said(windowsLogin, 'nonCompliant')],
      'missing',
      /^Not compliant with "Local authentication methods [^"]*"\.$/,
    ],
    [
      'one is compliant, another has not decided',
      [said(windowsAccounts, 'compliant'), said(windowsLogin, 'unknown')],
      'unknown',
      /not decided on "Local authentication/,
    ],
    [
      'found by one, not decided by another',
      [said(windowsAccounts, 'unknown'), said(windowsLogin, 'nonCompliant')],
      'missing',
      /Local authentication/,
    ],
    [
      'an administrator too many',
      [said(administrators, 'nonCompliant')],
      'missing',
      /extra accounts in the Administrators group/,
    ],
    [
      'no administrator too many: other accounts were not looked at',
      [said(administrators, 'compliant')],
      'notAssessed',
      /nobody looks at other accounts/,
    ],
    [
      'no administrator too many, and no account',
      [said(administrators, 'compliant'), said(windowsAccounts, 'compliant')],
      'ok',
      /^Compliant with "Windows machines[^"]*"\.$/,
    ],
    ['exempt', [said(windowsAccounts, 'exempt')], 'notAssessed', /Exempt from "Windows/],
    [
      'exempt from one, compliant with another',
      [said(windowsAccounts, 'exempt'), said(windowsLogin, 'compliant')],
      'ok',
      /Local authentication/,
    ],
    [
      'assigned twice: named once',
      [said(linuxAccounts, 'nonCompliant'), said(linuxAccounts, 'nonCompliant')],
      'missing',
      /^[^"]*"[^"]*"[^"]*$/,
    ],
  ];

  it.each(cases)('%s', (_what, facts, state, told) => {
    const fact = localAccountsPart({ facts });
    expect(fact).toMatchObject({
      part: 'localAccounts',
      from: 'index',
      state,
      what: expect.stringMatching(told) as string,
    });
    // Whoever is told that something is not in order is told what to do.
    expect(fact.next === '').toBe(state === 'ok');
    expect(localAccountsPart({ facts: [...facts].reverse() }).state).toBe(state);
  });

  it('are told of in the readiness of a VM, and decide nothing there', () => {
    const localAccounts = { facts: [said(windowsAccounts, 'nonCompliant')] };
    expect(factsOn('localAccounts', { localAccounts })).toEqual([localAccountsPart(localAccounts)]);
  });

  it.each(hostileTexts)('are not known where policy could not be read: %j', (unknown) => {
    const { state, what } = localAccountsPart({ unknown });
    expect(state).toBe('unknown');
    expect(what).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });
});

/**
 * Azure/azure-policy, built-in-policies/policyDefinitions/Guest Configuration, commits f7319d6 and
 * 6d7ca62: which file has the id, and what its description calls non-compliant.
 */
const published: readonly (readonly [id: string, file: string, looksAt: string])[] = [
  [windowsAccounts, 'LocalUsers_Windows_AINE.json', 'accounts'],
  [linuxAccounts, 'LocalUsers_Linux_AINE.json', 'accounts'],
  [windowsLogin, 'AADDisableLocalAuth_AINE.json', 'accounts'],
  ['fad40cac-a972-4db0-b204-f1b15cced89a', 'AADDisableLocalAuth_Linux_AINE.json', 'accounts'],
  ['357cbd2d-b5c0-4c73-b40c-6bd84f06ce09', 'AADDisableLocalAuth_DINE.json', 'accounts'],
  ['cd22fc48-f2c9-4b86-98d3-ec1268b46a8a', 'AADDisableLocalAuth_Linux_DINE.json', 'accounts'],
  [administrators, 'AdministratorsGroupMembers_AINE.json', 'administrators'],
  [
    '69bf4abd-ca1e-4cf6-8b5a-762d42e61d4f',
    'AdministratorsGroupMembersToExclude_AINE.json',
    'administrators',
  ],
];

describe('the policies that look at local accounts', () => {
  it.each(published)('%s, of %s: %s', (id, _file, looksAt) => {
    expect(localAccountPolicy(id).looksAt).toBe(looksAt);
  });

  it('are these alone, each by a name of its own, with their sources', () => {
    const { asOf, sources, definitions } = localAccountPolicies;
    expect(definitions.map(({ id }) => id).sort()).toEqual(published.map(([id]) => id).sort());
    expect(new Set(definitions.map(({ name }) => name)).size).toBe(published.length);
    expect(asOf).toMatch(/^20\d\d-\d\d$/);
    expect(sources.every((one) => one.startsWith('https://'))).toBe(true);
  });
});
