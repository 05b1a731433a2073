import type { Engine } from './engine';
import { executionStarted } from './episode';
import { EventType, newEvent, type HistoryEvent } from './history';
import type { Instance } from './instance';
import type { Json } from './json';
import type { InstanceHead, ParentLink, RuntimeStatus } from './store';

/** A refusal of a command: the state that forbids it. */
export type Refusal = { ok: false; status: RuntimeStatus | 'NotFound' };
export type Accepted = { ok: true; instanceId: string };

export type StartRequest = {
  name: string;
  instanceId?: string;
  version?: string | null;
  /** JSON text, or null for no input. */
  input: string | null;
};

/** What clients may ask of instances; the management API translates to and from HTTP. */
export class Commands {
  constructor(private readonly engine: Engine) {}

  /** Starts an instance; refused while one of that id runs, unless any state may be replaced. */
  start(request: StartRequest): Accepted | Refusal {
    const instanceId = request.instanceId ?? this.newId();
    const old = this.engine.instances.get(instanceId);
    if (old !== undefined && !old.isOver && this.engine.options.overridable !== 'AnyState') {
      return { ok: false, status: old.head.runtimeStatus };
    }
    this.create({ ...request, instanceId }, null);
    return { ok: true, instanceId };
  }

  /** Starts a sub-orchestration; one that this very parent task already started is left alone. */
  startChild(request: StartRequest & { instanceId: string; parent: ParentLink }): void {
    const { parent } = request;
    const old = this.engine.instances.get(request.instanceId);
    const link = old?.head.parent;
    const isSame =
      link?.executionId === parent.executionId &&
      link.instanceId === parent.instanceId &&
      link.taskId === parent.taskId;
    if (isSame) return;
    this.create(request, parent);
  }

  private newId(): string {
    return this.engine.options.uuid().replaceAll('-', '');
  }

  private create(
    request: StartRequest & { instanceId: string },
    parent: ParentLink | null,
  ): Instance {
    const atMs = Date.now();
    const head: InstanceHead = {
      instanceId: request.instanceId,
      executionId: this.engine.options.uuid(),
      name: request.name,
      version: request.version ?? null,
      input: request.input,
      runtimeStatus: 'Pending',
      customStatus: null,
      output: null,
      createdAt: atMs,
      lastUpdatedAt: atMs,
      freshGeneration: false,
      generation: (this.engine.instances.get(request.instanceId)?.head.generation ?? -1) + 1,
      episodes: 0,
      parent,
      inbox: [],
      activities: [],
      timers: [],
    };
    head.inbox.push(executionStarted(head, atMs, head.generation));
    return this.engine.create(head);
  }

  raiseEvent(instanceId: string, name: string, input: string): Accepted | Refusal {
    return this.send(instanceId, EventType.EventRaised, {
      Name: name,
      Input: input,
      ParentTraceContext: null,
    });
  }

  terminate(instanceId: string, reason: string | null): Accepted | Refusal {
    return this.send(instanceId, EventType.ExecutionTerminated, { Input: reason });
  }

  suspend(instanceId: string, reason: string | null): Accepted | Refusal {
    return this.send(instanceId, EventType.ExecutionSuspended, { Reason: reason });
  }

  resume(instanceId: string, reason: string | null): Accepted | Refusal {
    return this.send(instanceId, EventType.ExecutionResumed, { Reason: reason });
  }

  private send(instanceId: string, type: number, fields: Record<string, Json>): Accepted | Refusal {
    const instance = this.engine.instances.get(instanceId);
    if (instance === undefined) return { ok: false, status: 'NotFound' };
    if (instance.isOver) return { ok: false, status: instance.head.runtimeStatus };
    this.engine.post(instance, type, fields);
    return { ok: true, instanceId };
  }

  /** Starts the same orchestration with the same input, by default under a new id. */
  restart(instanceId: string, withNewId: boolean): Accepted | Refusal {
    const instance = this.engine.instances.get(instanceId);
    if (instance === undefined) return { ok: false, status: 'NotFound' };
    const { name, version, input } = instance.head;
    const request = { name, version, input };
    return this.start(withNewId ? request : { ...request, instanceId });
  }

  /** Takes the failures out of a Failed instance's history, so that they are tried again. */
  rewind(instanceId: string, reason: string | null): Accepted | Refusal {
    const instance = this.engine.instances.get(instanceId);
    if (instance === undefined) return { ok: false, status: 'NotFound' };
    const { head } = instance;
    if (head.runtimeStatus !== 'Failed') return { ok: false, status: head.runtimeStatus };
    instance.rewrite(withoutFailures(instance.history));
    head.runtimeStatus = 'Running';
    head.output = null;
    this.rewindChildren(instance, reason);
    this.engine.post(instance, EventType.GenericEvent, { Data: reason });
    return { ok: true, instanceId };
  }

  private rewindChildren(instance: Instance, reason: string | null): void {
    for (const other of this.engine.instances.values()) {
      const isChild = other.head.parent?.executionId === instance.head.executionId;
      if (isChild) this.rewind(other.id, reason);
    }
  }

  /** Deletes one instance that is over. */
  purge(instanceId: string): Accepted | Refusal {
    const instance = this.engine.instances.get(instanceId);
    if (instance === undefined) return { ok: false, status: 'NotFound' };
    if (!instance.isOver) return { ok: false, status: instance.head.runtimeStatus };
    this.engine.discard(instance);
    return { ok: true, instanceId };
  }
}

/** Failed tasks, their scheduling and the end of the instance become generic events. */
function withoutFailures(history: readonly HistoryEvent[]): HistoryEvent[] {
  const failed = new Set<Json>();
  for (const event of history) {
    if (event.EventType === EventType.TaskFailed) failed.add(event['TaskScheduledId'] ?? null);
  }
  return history.map((event) => {
    const gone =
      event.EventType === EventType.TaskFailed ||
      event.EventType === EventType.SubOrchestrationInstanceFailed ||
      event.EventType === EventType.ExecutionCompleted ||
      (event.EventType === EventType.TaskScheduled && failed.has(event.EventId));
    if (!gone) return event;
    const generic = newEvent(EventType.GenericEvent, 0, { Data: null }, event.EventId);
    return { ...generic, IsPlayed: event.IsPlayed, Timestamp: event.Timestamp };
  });
}
