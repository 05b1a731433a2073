import fc from 'fast-check';
import { shellLine } from '../../../../shared/domain/connect/shellLine';
import { argumentsOf } from '../../../support/bash';

const hostile = [
  '',
  ' ',
  '-rf',
  '~',
  '*',
  '$(rm -rf ~)',
  '`id`',
  "it's",
  '"quoted"',
  "'; touch /tmp/postern-was-here; '",
  'a\nb',
  'a\r\nb',
  '\ttab',
  '\u001b]0;title\u0007',
  '\u001b[201~rm -rf ~\n',
  '!!',
  '\\',
  '\\n',
  "\\'",
  '$HOME',
  '${IFS}',
  'ünïcode 漢字 😀',
  '\u202eabc',
  '\u00001'.slice(1),
  '\x7f',
  '#',
  'a=b',
  '{a,b}',
  '<>|&;()',
  'x'.repeat(10_000),
  '$(id)'.repeat(2_000),
  'é1',
];

const nastyCharacters = [
  "'",
  '"',
  '$',
  '`',
  '\\',
  '!',
  '\n',
  '\r',
  ' ',
  '0',
  'a',
  '~',
  '*',
  '(',
  '{',
  'é',
];

describe('a line for bash', () => {
  it('is parsed to exactly the arguments it was made of, whatever they hold', () => {
    const lines = hostile.map((text) => ['az', text, 'end']);
    expect(argumentsOf(lines.map(shellLine))).toEqual(lines);
  });

  it('is so for thousands of generated texts', () => {
    const text = fc
      .string({ unit: 'binary', maxLength: 30 })
      .map((one) => one.replaceAll('\0', ''));
    const nasty = fc.string({ unit: fc.constantFrom(...nastyCharacters), maxLength: 12 });
    const argv = fc.array(fc.oneof(text, nasty), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(argv, { minLength: 200, maxLength: 200 }), (lines) => {
        expect(argumentsOf(lines.map(shellLine))).toEqual(
          lines.map((line) => line.map((one) => one.toWellFormed())),
        );
      }),
      { numRuns: 5 },
    );
  });

  it('holds nothing but printable ASCII, and is one line', () => {
    for (const text of hostile) expect(shellLine([text])).toMatch(/^[ -~]+$/);
  });

  it('leaves out what no argument can hold', () => {
    expect(argumentsOf([shellLine(['a\0b', '\0'])])).toEqual([['ab', '']]);
  });

  it('leaves plain arguments as people write them', () => {
    expect(shellLine(['az', 'ssh', 'vm', '--ip', '10.0.0.4'])).toBe('az ssh vm --ip 10.0.0.4');
  });
});
