import * as fc from 'fast-check';
import { reportJson } from '../../../../../shared/domain/remediation/report/reportJson';
import { endedEntry, vmIdAt } from '../../../../support/nightWorld';
import { hostileTexts, reportRun, written } from '../../../../support/reports';

const everything = { outcome: null, reason: null };

describe('the report as JSON', () => {
  it('is one document, however the VMs are cut into batches', () => {
    const size = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(fc.nat(20), size, (count, batch) => {
        const entries = Array.from({ length: count }, (_, at) =>
          endedEntry('ready', {}, { vmId: vmIdAt(at) }),
        );
        const text = written(reportJson(reportRun(), everything), entries, { size: batch });
        const read = JSON.parse(text) as { vms: { vmId: string }[]; listed: number };
        expect(read.vms.map(({ vmId }) => vmId)).toEqual(entries.map(({ vmId }) => vmId));
        expect(read.listed).toBe(count);
      }),
    );
  });

  it('stays one where batches are empty, first, between and last', () => {
    const writer = reportJson(reportRun(), everything);
    const text = [writer.head(), writer.vms([]), writer.vms([]), writer.foot({ isWhole: false })];
    expect(JSON.parse(text.join(''))).toMatchObject({ vms: [], listed: 0, isWhole: false });
    const between = ['ready', 'fixed'] as const;
    const parts = between.map((outcome) =>
      written(reportJson(reportRun(), everything), [endedEntry(outcome)]),
    );
    for (const part of parts) expect(JSON.parse(part)).toMatchObject({ listed: 1 });
  });

  it('says which reasons there were, the most frequent first', () => {
    const reasons = ['notRunning', 'optedOut', 'notRunning', 'serverCore'] as const;
    const entries = reasons.map((reason) => endedEntry('skipped', { reason }));
    const text = written(reportJson(reportRun(), everything), entries, { size: 3 });
    expect(JSON.parse(text)).toMatchObject({
      reasons: [
        { reason: 'notRunning', count: 2 },
        { reason: 'optedOut', count: 1 },
        { reason: 'serverCore', count: 1 },
      ],
    });
  });

  it('says out loud that Owner and Contributor do not log in', () => {
    expect(written(reportJson(reportRun(), everything), [])).toContain(
      'Owner and Contributor do not log in',
    );
  });

  it.each(hostileTexts)('is JSON whatever stands in it: %j', (text) => {
    const entry = endedEntry('failed', { detail: text }, { location: text });
    const run = reportRun({ reason: text, scopes: [text] });
    expect(() => JSON.parse(written(reportJson(run, everything), [entry, entry]))).not.toThrow();
  });
});
