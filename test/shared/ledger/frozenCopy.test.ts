import * as fc from 'fast-check';
import { frozenCopy } from '../../../shared/ledgerMemory';

/** Whatever somebody might put into a row, dates and numbers without a text in JSON included. */
const anyRow = fc.dictionary(
  fc.string(),
  fc.anything({ withDate: true, withSparseArray: true, withNullPrototype: true }),
);

describe('the copy that the ledger in memory keeps of a row', () => {
  it('is what JSON keeps, frozen to the bottom', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        const copy = frozenCopy(row);
        expect(copy).toStrictEqual(JSON.parse(JSON.stringify(row)));
        expect(isFrozen(copy)).toBe(true);
      }),
    );
  });

  it.each([
    ['a date', { at: new Date(0) }],
    ['a negative zero', { count: -0 }],
    ['no number', { count: Number.NaN }],
    ['nothing', { count: undefined, list: [undefined] }],
    ['a name that objects have', JSON.parse('{ "__proto__": { "a": 1 } }') as object],
    ['a text of its own making', { shown: { toJSON: () => 'text' } }],
  ])('keeps of %s what JSON keeps', (_name, row) => {
    expect(frozenCopy(row)).toStrictEqual(JSON.parse(JSON.stringify(row)));
  });
});

function isFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isFrozen);
}
