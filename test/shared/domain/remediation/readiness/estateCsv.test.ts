import type { Candidate } from '../../../../../shared/domain/remediation/candidate';
import {
  estateCsvHead,
  estateCsvRow,
} from '../../../../../shared/domain/remediation/readiness/estateCsv';
import { extensionOf, windowsCandidate } from '../../../../support/candidates';
import { localAccountPolicy, readyVm } from '../../../../support/readiness';
import { hostileTexts } from '../../../../support/reports';

const names = estateCsvHead
  .trim()
  .split(',')
  .map((cell) => cell.replaceAll('"', ''));

const nobodyLooks = { facts: [] };

function rowOf(
  candidate: Candidate,
  accounts: Parameters<typeof estateCsvRow>[1] = nobodyLooks,
): Record<string, string> {
  const cells = [
    ...estateCsvRow(candidate, accounts)
      .trim()
      .matchAll(/"((?:[^"]|"")*)"/g),
  ];
  return Object.fromEntries(names.map((name, at) => [name, cells[at]?.[1] ?? '']));
}

describe('a VM in the CSV of an estate', () => {
  it.each<[string, Candidate, Record<string, string>]>([
    ['that is ready', readyVm, { state: 'ready', reason: '', what: '' }],
    [
      'that lacks both',
      windowsCandidate(),
      { state: 'notReady', reason: '', what: 'A run would write: identity, then extension.' },
    ],
    [
      'that does not run',
      windowsCandidate({ power: 'deallocated' }),
      { state: 'notReady', reason: 'notRunning', power: 'deallocated' },
    ],
    [
      'of which the index knows little',
      windowsCandidate({
        agent: 'unknown',
        outbound: 'unknown',
        extensions: [extensionOf({ state: 'Failed' })],
      }),
      { state: 'notReady', extension: 'AADLoginForWindows 2.0 Failed', outbound: 'unknown' },
    ],
    [
      'with identities of its own',
      windowsCandidate({ identity: { system: false, userAssigned: ['/a', '/b'] } }),
      { reason: 'userAssignedIdentities', identity: '2 user-assigned' },
    ],
  ])('%s', (_what, candidate, expected) => {
    expect(rowOf(candidate)).toMatchObject(expected);
  });

  it.each([
    ['compliant', 'ok'],
    ['nonCompliant', 'missing'],
    ['exempt', 'notAssessed'],
    ['unknown', 'unknown'],
  ] as const)('whose local accounts policy calls %s: %s', (compliance, told) => {
    const policy = localAccountPolicy('f79fef0d-0050-4c18-a303-5babb9c14ac7');
    const row = rowOf(readyVm, { facts: [{ policy, compliance }] });
    // It is told, and does not change whether somebody can sign in.
    expect(row).toMatchObject({ state: 'ready', localAccounts: told });
    expect(rowOf(readyVm)).toMatchObject({ state: 'ready', localAccounts: 'notAssessed' });
  });

  it.each(hostileTexts)('is one line of cells, none of them a formula: %j', (text) => {
    const line = estateCsvRow(
      windowsCandidate({ name: text, location: text, power: text, osName: text, osType: text }),
      { unknown: text },
    );
    expect(line.trim()).not.toMatch(/[\r\n\p{Cf}]/u);
    expect(line).not.toMatch(/"\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u);
  });
});
