import { decodeFailure } from '../../../../../shared/domain/remediation/decodeFailure';
import type { Entry } from '../../../../../shared/domain/remediation/entry';
import { reasons } from '../../../../../shared/domain/remediation/reasons';
import { reportLine } from '../../../../../shared/domain/remediation/report/reportLine';
import { endedEntry, entryOf, nightBegin, vmIdAt } from '../../../../support/nightWorld';
import { hostileTexts } from '../../../../support/reports';

const extension = {
  what: 'extension',
  name: 'AADLoginForWindows',
  type: 'AADLoginForWindows',
  version: '2.0',
  mdmId: '',
} as const;

describe('what is told of a VM', () => {
  it('is where it lies, and what it came to, in words', () => {
    const entry = endedEntry('skipped', { reason: 'optedOut', detail: 'postern-remediation=off' });
    expect(reportLine(entry, 'AzureCloud')).toMatchObject({
      vmId: vmIdAt(0),
      name: 'vm-0',
      subscriptionId: '11111111-1111-4111-8111-111111111111',
      resourceGroup: 'rg-0',
      outcome: 'skipped',
      reason: 'optedOut',
      what: reasons.optedOut.text,
      next: reasons.optedOut.next,
      detail: 'postern-remediation=off',
      error: null,
      endedAt: nightBegin,
    });
  });

  it('is that it is pending while the run has not come to its end', () => {
    const line = reportLine(entryOf({ stage: 'extensionSent' }), 'AzureCloud');
    expect(line).toMatchObject({ outcome: 'pending', reason: null, what: '', endedAt: null });
  });

  it('is what its error means, and where a machine of its kind says more', () => {
    const message = 'Enable failed ... exit code -2145648607';
    const error = { status: 0, code: 'VMExtensionHandlerNonTransientError', message };
    const end = endedEntry('failed', { reason: 'extensionFailed', error }).end;
    const line = reportLine(entryOf({ plan: [extension], end }), 'AzureUSGovernment');
    const { cause, next, retry, look } = decodeFailure(error, {
      family: 'windows',
      cloud: 'AzureUSGovernment',
    });
    expect(line).toMatchObject({ cause, next, retry, error });
    expect(cause).toContain('device registration');
    expect(line.look).toEqual(expect.arrayContaining([...(look?.files ?? ['none'])]));
  });

  const writes: readonly (readonly [string, Partial<Entry>, Entry['end'], string[]])[] = [
    ['none', {}, null, []],
    [
      'those of a dry run',
      {},
      endedEntry('wouldFix', {
        writes: [
          { what: 'identity', userAssigned: ['/a', '/b'] },
          { ...extension, mdmId: 'x' },
        ],
      }).end,
      [
        'identity: system-assigned on, 2 user-assigned kept',
        'extension AADLoginForWindows 2.0 as AADLoginForWindows, enrols in device management',
      ],
    ],
    [
      'those that were sent, with why one was sent again',
      {
        sent: [
          { what: 'identity', at: 1, status: null, over: true, cause: '' },
          { what: 'identity', at: 2, status: 200, over: false, cause: 'lost' },
        ],
      },
      endedEntry('fixed', { writes: [extension] }).end,
      ['identity, no answer', 'identity, answered 200, again because lost'],
    ],
  ];

  it.each(writes)('names its writes: %s', (_what, changes, end, expected) => {
    expect(reportLine(entryOf({ ...changes, end }), 'AzureCloud').writes).toEqual(expected);
  });

  it.each(hostileTexts)('is harmless, short text whatever stands in it: %j', (text) => {
    const error = { status: 400, code: text.repeat(500), message: text.repeat(500) };
    const end = endedEntry('failed', { detail: text.repeat(500), error }).end;
    const line = reportLine(
      entryOf({ vmId: `/subscriptions/${text}`, location: text, end }),
      'AzureCloud',
    );
    const told = JSON.stringify(line);
    expect(told).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(told.length).toBeLessThan(8_000);
    expect(line.look.length).toBeLessThanOrEqual(10);
  });
});
