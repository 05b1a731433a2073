import { wishClosed } from './judgeRow';
import type { WindowRow } from './windowRow';

/**
 * The row with the wish that the window be closed, whatever phase it is in; the row itself if that
 * is wished, done or over already. Asked twice it says the same.
 */
export function wishClose(row: WindowRow, hostMs: number): WindowRow {
  if (row.wish === 'closed' || row.concludedAt !== null) return row;
  return { ...wishClosed(row, 'asked', hostMs), endHintAt: null };
}
