import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runPolicyCommand, schemaText } from '../../cli/policyCommand';

const root = join(__dirname, '..', '..');
const files: Readonly<Record<string, string>> = {
  'good.yaml': readFileSync(join(root, 'policy.yaml'), 'utf8'),
  'bad.yaml': 'version: 1\nwat: 2\nallow: []\n',
};

describe('policy check', () => {
  it('is content with a sound file: exit 0, one line', () => {
    expect(run('check', 'good.yaml')).toEqual({
      exitCode: 0,
      out: expect.stringMatching(
        /^good\.yaml is sound: 1 allow, 1 deny, version [a-z2-7]{20}\.\n$/,
      ),
      err: '',
    });
  });

  it('tells every fault with line and column: exit 1', () => {
    const { exitCode, out } = run('check', 'bad.yaml');
    expect(exitCode).toBe(1);
    expect(out.split('\n')).toEqual([
      'bad.yaml:2:1  unknownKey  Nobody knows the key wat.',
      expect.stringMatching(/^bad\.yaml:3:8 {2}outOfRange {2}/),
      '2 faults: with this file nothing would be opened.',
      '',
    ]);
  });

  it('speaks JSON to scripts', () => {
    expect(JSON.parse(run('check', 'bad.yaml', '--json').out)).toMatchObject({
      file: 'bad.yaml',
      ok: false,
      faults: [{ line: 2, column: 1, code: 'unknownKey' }, { code: 'outOfRange' }],
    });
    expect(JSON.parse(run('check', 'good.yaml', '--json').out)).toMatchObject({
      ok: true,
      faults: [],
    });
  });

  it('says when there is no such file: exit 2', () => {
    expect(run('check', 'none.yaml')).toMatchObject({
      exitCode: 2,
      err: 'none.yaml cannot be read.\n',
    });
  });

  it('explains itself when it is called wrongly: exit 2, and on request: exit 0', () => {
    expect(run('check').exitCode).toBe(2);
    expect(run('chek', 'good.yaml').exitCode).toBe(2);
    expect(run('check', 'good.yaml', '--jsn').exitCode).toBe(2);
    expect(run('--help')).toMatchObject({ exitCode: 0, out: expect.stringContaining('check') });
  });

  it('prints the schema', () => {
    expect(run('schema')).toEqual({ exitCode: 0, out: schemaText(), err: '' });
  });
});

function run(...args: string[]): { exitCode: number; out: string; err: string } {
  const said = { out: '', err: '' };
  const exitCode = runPolicyCommand(args, {
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw new Error('ENOENT');
      return text;
    },
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
  });
  return { exitCode, ...said };
}
