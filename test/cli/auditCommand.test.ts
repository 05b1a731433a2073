import { auditExitCodes, runAuditCommand } from '../../cli/auditCommand';
import { createAudit } from '../../shared/audit/createAudit';
import { createChainStoreMemory } from '../../shared/auditMemory';
import { day, factsOf } from '../shared/audit/facts';
import { chainOf } from '../shared/domain/audit/chains';

type Files = Readonly<Record<string, string>>;

/** Three windows over two days, as the container holds them. */
async function container(): Promise<Record<string, string>> {
  const store = createChainStoreMemory();
  let at = day;
  const audit = createAudit(store, 'abc123', () => at);
  for (const id of ['w1', 'w2', 'w3']) {
    at = id === 'w3' ? day + 24 * 3_600_000 : day;
    const steps = [factsOf('a'), factsOf('b'), factsOf('c'), factsOf('z', { step: 'closed' })];
    await audit.append({ id, createdAt: at }, steps.slice(0, 1), 1_000);
    await audit.append({ id, createdAt: at }, steps, 1_000);
  }
  return Object.fromEntries(store.files);
}

const w1 = 'windows/2026/01/31/w1.jsonl';
const firstDay = 'days/2026/01/31.jsonl';

describe('audit verify', () => {
  it('is content with what was written: exit 0, a line for each file', async () => {
    const { exitCode, out } = await verify(await container(), '--complete');
    expect(exitCode).toBe(auditExitCodes.intact);
    expect(out).toContain(`${w1}: intact, 4 records.\n`);
    expect(out).toMatch(/All intact: 19 lines read in 5 files\.\n$/);
  });

  it('names file, line, what is wrong and what to do: exit 1', async () => {
    const files = await container();
    const lines = (files[w1] ?? '').split('\n');
    files[w1] = lines.toSpliced(1, 1).join('\n');
    const { exitCode, out } = await verify(files);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^1 fault: /m);
    expect(out).toContain(`${w1}:2  removed  Record 2 is missing. Fetch the blob again`);
  });

  it('speaks JSON to scripts', async () => {
    const files = await container();
    files[w1] = (files[w1] ?? '').replace('planned', 'Planned');
    const { exitCode, out } = await verify(files, '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      files: expect.arrayContaining([
        {
          file: w1,
          chain: expect.any(String),
          read: 4,
          fault: expect.objectContaining({ line: 1, kind: 'edited' }),
        },
      ]),
    });
  });

  it.each([
    [
      'whose end was cut off',
      (text: string) => text.split('\n').slice(0, 2).concat('').join('\n'),
      'chainCut',
    ],
    [
      'that was written anew',
      () => `${chainOf(4, 'abc123/windows/2026/01/31/w1').join('\n')}\n`,
      'chainReplaced',
    ],
  ])('sees by the chain of the day a window %s', async (_what, change, kind) => {
    const files = await container();
    files[w1] = change(files[w1] ?? '');
    const { exitCode, out } = await verify(files);
    expect(exitCode).toBe(1);
    expect(out).toMatch(new RegExp(`^${firstDay}:\\d  ${kind}  `, 'm'));
  });

  it('sees a window that was taken away whole where all should be there', async () => {
    const { [w1]: taken, ...files } = await container();
    expect(taken).toBeDefined();
    expect((await verify(files, '--complete')).out).toContain(
      'chainMissing  No file holds abc123/windows/2026/01/31/w1',
    );
    const some = await verify(files);
    expect(some.exitCode).toBe(0);
    expect(some.out).toContain('1 chain named by a day and not among the files.');
  });

  it('sees a day that was cut short, or taken away, by the day after it', async () => {
    const files = await container();
    const cut = {
      ...files,
      [firstDay]: (files[firstDay] ?? '').split('\n').slice(0, 2).concat('').join('\n'),
    };
    expect((await verify(cut)).out).toMatch(/^days\/2026\/02\/01\.jsonl:1 {2}chainCut/m);
    const { [firstDay]: taken, ...rest } = files;
    expect(taken).toBeDefined();
    expect((await verify(rest, '--complete')).out).toMatch(
      /chainMissing {2}No file holds abc123\/days/,
    );
  });

  it('asks nothing of the days before the period that was given', async () => {
    const files = await container();
    const later = Object.entries(files).filter(([name]) => name.includes('2026/02'));
    expect((await verify(Object.fromEntries(later), '--complete')).exitCode).toBe(0);
  });

  it('puts the parts of a chain together, whatever their order', async () => {
    const lines = chainOf(9).map((line) => `${line}\n`);
    const files = {
      b: lines.slice(6).join(''),
      c: lines.slice(0, 3).join(''),
      a: lines.slice(3, 6).join(''),
    };
    expect((await verify(files)).exitCode).toBe(0);
    const { a: middle, ...rest } = files;
    expect(middle).toBeDefined();
    expect((await verify(rest)).out).toContain('b.jsonl:1  removed  Records 4 to 6 are missing.');
  });

  describe('a file that holds several chains, as an export of a period does', () => {
    const exported = async (
      change: (lines: string[]) => string[] = (lines) => lines,
    ): Promise<Files> => {
      const chains = Object.values(await container()).map((text) => text.trimEnd().split('\n'));
      return { export: `${change(chains.flat()).join('\n')}\n` };
    };

    it('is intact, the notes of the days included', async () => {
      const { exitCode, out } = await verify(await exported(), '--complete');
      expect([exitCode, out]).toEqual([0, expect.stringContaining('19 lines read in 1 file')]);
    });

    it.each([
      ['removed', (lines: string[]) => lines.toSpliced(5, 1), 6, 'removed'],
      [
        'edited',
        (lines: string[]) => lines.with(6, (lines[6] ?? '').replace('b', 'B')),
        7,
        'edited',
      ],
      [
        'moved',
        (lines: string[]) => lines.with(5, lines[6] ?? '').with(6, lines[5] ?? ''),
        6,
        'reordered',
      ],
      [
        'put among those of another chain',
        (lines: string[]) => lines.toSpliced(2, 0, lines[6] ?? ''),
        3,
        'otherChain',
      ],
      [
        'cut',
        (lines: string[]) => lines.with(18, (lines[18] ?? '').slice(0, 40)),
        19,
        'notARecord',
      ],
    ])('names the line of the file where a record was %s', async (_what, change, line, kind) => {
      const { exitCode, out } = await verify(await exported(change));
      expect(exitCode).toBe(1);
      expect(out).toMatch(new RegExp(`^export.jsonl:${line}  ${kind}  `, 'm'));
    });

    it('does not miss a chain whose first record is no record', async () => {
      const files = await exported((lines) => lines.with(4, '{}'));
      const { exitCode, out } = await verify(files);
      expect(exitCode).toBe(1);
      expect(out).toMatch(/^export.jsonl:5  notARecord  /m);
    });
  });

  it('reads 20,000 records as a stream, in pieces that cut characters in two', async () => {
    const text = `${chainOf(20_000, 'abc123/windows/2026/01/31/w1', { why: '𝔘é' }).join('\n')}\n`;
    expect((await verify({ big: text })).out).toContain('big.jsonl: intact, 20000 records.');
  }, 60_000);

  it.each([
    ['nothing', ''],
    ['no text at all', Buffer.from([0xff, 0xfe, 0x00, 0x0a]).toString('latin1')],
    ['one endless line', 'x'.repeat(3_000_000)],
    ['a line of JSON that is deep', `${'['.repeat(200_000)}\n`],
  ])('survives a file that holds %s', async (_what, text) => {
    expect([0, 1]).toContain((await verify({ odd: text })).exitCode);
  });

  it('says when there is no such file: exit 2', async () => {
    const { exitCode, err } = await run({}, 'verify', 'none.jsonl');
    expect({ exitCode, err }).toEqual({
      exitCode: 2,
      err: 'none.jsonl cannot be read (ENOENT).\n',
    });
  });

  it('explains itself when it is called wrongly: exit 2, and on request: exit 0', async () => {
    expect((await run({}, 'verify')).exitCode).toBe(2);
    expect((await run({}, 'verfy', 'x')).exitCode).toBe(2);
    expect((await run({}, 'verify', 'x', '--jsn')).exitCode).toBe(2);
    expect(await run({}, '--help')).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('verify'),
    });
  });
});

