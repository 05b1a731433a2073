import { type KeyedWrite, remembered, repeatOf } from '../../shared/domain/request/keyedWrite';
import type { WindowRow } from '../../shared/domain/window/windowRow';

/**
 * A change of a row that is made once for its key, if it has one. The key is saved by the very
 * write that makes the change, so neither a crash nor a second call at once comes between; what is
 * refused leaves no key behind.
 */
export function keyedChange<Refused>(
  keyed: KeyedWrite | null,
  decide: (row: WindowRow) => WindowRow | { readonly refused: Refused },
): (row: WindowRow) => WindowRow | { readonly refused: Refused | 'keyReused' } {
  return (row) => {
    const repeat = repeatOf(row.keyed, keyed);
    if (repeat === 'reused') return { refused: 'keyReused' };
    if (repeat === 'repeat') return row;
    const next = decide(row);
    if (keyed === null || 'refused' in next) return next;
    return { ...next, keyed: remembered(next.keyed, { ...keyed, generation: next.generation }) };
  };
}

/**
 * The row with the generation that this write has made: what is put on record belongs to it,
 * however far the row has moved on since. So a repeat finds the record of the first call, or makes
 * it where that could not be done.
 */
export function asWritten(row: WindowRow, keyed: KeyedWrite | null): WindowRow {
  const same = row.keyed?.find(({ key }) => key === keyed?.key);
  return same === undefined ? row : { ...row, generation: same.generation };
}
