import assert from 'node:assert';
import { batchId } from '../../../shared/domain/remediation/batchRow';
import type { BatchBook } from './batchBook';
import type { Lane } from './lane';
import type { NightRun } from './nightRun';
import { isQuiet } from './parkedBatches';

const atOnce = 8;

/**
 * Takes the open batches of a run up again. Those in which something was sent are kept, because
 * what they wait for comes from outside, in memory or parked; of the others a lane remembers the
 * number alone. Throws `Fault`.
 */
export async function resumeBatches(
  run: NightRun,
  book: BatchBook,
  laneOf: (subscriptionId: string) => Lane,
): Promise<void> {
  const numbers = [...run.open].sort((one, other) => one - other);
  for (let from = 0; from < numbers.length; from += atOnce) {
    const some = numbers.slice(from, from + atOnce);
    await Promise.all(some.map((number) => resumeOne(run, book, number, laneOf)));
  }
}

async function resumeOne(
  run: NightRun,
  book: BatchBook,
  number: number,
  laneOf: (subscriptionId: string) => Lane,
): Promise<void> {
  const stored = await run.world.ledger.remediationBatches.get(batchId(run.id, number));
  assert(stored !== null, 'a batch is inserted before it is counted');
  const { row, etag } = stored;
  const lane = laneOf(row.subscriptionId);
  const isOpen = row.entries.some(({ end, sent }) => end === null && sent.length > 0);
  const isOver = row.entries.every(({ end }) => end !== null);
  if (!isOver && isQuiet(row.entries, run.world.clock.now())) lane.park(row);
  else if (isOpen || isOver) lane.add(book.take(row, etag));
  else lane.unopened.push(number);
}
