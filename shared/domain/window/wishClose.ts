import { wasRefused } from '../intake/newWindow';
import { wishClosed } from './judgeRow';
import type { WindowRow } from './windowRow';

/**
 * The row with the wish that the window be closed, whatever phase it is in; the row itself if that
 * is wished, done or over already. Asked twice it says the same. What was refused could be judged
 * again, with an address or a policy that comes later: whoever asked for its end is not to find it
 * open after that, so the wish is noted there as well.
 */
export function wishClose(row: WindowRow, hostMs: number): WindowRow {
  if (wasRefused(row)) return { ...row, closeReason: 'asked', generation: row.generation + 1 };
  if (row.wish === 'closed' || row.concludedAt !== null) return row;
  return { ...wishClosed(row, 'asked', hostMs), endHintAt: null };
}
