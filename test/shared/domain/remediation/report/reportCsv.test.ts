import { reportCsv } from '../../../../../shared/domain/remediation/report/reportCsv';
import { endedEntry, vmIdAt } from '../../../../support/nightWorld';
import { hostileTexts, written } from '../../../../support/reports';

/** Cells of CSV by RFC 4180, read by nothing of ours. */
function cellsOf(csv: string): string[][] {
  return csv
    .split('\r\n')
    .slice(0, -1)
    .map((line) => [...line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, cell = '']) => cell));
}

describe('the report as CSV', () => {
  it('has a head, and a line for each VM', () => {
    const entries = [endedEntry('ready'), endedEntry('skipped', { reason: 'notRunning' })];
    const [head, ...lines] = cellsOf(written(reportCsv(), entries, { size: 1 }));
    expect(head?.slice(0, 3)).toEqual(['outcome', 'name', 'vmId']);
    expect(lines.map(([outcome, name, vmId]) => [outcome, name, vmId])).toEqual([
      ['ready', 'vm-0', vmIdAt(0)],
      ['skipped', 'vm-0', vmIdAt(0)],
    ]);
  });

  it.each(hostileTexts)('stays one line of cells, none of them a formula: %j', (text) => {
    const error = { status: 400, code: text, message: text };
    const entry = endedEntry('failed', { detail: text, error }, { location: text, vmId: text });
    const csv = written(reportCsv(), [entry]);
    const lines = cellsOf(csv);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toHaveLength(lines[0]?.length ?? 0);
    for (const cell of lines[1] ?? [])
      expect(cell).not.toMatch(/^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u);
  });
});
