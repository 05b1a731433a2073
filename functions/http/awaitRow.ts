import { windowPhase } from '../../shared/domain/window/phase';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { World } from '../../shared/ports/world';

const pauseMs = 1_000;

/**
 * Waits until the row is as it is wanted, `forMs` at most, and answers it as it then stands. It only
 * reads: who does the work is the window's own worker, whether anybody waits or not. Throws `Fault`.
 */
export async function awaitRow(
  { ledger, clock }: Pick<World, 'ledger' | 'clock'>,
  row: WindowRow,
  forMs: number,
  isThere: (row: WindowRow) => boolean,
): Promise<WindowRow> {
  const endAt = clock.now() + forMs;
  let seen = row;
  while (!isThere(seen) && clock.now() < endAt) {
    await clock.wait(Math.min(pauseMs, endAt - clock.now()));
    seen = (await ledger.windows.get(row.id))?.row ?? seen;
  }
  return seen;
}

/** Open, over, or on its way to the end: whoever asked for it can be told how it went. */
export function isDecided(row: WindowRow): boolean {
  const phase = windowPhase(row);
  return phase !== 'planned' && phase !== 'opening';
}
