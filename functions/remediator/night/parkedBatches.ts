import { hashId } from '../../../shared/domain/identity';
import type { BatchRow } from '../../../shared/domain/remediation/batchRow';
import type { Entry, Outcome } from '../../../shared/domain/remediation/entry';
import { nightTimes } from '../../../shared/domain/remediation/nightTimes';

/** What of a batch matters to whoever parks it. */
export type Parkable = Pick<BatchRow, 'number' | 'subscriptionId' | 'entries'>;

/** What is remembered of a batch while it is in its row alone. */
type Parked = {
  readonly subscriptionId: string;
  /** When one of its VMs is looked at next, whatever the index says; epoch ms. */
  readonly dueAt: number;
  /** When the last of its writes was announced. */
  readonly sentAt: number;
  /** VMs that await nothing from outside: what the end of a run would end. */
  readonly idle: number;
  readonly ended: ReadonlyMap<Outcome, number>;
  /** VMs whose installs are over, as the index says. */
  readonly woken: Set<string>;
};

/**
 * Batches in which nothing is to be done for a while: of thousands of installs that are under way
 * at once, no more is held in memory than what tells whose they are. What an index or a time says
 * brings a batch back.
 */
export class ParkedBatches {
  private readonly batches = new Map<number, Parked>();
  /** Numbers of the batches of VMs whose installs are under way. */
  private readonly installing = new Map<string, number>();

  put({ number, subscriptionId, entries }: Parkable): void {
    const ended = new Map<Outcome, number>();
    let [dueAt, sentAt, idle] = [Number.POSITIVE_INFINITY, 0, 0];
    for (const entry of entries) {
      if (entry.end !== null) {
        const { outcome } = entry.end;
        ended.set(outcome, (ended.get(outcome) ?? 0) + 1);
        continue;
      }
      dueAt = Math.min(dueAt, entry.nextAt);
      sentAt = Math.max(sentAt, entry.sent.at(-1)?.at ?? 0);
      if (entry.stage === 'extensionSent') this.installing.set(vmKey(entry.vmId), number);
      else idle += 1;
    }
    this.batches.set(number, { subscriptionId, dueAt, sentAt, idle, ended, woken: new Set() });
  }

  /** It is held in memory again: what of its VMs the index has said. */
  release(number: number, entries: readonly Entry[]): ReadonlySet<string> {
    const { woken } = this.batches.get(number) ?? { woken: new Set<string>() };
    for (const { vmId } of entries) this.installing.delete(vmKey(vmId));
    this.batches.delete(number);
    return woken;
  }

  /** The index says that an install is over; false: it is nobody's here, or too fresh to be ours. */
  wake(key: string, now: number): boolean {
    const parked = this.batches.get(this.installing.get(key) ?? -1);
    if (parked === undefined || now - parked.sentAt < nightTimes.watchFrom) return false;
    parked.woken.add(key);
    return true;
  }

  /** VMs of a batch that something is to be done about; one that is due by its time counts as one. */
  dueIn(number: number, now: number): number {
    const parked = this.batches.get(number);
    if (parked === undefined) return 0;
    return parked.woken.size + (parked.dueAt <= now ? 1 : 0);
  }

  hasIdle(number: number): boolean {
    return (this.batches.get(number)?.idle ?? 0) > 0;
  }

  /** Subscriptions in which installs are under way. */
  subscriptionIds(): Set<string> {
    return new Set([...this.batches.values()].map(({ subscriptionId }) => subscriptionId));
  }

  /** Outcomes of those of their VMs that are at their end. */
  addEnded(sum: Record<Outcome, number>): void {
    for (const { ended } of this.batches.values()) {
      for (const [outcome, count] of ended) sum[outcome] += count;
    }
  }
}

/** Less time than this is no reason to read a batch again. */
const quietMs = 45_000;

/** Is there nothing to be done about any of them for a while? */
export function isQuiet(entries: readonly Entry[], now: number): boolean {
  return entries.every(
    ({ end, stage, nextAt }) => end !== null || (stage !== 'announced' && nextAt > now + quietMs),
  );
}

/** A VM by a short hash of its id: tens of thousands of them are a few megabytes. */
export function vmKey(vmId: string): string {
  return hashId(vmId.toLowerCase(), 12);
}
