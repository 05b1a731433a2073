import type { HistoryEvent } from './history';
import { Journal } from './journal';
import type {
  InstanceChange,
  InstanceHead,
  InstanceStore,
  ScheduleRecord,
  StoredInstance,
} from './store';

type Entry =
  | { op: 'commit'; head: InstanceHead; keep: number; append: HistoryEvent[] }
  | { op: 'remove'; instanceId: string }
  | { op: 'schedule'; name: string; record: ScheduleRecord };

type Snapshot = { instances: StoredInstance[]; schedules: [string, ScheduleRecord][] };

const compactAtBytes = 4_000_000;

/** Instances and schedules in a directory: a journal of changes and a snapshot now and then. */
export class DiskStore implements InstanceStore {
  private readonly journal: Journal;
  private readonly instances = new Map<string, { head: string; history: HistoryEvent[] }>();
  private readonly schedules = new Map<string, ScheduleRecord>();
  private lastSnapshotBytes = 0;

  /** Opens or creates the store; throws `JournalDamaged` when its journal is not readable. */
  constructor(
    directory: string,
    private readonly minimumCompactBytes = compactAtBytes,
  ) {
    this.journal = new Journal(directory, 'instances');
    const { snapshot, entries } = this.journal.open();
    const base = snapshot as Snapshot | undefined;
    for (const { head, history } of base?.instances ?? []) {
      this.instances.set(head.instanceId, { head: JSON.stringify(head), history });
    }
    for (const [name, record] of base?.schedules ?? []) this.schedules.set(name, record);
    for (const entry of entries) this.apply(entry as Entry);
  }

  private apply(entry: Entry): void {
    switch (entry.op) {
      case 'commit': {
        const { head, keep, append } = entry;
        const history = this.instances.get(head.instanceId)?.history ?? [];
        history.length = keep;
        history.push(...append);
        this.instances.set(head.instanceId, { head: JSON.stringify(head), history });
        break;
      }
      case 'remove':
        this.instances.delete(entry.instanceId);
        break;
      case 'schedule':
        this.schedules.set(entry.name, entry.record);
        break;
    }
  }

  private write(entry: Entry): void {
    this.journal.append(entry);
    this.apply(entry);
    if (this.journal.size < Math.max(this.minimumCompactBytes, 2 * this.lastSnapshotBytes)) return;
    const state: Snapshot = { instances: this.load(), schedules: [...this.schedules] };
    this.lastSnapshotBytes = this.journal.compact(state);
  }

  load(): StoredInstance[] {
    return [...this.instances.values()].map(({ head, history }) => ({
      head: JSON.parse(head) as InstanceHead,
      history: [...history],
    }));
  }

  commit(change: InstanceChange): void {
    this.write({ op: 'commit', ...change });
  }

  remove(instanceId: string): void {
    this.write({ op: 'remove', instanceId });
  }

  schedule(functionName: string): ScheduleRecord | undefined {
    return this.schedules.get(functionName);
  }

  saveSchedule(name: string, record: ScheduleRecord): void {
    this.write({ op: 'schedule', name, record: { ...record } });
  }

  close(): void {
    this.journal.close();
  }
}
