import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultNames, readOptions } from '../../../local/supervisor/options';

const root = join(__dirname, '..', '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

function help(): string {
  const written: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  try {
    expect(readOptions(['--help'])).toEqual({ exit: 0 });
  } finally {
    write.mockRestore();
  }
  return written.join('');
}

describe('what the commands are said to be', () => {
  it.each(faultNames)('--fault %s is in the help and in the README', (name) => {
    expect(help()).toContain(`"${name}"`);
    expect(readme).toContain(`\`--fault ${name}\``);
    expect(readOptions(['--fault', name])).toMatchObject({ fault: name });
  });

  it('every switch of the help is in the README, and no other', () => {
    const known = [...help().matchAll(/^ {2}(--[\w-]+)/gm)].map(([, name]) => name ?? '');
    expect(known).toEqual(expect.arrayContaining(['--once', '--app-dies', '--no-restart']));
    const cells = readme.split('\n').filter((line) => /^\| `(?:npm start -- )?--/.test(line));
    const told = cells.flatMap((line) => line.split('|')[1]?.match(/--[a-z][\w-]*/g) ?? []);
    const hidden = ['--json', '--help'];
    expect([...new Set(told)].toSorted()).toEqual(
      known.filter((name) => !hidden.includes(name)).toSorted(),
    );
  });

  it('every script is in the README, and no other', () => {
    const told = [...readme.matchAll(/npm (?:run )?(?:--silent )?([a-z]+)/g)].map(
      ([, name]) => name ?? '',
    );
    const own = told.filter((name) => name !== 'ci');
    expect([...new Set(own)].toSorted()).toEqual(Object.keys(scripts).toSorted());
  });
});
