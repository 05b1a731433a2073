import * as fc from 'fast-check';
import { verifyChain } from '../../../../shared/domain/audit/verifyChain';
import { chainOf, forged, wholeLines } from './chains';

const length = 12;
const lines = chainOf(length);
const other = chainOf(length, 'abc123/windows/2026/01/31/w2');
const at = (index: number): string => lines[index] ?? '';

async function faultOf(changed: readonly string[]) {
  const { fault, read } = await verifyChain(wholeLines(changed));
  expect(read).toBe(changed.length);
  return fault === null ? null : { line: fault.line, kind: fault.kind };
}

describe('the verification of a chain', () => {
  it.each([0, 1, 2, length])('is content with the first %i records of it', async (count) => {
    const reading = await verifyChain(wholeLines(lines.slice(0, count)));
    expect(reading).toMatchObject({ read: count, fault: null });
    expect(reading.last?.sequence ?? 0).toBe(count);
  });

  it('goes on where an earlier part ended, and nowhere else', async () => {
    const { last } = await verifyChain(wholeLines(lines.slice(0, 5)));
    const rest = wholeLines(lines.slice(5));
    expect(await verifyChain(rest, last)).toMatchObject({ read: 7, fault: null });
    expect(await verifyChain(rest)).toMatchObject({ fault: { line: 1, kind: 'removed' } });
    expect((await verifyChain(wholeLines(lines.slice(6)), last)).fault?.what).toBe(
      'Record 6 is missing.',
    );
  });

  it.each([...lines.keys()].slice(0, -1))('names record %i when it is missing', async (index) => {
    const fault = await faultOf(lines.toSpliced(index, 1));
    expect(fault).toEqual({ line: index + 1, kind: 'removed' });
  });

  it.each([...lines.keys()])('names record %i when it is changed', async (index) => {
    const edited = at(index).replace('"v1"', '"v2"');
    expect(await faultOf(lines.with(index, edited))).toEqual({ line: index + 1, kind: 'edited' });
  });

  it('sees a change of one byte, wherever it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(length - 1),
        fc.nat(),
        fc.integer({ min: 32, max: 126 }),
        async (index, place, code) => {
          const line = at(index);
          const where = place % line.length;
          const edited = `${line.slice(0, where)}${String.fromCharCode(code)}${line.slice(where + 1)}`;
          fc.pre(edited !== line);
          expect((await faultOf(lines.with(index, edited)))?.line).toBe(index + 1);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['two neighbours are swapped', lines.with(3, at(4)).with(4, at(3)), 4, 'reordered'],
    ['the last goes first', [at(11), ...lines.slice(0, 11)], 1, 'reordered'],
    ['one stands there twice', lines.toSpliced(4, 0, at(3)), 5, 'inserted'],
    ['one comes again at the end', [...lines, at(3)], 13, 'inserted'],
    ['one stands there before its time and in time', lines.toSpliced(2, 0, at(5)), 3, 'inserted'],
    ['one of another chain is among them', lines.toSpliced(4, 0, other[4] ?? ''), 5, 'otherChain'],
    ['one of another chain is in its place', lines.with(4, other[4] ?? ''), 5, 'otherChain'],
    ['one is no JSON', lines.with(4, '{"schema":1'), 5, 'notARecord'],
    ['one is empty', lines.with(4, ''), 5, 'notARecord'],
    ['one is JSON and no record', lines.with(4, '[[[]]]'), 5, 'notARecord'],
    ['one is of a depth that nobody reads', lines.with(4, '['.repeat(500_000)), 5, 'notARecord'],
    ['one has a blank too many', lines.with(4, at(4).replace(':', ': ')), 5, 'notARecord'],
    ['one says a thing twice', lines.with(4, at(4).replace('{', '{"why":"",')), 5, 'notARecord'],
    ['one has a thing more', lines.with(4, at(4).replace('{', '{"a":"",')), 5, 'notARecord'],
    ['the first is not there', lines.slice(1), 1, 'removed'],
    ['several are not there', lines.toSpliced(3, 4), 4, 'removed'],
    [
      'one was forged, hash and all',
      lines.with(4, forged(at(4), { why: 'nothing to see' })),
      6,
      'edited',
    ],
    [
      'a forged one was put before its time',
      lines.toSpliced(4, 0, forged(at(4), { why: 'nothing to see' })),
      6,
      'inserted',
    ],
  ] as const)('says so when %s', async (_what, changed, line, kind) => {
    expect(await faultOf(changed)).toEqual({ line, kind });
  });

  it('says when the file ends in the middle of a record', async () => {
    for (const text of [at(11).slice(0, 40), at(11)]) {
      const cut = [...wholeLines(lines.slice(0, 11)), { text, isWhole: false }];
      expect((await verifyChain(cut)).fault).toMatchObject({ line: 12, kind: 'cut' });
    }
  });

  it('says in words what is wrong and what to do', async () => {
    const { fault } = await verifyChain(wholeLines(lines.toSpliced(3, 4)));
    expect(fault?.what).toBe('Records 4 to 7 are missing.');
    expect(fault?.next).toMatch(/^Fetch the blob again/);
  });
});
