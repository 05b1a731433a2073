import { runAgainst } from '../../support/commandLine';

const records = '{"chain":"a"}\n';
const jsonl = (): Response =>
  new Response(records, { headers: { 'content-type': 'application/jsonl; charset=utf-8' } });
const whole = { intact: true, files: 3, records: 21, faults: [] };
const fault = {
  file: 'windows/2026/01/01/a.jsonl',
  line: 2,
  chain: 'dev001/windows/2026/01/01/a',
  kind: 'edited',
  what: 'Record 2 was \u001b[31medited.',
  next: 'Fetch it again.',
};

describe('postern audit', () => {
  it('saves the records of a period as they are stored', async () => {
    const saved: string[] = [];
    const since = '2026-01-01T00:00:00Z';
    const said = await runAgainst(
      ['audit', '--since', since, '--vm', 'vm-1', '--out', 'audit.jsonl'],
      jsonl,
      {
        saveFile: async (...of) => {
          saved.push(of.join(' '));
          return null;
        },
      },
    );
    expect([said.exitCode, saved]).toEqual([0, [`audit.jsonl ${records} false`]]);
    const { searchParams } = new URL(said.heard[0]?.url ?? '');
    expect(Date.parse(searchParams.get('from') ?? '')).toBe(Date.parse(since));
    expect(searchParams.get('vm')).toBe('vm-1');
  });

  it('replaces no file, and needs to be told one', async () => {
    const there = { saveFile: async () => 'EEXIST' };
    expect((await runAgainst(['audit', '--out', 'a'], jsonl, there)).exitCode).toBe(2);
    const nowhere = await runAgainst(['audit'], jsonl);
    expect([nowhere.exitCode, nowhere.heard]).toEqual([2, []]);
  });

  it('takes nothing else for records', async () => {
    const html = (): Response =>
      new Response('<html>', { headers: { 'content-type': 'text/html' } });
    expect((await runAgainst(['audit', '--out', 'a'], html)).exitCode).toBe(3);
    expect((await runAgainst(['audit', '--csv', '--out', 'a'], jsonl)).exitCode).toBe(3);
  });

  it('tells whether every chain is whole, by its exit code as well', async () => {
    const intact = await runAgainst(['audit', '--verify'], () => Response.json(whole));
    expect([intact.exitCode, intact.out]).toEqual([0, 'Intact: 21 records in 3 files.\n']);
    const broken = await runAgainst(['audit', '--verify'], () =>
      Response.json({ ...whole, intact: false, faults: [fault] }),
    );
    expect(broken.exitCode).toBe(1);
    expect(broken.err).toContain('Broken: 21 records in 3 files.');
    expect(broken.err).toContain('Record 2 was');
    expect(broken.err).not.toContain('\u001b');
  });
});
