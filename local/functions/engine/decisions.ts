import { EventType, type HistoryEvent } from './history';
import { textOf, type Json } from './json';
import { ReplayTask } from './replayTask';

/** What a replay wants done and has not yet found in the history. */
export type Decision =
  | { kind: 'activity'; id: number; name: string; input: Json | undefined }
  | { kind: 'timer'; id: number; fireAtMs: number }
  | {
      kind: 'sub';
      id: number;
      name: string;
      input: Json | undefined;
      instanceId: string;
      version: string | null;
    };

/** Replay and history disagree: the instance fails with this message. */
export class NonDeterminism extends Error {
  constructor(detail: string) {
    super(
      `Non-Deterministic workflow detected: ${detail} Was a change made to the orchestrator ` +
        'code after this instance had already started running?',
    );
  }
}

const actionNames: Record<Decision['kind'], string> = {
  activity: 'ScheduleTaskOrchestratorAction',
  timer: 'CreateTimerOrchestratorAction',
  sub: 'CreateSubOrchestrationAction',
};

/**
 * The open tasks and unconfirmed decisions of one replay: ids, and the comparison with the
 * history, word for word as in `TaskOrchestrationContext.cs` of Azure/durabletask.
 */
export class Decisions {
  private nextId = 0;
  private readonly open = new Map<number, ReplayTask>();
  private pending = new Map<number, Decision>();
  private suspended: Decision[] = [];

  /** Gives out the next sequence id. */
  takeId(): number {
    return this.nextId++;
  }

  peekId(): number {
    return this.nextId;
  }

  add(decision: Decision): ReplayTask {
    const task = new ReplayTask();
    this.pending.set(decision.id, decision);
    this.open.set(decision.id, task);
    return task;
  }

  /** A cancelled timer stays decided, but nobody waits for it any more. */
  forget(id: number): void {
    this.open.delete(id);
  }

  settle(id: number, failed: boolean): void {
    const task = this.open.get(id);
    this.open.delete(id);
    task?.settle(failed);
  }

  hasOpenTasks(): boolean {
    return this.open.size > 0;
  }

  /** Decisions without an event in the history, in the order of their ids. */
  unconfirmed(): Decision[] {
    return [...this.pending.values()].sort((a, b) => a.id - b.id);
  }

  suspend(): void {
    this.suspended.push(...this.pending.values());
    this.pending.clear();
  }

  resume(): void {
    for (const decision of this.suspended) this.pending.set(decision.id, decision);
    this.suspended = [];
  }

  /** Confirms a Scheduled, Created event; throws NonDeterminism where they differ. */
  confirm(event: HistoryEvent): void {
    const found = this.pending.get(event.EventId);
    switch (event.EventType) {
      case EventType.TaskScheduled:
        confirmActivity(event, found);
        break;
      case EventType.TimerCreated:
        confirmTimer(event, found);
        break;
      default:
        confirmSub(event, found);
    }
    this.pending.delete(event.EventId);
  }
}

const notYet = "but the current replay execution hasn't (yet?) scheduled this task.";

function sameName(a: Json | undefined, b: string): boolean {
  return a === b || textOf(a).toLowerCase() === b.toLowerCase();
}

function confirmActivity(event: HistoryEvent, found: Decision | undefined): void {
  const before = 'A previous execution of this orchestration scheduled an activity task with';
  const name = textOf(event['Name']);
  if (found === undefined) {
    throw new NonDeterminism(
      `${before} sequence ID ${event.EventId} and name '${name}' ` +
        `(version '${textOf(event['Version'])}'), ${notYet}`,
    );
  }
  const number = `${before} sequence number ${event.EventId} named '${name}', but the current`;
  if (found.kind !== 'activity') {
    throw new NonDeterminism(
      `${number} orchestration replay instead produced a ${actionNames[found.kind]} action with ` +
        'this sequence number.',
    );
  }
  if (!sameName(name, found.name)) {
    throw new NonDeterminism(
      `${number} orchestration replay instead scheduled an activity task named '${found.name}' ` +
        'with this sequence number. ',
    );
  }
}

function confirmTimer(event: HistoryEvent, found: Decision | undefined): void {
  const before =
    'A previous execution of this orchestration scheduled a timer task with sequence number ' +
    String(event.EventId);
  if (found === undefined) throw new NonDeterminism(`${before} ${notYet}`);
  if (found.kind !== 'timer') {
    throw new NonDeterminism(
      `${before} named but the current orchestration replay instead produced a ` +
        `${actionNames[found.kind]} action with this sequence number.`,
    );
  }
}

function confirmSub(event: HistoryEvent, found: Decision | undefined): void {
  const before =
    'A previous execution of this orchestration scheduled a sub-orchestration task with ' +
    `sequence ID ${event.EventId} and name '${textOf(event['Name'])}' ` +
    `(version '${textOf(event['Version'])}', instance ID ` +
    `'${textOf(event['InstanceId'])}'), `;
  if (found === undefined) throw new NonDeterminism(before + notYet);
  if (found.kind !== 'sub') {
    throw new NonDeterminism(
      `${before}but the current orchestration replay instead produced a ` +
        `${actionNames[found.kind]} action at this sequence number.`,
    );
  }
  if (!sameName(event['Name'], found.name)) {
    throw new NonDeterminism(
      `${before}but the current orchestration replay instead scheduled a sub-orchestration task ` +
        `with name ${found.name} at this sequence number.`,
    );
  }
}
