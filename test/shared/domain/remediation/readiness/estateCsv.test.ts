import type { Candidate } from '../../../../../shared/domain/remediation/candidate';
import {
  estateCsvHead,
  estateCsvRow,
} from '../../../../../shared/domain/remediation/readiness/estateCsv';
import { extensionOf, windowsCandidate } from '../../../../support/candidates';
import { readyVm } from '../../../../support/readiness';
import { hostileTexts } from '../../../../support/reports';

const names = estateCsvHead
  .trim()
  .split(',')
  .map((cell) => cell.replaceAll('"', ''));

function rowOf(candidate: Candidate): Record<string, string> {
  const cells = [
    ...estateCsvRow(candidate)
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

  it.each(hostileTexts)('is one line of cells, none of them a formula: %j', (text) => {
    const line = estateCsvRow(
      windowsCandidate({ name: text, location: text, power: text, osName: text, osType: text }),
    );
    expect(line.trim()).not.toMatch(/[\r\n\p{Cf}]/u);
    expect(line).not.toMatch(/"\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u);
  });
});
