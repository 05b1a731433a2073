import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readPolicy } from '../../../shared/policy/readPolicy';

const folder = join(__dirname, '..', '..', 'fixtures', 'policies-bad');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('a policy with faults', () => {
  it('is one of at least forty', () => {
    expect(files.length).toBeGreaterThanOrEqual(40);
  });

  it.each(files)('tells them all, each at its place: %s', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const expected = expectedOf(text);
    const reading = readPolicy(text);
    if ('policy' in reading) throw new Error('No fault was found.');
    const withPlace = expected.some((one) => one.includes('@'));
    const found = reading.faults.map(({ code, line, column }) =>
      withPlace ? `${code}@${line}:${column}` : code,
    );
    expect(withPlace ? found : [...new Set(found)]).toEqual(expected);
    for (const { message } of reading.faults) expect(message).toMatch(/^.{10,300}$/);
  });
});

/** The first line of each file names its faults. */
function expectedOf(text: string): string[] {
  const [first = ''] = text.split('\n');
  return first.replace('# expect: ', '').split(' ');
}
