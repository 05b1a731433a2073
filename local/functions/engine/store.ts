import type { HistoryEvent } from './history';
import type { Json } from './json';

export type RuntimeStatus =
  | 'Pending'
  | 'Running'
  | 'Suspended'
  | 'Completed'
  | 'Failed'
  | 'Terminated';

/** An activity that was scheduled and has not answered; `startedAt` (ms) once it was dequeued. */
export type OpenActivity = {
  taskId: number;
  name: string;
  input: Json | undefined;
  runs: number;
  startedAt?: number;
};

/** A timer that has not been delivered; `createdAt` becomes the Timestamp of its TimerFired. */
export type OpenTimer = { timerId: number; fireAt: string; fireAtMs: number; createdAt: number };

export type ParentLink = {
  name: string;
  instanceId: string;
  executionId: string;
  taskId: number;
};

/** Everything of an instance except its history; times are milliseconds since 1970. */
export type InstanceHead = {
  instanceId: string;
  executionId: string;
  name: string;
  version: string | null;
  /** JSON text, or null when it was started without an input. */
  input: string | null;
  runtimeStatus: RuntimeStatus;
  customStatus: Json;
  output: Json;
  createdAt: number;
  lastUpdatedAt: number;
  /** True from `continueAsNew` until the first episode of the new generation is committed. */
  freshGeneration: boolean;
  /** How often this id was started before: a new run of a finished id counts up. */
  generation: number;
  /** Counts episodes over all generations. */
  episodes: number;
  parent: ParentLink | null;
  /** Messages that were accepted and not yet read by an episode. */
  inbox: HistoryEvent[];
  activities: OpenActivity[];
  timers: OpenTimer[];
};

export type StoredInstance = { head: InstanceHead; history: HistoryEvent[] };

/** The history becomes its first `keep` events followed by `append`. */
export type InstanceChange = { head: InstanceHead; keep: number; append: HistoryEvent[] };

/** When a timer function last ran and should run next, in milliseconds since 1970. */
export type ScheduleRecord = { lastAt: number; nextAt: number; updatedAt: number };

/**
 * Where instances and timer schedules live. Every write is durable when the call returns; a host
 * that starts on the same store goes on where the last one stopped.
 */
export interface InstanceStore {
  load(): StoredInstance[];
  commit(change: InstanceChange): void;
  remove(instanceId: string): void;
  schedule(functionName: string): ScheduleRecord | undefined;
  saveSchedule(functionName: string, record: ScheduleRecord): void;
  close(): void;
}

/** A store that lives as long as the process: a "crash" of a host in tests keeps it. */
export class MemoryStore implements InstanceStore {
  private readonly instances = new Map<string, StoredInstance>();
  private readonly schedules = new Map<string, ScheduleRecord>();

  load(): StoredInstance[] {
    return [...this.instances.values()].map(({ head, history }) => ({
      head: JSON.parse(JSON.stringify(head)) as InstanceHead,
      history: [...history],
    }));
  }

  commit({ head, keep, append }: InstanceChange): void {
    const history = this.instances.get(head.instanceId)?.history ?? [];
    history.length = keep;
    history.push(...append);
    this.instances.set(head.instanceId, { head: copied(head), history });
  }

  remove(instanceId: string): void {
    this.instances.delete(instanceId);
  }

  schedule(functionName: string): ScheduleRecord | undefined {
    return this.schedules.get(functionName);
  }

  saveSchedule(functionName: string, record: ScheduleRecord): void {
    this.schedules.set(functionName, { ...record });
  }

  close(): void {
    // Nothing is held open.
  }
}

/**
 * What a host changes after a commit must not reach the store. It changes fields, lists, and what
 * it notes of an activity; messages, timers, inputs and outputs are replaced, never changed.
 */
function copied(head: InstanceHead): InstanceHead {
  return {
    ...head,
    inbox: [...head.inbox],
    activities: head.activities.map((activity) => ({ ...activity })),
    timers: [...head.timers],
  };
}
