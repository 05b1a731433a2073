import type { BatchRow } from '../../../shared/domain/remediation/batchRow';
import type { Entry, Outcome } from '../../../shared/domain/remediation/entry';
import { isOver } from '../../../shared/domain/remediation/remediationRow';
import type {
  RemediationRow,
  RemediationTally,
} from '../../../shared/domain/remediation/remediationRow';
import type { RemediatorWorld } from '../../../shared/ports/remediatorWorld';
import type { Stored } from '../../../shared/ports/ledger';

/** Longer than the pause between two saves, shorter than anybody would like to wait after a crash. */
const heldMs = 15_000;

/** Attempts of this process to work on a run: whoever comes later ends whoever came before. */
let attempts = 0;

type Counted = 'writes' | 'reads' | 'queries' | 'found';

/**
 * One run while one worker has it. What it counts lives here, and in the row as often as that is
 * saved: what a crash loses is the counts of some seconds, never a VM.
 */
export class NightRun {
  /** Somebody else has it now, or its row cannot be written: nothing is begun any more. */
  isLost = false;
  readonly counts: Record<Counted, number>;
  /** Batches that exist. */
  batches: number;
  /** Batches that are not at their end, and outcomes of those that are. */
  readonly open: Set<number>;
  readonly settled: Record<Outcome, number>;
  private saving: Promise<void> | null = null;

  private constructor(
    readonly world: RemediatorWorld,
    private stored: Stored<RemediationRow>,
    /** This worker's name: its process, and which of its attempts. */
    private readonly holder: string,
  ) {
    const { tally, open, settled } = stored.row;
    const { writes, reads, queries, found } = tally;
    this.counts = { writes, reads, queries, found };
    this.batches = stored.row.batches;
    this.open = new Set(open);
    this.settled = { ...settled };
  }

  /** Takes a run up; `held`: somebody else is at it; `absent`: there is no row. Throws `Fault`. */
  static async hold(world: RemediatorWorld, id: string): Promise<NightRun | 'held' | 'absent'> {
    const stored = await world.ledger.remediations.get(id);
    if (stored === null) return 'absent';
    const { row, etag } = stored;
    const now = world.clock.now();
    attempts += 1;
    const holder = `${world.holder}/${attempts}`;
    if (isOver(row)) return new NightRun(world, stored, holder);
    // An attempt of this same process that is given up need not be waited for.
    const isOurs = row.holder.startsWith(`${world.holder}/`);
    if (!isOurs && row.heldUntil > now) return 'held';
    const held = { ...row, holder, heldUntil: now + heldMs };
    const written = await world.ledger.remediations.replace(held, etag);
    return written === 'changed' ? 'held' : new NightRun(world, written, holder);
  }

  get row(): RemediationRow {
    return this.stored.row;
  }

  get id(): string {
    return this.row.id;
  }

  /** A batch is there: it counts, and unless all of it is over, somebody has to work on it. */
  adopt({ number, entries }: Pick<BatchRow, 'number' | 'entries'>): 'open' | 'settled' {
    this.batches = Math.max(this.batches, number + 1);
    this.counts.found += entries.length;
    if (entries.some(({ end }) => end === null)) {
      this.open.add(number);
      return 'open';
    }
    this.settle(entries);
    return 'settled';
  }

  /** All VMs of a batch are over: from here on it is numbers only. */
  settle(entries: readonly Entry[]): void {
    for (const { end } of entries) {
      if (end !== null) this.settled[end.outcome] += 1;
    }
  }

  count(what: Counted, by = 1): void {
    this.counts[what] += by;
  }

  /**
   * Saves counts, and what `change` makes of the row beside them. One save at a time; a wish to
   * cancel that came in between is kept. Throws `Fault`.
   */
  async save(
    ended: RemediationTally['ended'],
    change: (row: RemediationRow) => Partial<RemediationRow> = () => ({}),
  ): Promise<void> {
    while (this.saving !== null) await this.saving;
    this.saving = this.write(ended, change).finally(() => {
      this.saving = null;
    });
    await this.saving;
  }

  private async write(
    ended: RemediationTally['ended'],
    change: (row: RemediationRow) => Partial<RemediationRow>,
  ): Promise<void> {
    const { holder } = this;
    const { ledger, clock, pace } = this.world;
    while (!this.isLost) {
      const { row, etag } = this.stored;
      const wanted: RemediationRow = {
        ...row,
        holder,
        heldUntil: clock.now() + heldMs,
        batches: this.batches,
        open: [...this.open],
        settled: { ...this.settled },
        tally: { ...this.counts, ended },
        pace: pace.saved(),
        ...change(row),
      };
      const written = await ledger.remediations.replace(wanted, etag);
      if (written !== 'changed') {
        this.stored = written;
        return;
      }
      const now = await ledger.remediations.get(this.id);
      if (now === null || now.row.holder !== holder) {
        this.isLost = true;
        return;
      }
      this.stored = now;
      // Our own save, whose answer was lost; else somebody wished for something in between.
      if (JSON.stringify(now.row) === JSON.stringify(wanted)) return;
    }
  }
}