describe('audit csv', () => {
  it('prints a head and a row for each record', async () => {
    const { exitCode, out } = await run({ a: `${chainOf(3).join('\n')}\n` }, 'csv', 'a');
    expect(exitCode).toBe(0);
    expect(out.trimEnd().split('\r\n')).toHaveLength(4);
  });

  it('leaves out what is no record, and says so: exit 1', async () => {
    const { exitCode, out, err } = await run({ a: `${chainOf(1).join('\n')}\n=1\n` }, 'csv', 'a');
    expect(exitCode).toBe(1);
    expect(out.trimEnd().split('\r\n')).toHaveLength(2);
    expect(err).toContain('1 line left out');
  });
});

const verify = (files: Files, ...options: string[]) => run(files, 'verify', 'all', ...options);

/** `all` is a folder that holds every file. */
async function run(
  files: Files,
  ...args: string[]
): Promise<{ exitCode: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const names = Object.keys(files).map((name) => (name.includes('/') ? name : `${name}.jsonl`));
  const textOf = (path: string): string | undefined => {
    return (
      files[path] ??
      files[path.replace(/^all\//, '')] ??
      files[path.replace(/^all\/|\.jsonl$/g, '')]
    );
  };
  const exitCode = await runAuditCommand(args, {
    async *readFile(path) {
      const text = textOf(path);
      if (text === undefined) throw Object.assign(new Error(), { code: 'ENOENT', path });
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += 65_537) yield bytes.subarray(at, at + 65_537);
    },
    listFolder: (path) => (path === 'all' ? names : null),
    out: (text) => (said.out += text.replaceAll(/\ball\//g, '')),
    err: (text) => (said.err += text),
  });
  return { exitCode, ...said };
}
