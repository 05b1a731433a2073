import type { OrchestratorState } from './actions';
import { NonDeterminism, type Decision } from './decisions';
import { hideCredentials } from './failures';
import { EventType, type HistoryEvent } from './history';
import { textOf, type Json } from './json';
import { NotSupported, Shim, type ShimOptions } from './shim';

/** How an episode ends: what is to be scheduled, and whether the instance is over. */
export type Outcome = {
  decisions: Decision[];
  /** Sequence id for the ExecutionCompleted event, if one is written. */
  nextId: number;
  suspended: boolean;
  end:
    | { kind: 'goesOn' }
    | { kind: 'completed'; output: Json }
    | { kind: 'failed'; message: string }
    | { kind: 'terminated'; reason: Json }
    | { kind: 'continuedAsNew'; input: Json; carried: HistoryEvent[] };
};

/** What the function gave back, or the text with which the episode as such failed. */
export type EpisodeResult = { state: OrchestratorState } | { failure: string };

/**
 * Replays a history against the actions of an episode: `TaskOrchestrationExecutor.cs` of
 * Azure/durabletask with the extension's shim as its orchestrator.
 */
export function replay(
  history: readonly HistoryEvent[],
  result: EpisodeResult,
  name: string,
  options: ShimOptions,
): Outcome {
  const state = 'state' in result ? result.state : { isDone: false, actions: [[]] };
  const run = new ReplayRun(new Shim(state.actions.flat(), options));
  let failure: string | undefined;
  try {
    for (const event of history) run.process(event);
  } catch (error) {
    if (error instanceof NonDeterminism) failure = error.message;
    else if (error instanceof NotSupported || error instanceof MissingFunction) {
      failure = `Orchestrator function '${name}' failed: ${error.message}`;
    } else throw error;
  }
  if ('failure' in result) failure = `Orchestrator function '${name}' failed: ${result.failure}`;
  return run.outcome(state, failure, name);
}

/** The orchestration names a function that is not there. */
export class MissingFunction extends Error {}

class ReplayRun {
  private suspended = false;
  private held: HistoryEvent[] = [];
  private carried: HistoryEvent[] = [];
  private terminated: { reason: Json } | undefined;

  constructor(private readonly shim: Shim) {}

  process(event: HistoryEvent): void {
    if (event.EventType === EventType.OrchestratorStarted) {
      this.shim.now = event.Timestamp;
      return;
    }
    if (this.suspended && !reachesSuspended(event.EventType)) {
      this.held.push(event);
      return;
    }
    this.apply(event);
  }

  private apply(event: HistoryEvent): void {
    const { decisions } = this.shim;
    switch (event.EventType) {
      case EventType.ExecutionStarted:
        return this.shim.start();
      case EventType.TaskScheduled:
      case EventType.TimerCreated:
      case EventType.SubOrchestrationInstanceCreated:
        return decisions.confirm(event);
      case EventType.TaskCompleted:
      case EventType.SubOrchestrationInstanceCompleted:
        return decisions.settle(Number(event['TaskScheduledId']), false);
      case EventType.TaskFailed:
      case EventType.SubOrchestrationInstanceFailed:
        return decisions.settle(Number(event['TaskScheduledId']), true);
      case EventType.TimerFired:
        return decisions.settle(Number(event['TimerId']), false);
      case EventType.EventRaised:
        if (this.shim.continueAsNew === undefined) this.shim.raise(textOf(event['Name']));
        else this.carried.push(event);
        return;
      case EventType.ExecutionTerminated:
        this.terminated = { reason: event['Input'] ?? null };
        return;
      case EventType.ExecutionSuspended:
        this.suspended = true;
        return decisions.suspend();
      case EventType.ExecutionResumed:
        this.resume();
    }
  }

  private resume(): void {
    this.suspended = false;
    this.shim.decisions.resume();
    const held = this.held;
    this.held = [];
    for (const event of held) this.process(event);
  }

  outcome(state: OrchestratorState, failure: string | undefined, name: string): Outcome {
    const { decisions } = this.shim;
    return {
      decisions: decisions.unconfirmed(),
      nextId: decisions.peekId(),
      suspended: this.suspended,
      end: this.end(state, failure, name),
    };
  }

  private end(state: OrchestratorState, failure: string | undefined, name: string): Outcome['end'] {
    if (this.terminated !== undefined) {
      return { kind: 'terminated', reason: this.terminated.reason };
    }
    if (failure !== undefined) return { kind: 'failed', message: hideCredentials(failure) };
    // While suspended, or while a task is open, the engine does not complete an instance.
    const waits = this.suspended || this.shim.decisions.hasOpenTasks() || !this.shim.atEnd;
    if (waits) return { kind: 'goesOn' };
    if (state.error !== undefined) {
      const message = hideCredentials(`Orchestrator function '${name}' failed: ${state.error}`);
      return { kind: 'failed', message };
    }
    if (this.shim.continueAsNew !== undefined) {
      const { input } = this.shim.continueAsNew;
      return { kind: 'continuedAsNew', input, carried: this.carried };
    }
    if (!state.isDone) return { kind: 'goesOn' };
    return { kind: 'completed', output: state.output ?? null };
  }
}

function reachesSuspended(type: number): boolean {
  return (
    type === EventType.ExecutionResumed ||
    type === EventType.ExecutionTerminated ||
    type === EventType.ExecutionSuspended ||
    type === EventType.OrchestratorCompleted
  );
}
