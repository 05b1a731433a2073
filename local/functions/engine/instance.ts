import { EventType, type HistoryEvent } from './history';
import type { InstanceHead, InstanceStore, RuntimeStatus, StoredInstance } from './store';

const over: readonly RuntimeStatus[] = ['Completed', 'Failed', 'Terminated'];

/** An instance in a running host: its record, and what of it is in the store. */
export class Instance {
  readonly head: InstanceHead;
  history: HistoryEvent[];
  /** An episode is running or about to. */
  busy = false;
  /** Set when another run took this one's id, or it was purged: nothing of it may act. */
  replaced = false;
  readonly handles = new Set<NodeJS.Timeout>();
  private stored: number;

  constructor(
    { head, history }: StoredInstance,
    private readonly store: InstanceStore,
    isStored: boolean,
  ) {
    this.head = head;
    this.history = history;
    this.stored = isStored ? history.length : 0;
  }

  get id(): string {
    return this.head.instanceId;
  }

  get isOver(): boolean {
    return this.replaced || over.includes(this.head.runtimeStatus);
  }

  /** Writes head and new events. */
  save(): void {
    if (this.replaced) return;
    const append = this.history.slice(this.stored);
    this.store.commit({ head: this.head, keep: this.stored, append });
    this.stored = this.history.length;
  }

  /** Replaces the whole history (continueAsNew, rewind); written with the next save. */
  rewrite(history: HistoryEvent[]): void {
    this.history = history;
    this.stored = 0;
  }

  /**
   * The history as the next episode sees it: what is stored, an OrchestratorStarted and the
   * batch. After continueAsNew the new generation's first events are there already.
   */
  episodeHistory(started: HistoryEvent, batch: readonly HistoryEvent[]): HistoryEvent[] {
    return this.head.freshGeneration ? this.history : [...this.history, started, ...batch];
  }

  clearHandles(): void {
    for (const handle of this.handles) clearTimeout(handle);
    this.handles.clear();
  }
}

/**
 * Marks events as played once their episode is committed: everything the executor processed
 * except OrchestratorStarted, which it skips. Copies, because a store may share the old ones.
 */
export function markPlayed(events: readonly HistoryEvent[]): HistoryEvent[] {
  return events.map((event) =>
    event.IsPlayed || event.EventType === EventType.OrchestratorStarted
      ? event
      : { ...event, IsPlayed: true },
  );
}
