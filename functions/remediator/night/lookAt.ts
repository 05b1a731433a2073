import { factsOf } from '../../../shared/domain/fault';
import { afterCancel, afterFault } from '../../../shared/domain/remediation/afterFault';
import { lookAtMachine } from '../../../shared/domain/remediation/lookAtMachine';
import { isFirstNight } from '../../../shared/domain/remediation/scopesAsked';
import type { BatchBook, OpenBatch } from './batchBook';
import type { ReadyWrite } from './lane';
import type { NightRun } from './nightRun';

/** What is told when Azure has no room. */
export type Throttled = { throttled(pauseMs: number, now: number): void };

const pauseMs = 5_000;

/**
 * Reads one VM and judges it anew. Answers the write that may follow; `null`: none does, and the
 * entry says what became of it. Never throws.
 */
export async function lookAt(
  run: NightRun,
  book: BatchBook,
  { batch, place }: { readonly batch: OpenBatch; readonly place: number },
  lane: Throttled,
): Promise<ReadyWrite | null> {
  const { machines, clock, rules } = run.world;
  const entry = batch.entries[place];
  if (entry === undefined) return null;
  run.count('reads');
  // What an answer shows was true when it was asked for, however late it comes.
  const lookedAt = clock.now();
  try {
    const reading = await machines.readMachine(entry.vmId);
    const now = clock.now();
    const isDry = run.row.dryRun || isFirstNight(entry.vmId, run.row.dryScopes);
    const move = lookAtMachine(entry, reading, rules, isDry, now);
    const isCancelled = run.row.cancelAt !== null && move.kind === 'write';
    book.set(batch, place, isCancelled ? afterCancel(move.entry, now) : move.entry);
    if (move.kind === 'keep' || isCancelled) return null;
    return { batch, place, write: move.write, etag: move.etag, lookedAt };
  } catch (error) {
    const fault = factsOf(error);
    const now = clock.now();
    if (fault.kind === 'throttled') {
      const wait = fault.retryAfterMs ?? pauseMs;
      lane.throttled(wait, now);
      // Nothing about this VM: it comes again, and no attempt of it is counted.
      book.set(batch, place, { ...entry, nextAt: now + wait });
      return null;
    }
    book.set(batch, place, afterFault(entry, fault, now));
    return null;
  }
}
