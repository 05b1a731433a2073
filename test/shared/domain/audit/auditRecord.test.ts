import * as fc from 'fast-check';
import { auditCsvHead, auditCsvRow } from '../../../../shared/domain/audit/auditCsv';
import {
  type AuditRecord,
  isSound,
  lineOf,
  parseRecord,
  recordAfter,
  startOf,
} from '../../../../shared/domain/audit/auditRecord';
import { factsOf } from '../../audit/facts';

const start = startOf('abc123/windows/2026/01/31/w1');
const recordOf = (why: string, changes = {}): AuditRecord =>
  recordAfter(start, factsOf('a', { why, ...changes }));

const hostile: readonly (readonly [string, string])[] = [
  ['line breaks', 'one\r\ntwo\nthree\u0085four'],
  ['separators of JavaScript', 'one\u2028two\u2029three'],
  ['colours of a terminal', '\u001B[31mred\u001B[0m\u0007'],
  ['a script', '</script><img src=x onerror=alert(1)>'],
  ['a right-to-left override', 'exe.\u202Etxt'],
  ['a NUL', 'a\u0000b'],
  ['half a character', 'a\uD800b\uDC00'],
  ['quotes and backslashes', '"\\"\\n", "hash": "0"'],
  ['a formula', '=HYPERLINK("http://x","y")'],
  ['a megabyte', 'x'.repeat(1_000_000)],
  ['a megabyte of line breaks', '\n'.repeat(1_000_000)],
];

describe('a record', () => {
  it.each(hostile)('is one line, and can be read back, with %s in it', (_what, text) => {
    const who = { id: text, how: 'activityLog' } as const;
    const record = recordOf(text, { who, what: { rules: [text, text], refusal: text } });
    const line = lineOf(record);
    expect(line).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}\u202E]+$/u);
    expect(line.length).toBeLessThan(4_000);
    expect(parseRecord(line)).toEqual(record);
    expect(isSound(record)).toBe(true);
  });

  it('is one sound line whatever it is made of', () => {
    const text = fc.string({ unit: 'binary', maxLength: 700 });
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 300 }), fc.double(), (why, rules, number) => {
        const what = { rules, priority: number };
        const record = recordOf(why, { at: number, what });
        expect(parseRecord(lineOf(record))).toEqual(record);
        expect(isSound(record)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['a token', 'it is eyJhbGciOi.eyJzdWIiOiIx.c2lnbmF0dXJl', 'eyJhbGciOi'],
    ['a key', `AccountKey=${'A'.repeat(86)}==`, 'AAAA'],
    ['a password', 'password=hunter2', 'hunter2'],
    ['a token at the end of what is kept', `${'x '.repeat(230)}Bearer ${'a'.repeat(90)}`, 'aaaa'],
  ])('does not keep %s that somebody typed as a reason', (_what, text, secret) => {
    expect(lineOf(recordOf(text))).not.toContain(secret);
  });

  it('has keys in the order of RFC 8785, and no blank', () => {
    expect(lineOf(recordOf('why'))).toMatch(
      /^\{"at":.*,"chain":.*,"hash":.*,"id":.*,"policyVersion":.*,"previous":.*,"schema":1,/,
    );
    expect(lineOf(recordOf('why'))).not.toMatch(/[,:] /);
  });

  it('is the same line for the same facts, for ever', () => {
    expect(recordOf('why').hash).toBe(
      '8a084d0f97d3404673236ee9504863fd0fd9a229ca52830a1c9830ab3fd55692',
    );
  });

  it.each([Number.NaN, -Infinity, Infinity, 1e300, -1])(
    'has a time where there is none: %d',
    (at) => {
      expect(recordOf('', { at }).at).toMatch(/^\d{4}-\d\d-\d\dT/);
    },
  );
});

describe('the CSV of records', () => {
  const cells = (row: string): string[] =>
    [...row.matchAll(/"((?:[^"]|"")*)"(?:,|\r\n)/g)].map(([, cell = '']) =>
      cell.replaceAll('""', '"'),
    );

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    ' =1',
    '\uFF1D1',
    '\uFF0B1',
    '\uFF0D1',
    '\uFF201',
    ...hostile.map(([, text]) => text),
  ])('has no formula in it, and one row, for %j', (text) => {
    const who = { id: text, how: 'request' } as const;
    // As somebody else may have written it: not cleaned.
    const record = { ...recordOf(text, { who }), why: text, step: `\t${text}` };
    const row = auditCsvRow(record);
    expect(row).toMatch(/^"(?:[^"]|"")*"(?:,"(?:[^"]|"")*")*\r\n$/);
    const found = cells(row);
    expect(found).toHaveLength(cells(auditCsvHead).length);
    for (const cell of found)
      expect(cell).not.toMatch(/^[\t\r\n]|^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u);
  });

  it('tells what, who, when and why', () => {
    const row = cells(auditCsvRow(recordOf('to mend it')));
    const named = Object.fromEntries(cells(auditCsvHead).map((name, index) => [name, row[index]]));
    expect(named).toMatchObject({
      sequence: '1',
      at: '2026-01-31T10:00:00.000Z',
      step: 'planned',
      why: 'to mend it',
      rules: 'postern-abc123-x-0',
      until: '2026-01-31T12:00:00.000Z',
    });
  });
});
