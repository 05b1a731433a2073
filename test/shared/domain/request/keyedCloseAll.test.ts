import {
  rememberedMs,
  stillKnown,
  withCloseAll,
} from '../../../../shared/domain/request/keyedCloseAll';
import { keyedWrite } from '../../../../shared/domain/request/keyedWrite';

const caller = '33333333-3333-4333-8333-333333333333';
const closed = (key: string, windows: number, at = 0) => ({
  ...keyedWrite(caller, 'close-all', key, {}),
  at,
  answer: { ids: Array.from({ length: windows }, (_none, one) => `${key}${one}`), isWhole: true },
});

describe('what is remembered of a caller’s close-alls', () => {
  it('fits into a row: the longest answers that are old go, their keys stay', () => {
    let known = withCloseAll('row', [], closed('a', 5_000));
    known = withCloseAll('row', known.closeAlls, closed('b', 5_000));
    known = withCloseAll('row', known.closeAlls, closed('c', 1));
    expect(known.closeAlls.map(({ answer }) => answer?.ids.length)).toEqual([undefined, 5_000, 1]);
    // The newest one, too, where it is more than a row holds.
    known = withCloseAll('row', known.closeAlls, closed('d', 20_000));
    expect(known.closeAlls.map(({ answer }) => answer)).toEqual([null, null, null, null]);
    expect(JSON.stringify(known).length).toBeLessThan(480_000);
  });

  it('is of one day, to the millisecond', () => {
    const row = withCloseAll('row', [closed('a', 1, 0)], closed('b', 1, 1));
    expect(stillKnown(row, rememberedMs - 1)).toHaveLength(2);
    expect(stillKnown(row, rememberedMs)).toHaveLength(1);
    expect(stillKnown(null, 0)).toEqual([]);
  });
});

describe('the hash of a key', () => {
  it('is of the caller, without case, of the verb and of the key', () => {
    const one = keyedWrite(caller, 'close', 'k', {});
    expect(keyedWrite(caller.toUpperCase(), 'close', 'k', {})).toEqual(one);
    const others = [
      keyedWrite(caller.replace('3', '4'), 'close', 'k', {}),
      keyedWrite(caller, 'extend', 'k', {}),
      keyedWrite(caller, 'close', 'K', {}),
    ];
    expect(new Set([one, ...others].map(({ key }) => key)).size).toBe(4);
  });
});
