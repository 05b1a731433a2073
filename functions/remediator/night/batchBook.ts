import assert from 'node:assert';
import { batchId, type BatchRow } from '../../../shared/domain/remediation/batchRow';
import type { Entry, Outcome } from '../../../shared/domain/remediation/entry';
import { noTally } from '../../../shared/domain/remediation/remediationRow';
import type { NightRun } from './nightRun';
import { isQuiet, type Parkable, ParkedBatches, vmKey } from './parkedBatches';

/** Some VMs that are worked on, and what of them is not saved yet. */
export type OpenBatch = {
  readonly number: number;
  readonly subscriptionId: string;
  readonly entries: Entry[];
  /** Entries that somebody is at, by their place. */
  readonly busy: Set<number>;
  etag: string;
  /** Changes, and those that the stored row has. */
  changes: number;
  saved: number;
  saving: Promise<void> | null;
};

/** The batches that are open in this process: all that is held in memory of an estate. */
export class BatchBook {
  readonly batches = new Map<number, OpenBatch>();
  readonly parked = new ParkedBatches();

  constructor(private readonly run: NightRun) {}

  /** Takes a batch up from its row, parked or new. Throws `Fault`. */
  async open(number: number): Promise<OpenBatch> {
    const { world, id } = this.run;
    const stored = await world.ledger.remediationBatches.get(batchId(id, number));
    assert(stored !== null, 'a batch is inserted before it is counted');
    const batch = this.take(stored.row, stored.etag);
    const woken = this.parked.release(number, batch.entries);
    const now = world.clock.now();
    for (const [place, entry] of batch.entries.entries()) {
      const isWoken = entry.stage === 'extensionSent' && woken.has(vmKey(entry.vmId));
      if (isWoken) this.set(batch, place, { ...entry, nextAt: now });
    }
    return batch;
  }

  /** Lets go of a batch that is saved and in which nothing is to be done for a while. */
  park(batch: Parkable): void {
    this.parked.put(batch);
    this.batches.delete(batch.number);
  }

  take({ number, subscriptionId, entries }: BatchRow, etag: string): OpenBatch {
    const batch: OpenBatch = {
      number,
      subscriptionId,
      entries: [...entries],
      busy: new Set(),
      etag,
      changes: 0,
      saved: 0,
      saving: null,
    };
    this.batches.set(number, batch);
    return batch;
  }

  set(batch: OpenBatch, place: number, entry: Entry): void {
    batch.entries[place] = entry;
    batch.changes += 1;
  }

  /** Saves what has changed, once it returns all of it. Loses the run if somebody else saved. Throws `Fault`. */
  async flush(batch: OpenBatch): Promise<void> {
    const wanted = batch.changes;
    while (batch.saved < wanted && !this.run.isLost) {
      batch.saving ??= this.write(batch).finally(() => {
        batch.saving = null;
      });
      await batch.saving;
    }
  }

  private async write(batch: OpenBatch): Promise<void> {
    const { number, subscriptionId, entries, changes, etag } = batch;
    const table = this.run.world.ledger.remediationBatches;
    const id = batchId(this.run.id, number);
    const row: BatchRow = {
      schema: 1,
      id,
      runId: this.run.id,
      number,
      subscriptionId,
      entries: [...entries],
    };
    const written = await table.replace(row, etag);
    if (written !== 'changed') {
      batch.etag = written.etag;
      batch.saved = changes;
      return;
    }
    // Our own save whose answer was lost looks like this too; nobody else writes the same.
    const now = await table.get(id);
    if (now !== null && JSON.stringify(now.row) === JSON.stringify(row)) {
      batch.etag = now.etag;
      batch.saved = changes;
    } else {
      this.run.isLost = true;
    }
  }

  /** Outcomes so far: of batches at their end, and of those that are open. */
  ended(): Record<Outcome, number> {
    const sum = { ...noTally.ended, ...this.run.settled };
    for (const { entries } of this.batches.values()) {
      for (const { end } of entries) {
        if (end !== null) sum[end.outcome] += 1;
      }
    }
    this.parked.addEnded(sum);
    return sum;
  }
}

/** Is every VM of it at its end, and saved so? */
export function isSettled(batch: OpenBatch): boolean {
  return isAtRest(batch) && batch.entries.every(({ end }) => end !== null);
}

/** Is it saved, and nothing to be done about its VMs for a while? */
export function isParkable(batch: OpenBatch, now: number): boolean {
  return isAtRest(batch) && isQuiet(batch.entries, now);
}

function isAtRest({ changes, saved, saving, busy }: OpenBatch): boolean {
  return saved === changes && saving === null && busy.size === 0;
}
