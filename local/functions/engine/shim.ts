import { ActionType, type OrchestratorAction, type RetryOptions } from './actions';
import { Decisions } from './decisions';
import type { Json } from './json';
import { ReplayTask } from './replayTask';

/** The host has no entities, locks or built-in HTTP calls; an orchestrator that asks fails. */
export class NotSupported extends Error {}

export type ShimOptions = {
  maximumShortTimerMs: number;
  longTimerIntervalMs: number;
  executionId: string;
  /** Throws when there is no such function; the message fails the instance. */
  requireFunction: (name: string, kind: 'activity' | 'orchestrator') => void;
};

/**
 * Walks the list of actions that the SDK returned, one after the other, as the extension's
 * `OutOfProcOrchestrationShim` does: action i+1 starts when the task of action i is done. It is
 * driven by the events of the history, so every episode gives the same ids.
 */
export class Shim {
  readonly decisions = new Decisions();
  /** Set once the list asks for a new generation; its input as the SDK wrote it. */
  continueAsNew: { input: Json } | undefined;
  /** Timestamp of the last OrchestratorStarted. */
  now = '1970-01-01T00:00:00Z';
  private position = 0;
  private started = false;
  private finished = false;
  private readonly waiters = new Map<string, ReplayTask[]>();
  private readonly buffered = new Map<string, number>();

  constructor(
    private readonly actions: readonly OrchestratorAction[],
    private readonly options: ShimOptions,
  ) {}

  /** The same in milliseconds; read only where a timer or a retry wants it. */
  private get nowMs(): number {
    return Date.parse(this.now);
  }

  /** True when every action of the list has been done. */
  get atEnd(): boolean {
    return this.finished;
  }

  start(): void {
    if (this.started) return;
    this.started = true;
    this.next();
  }

  /** Waiters are a stack; an event without one is kept for the next. */
  raise(name: string): void {
    const key = name.toLowerCase();
    const waiter = this.waiters.get(key)?.pop();
    if (waiter !== undefined) waiter.settle();
    else this.buffered.set(key, (this.buffered.get(key) ?? 0) + 1);
  }

  private next(): void {
    const action = this.actions[this.position++];
    if (action === undefined) {
      this.finished = true;
      return;
    }
    this.run(action).whenDone(() => this.next());
  }

  private run(action: OrchestratorAction): ReplayTask {
    switch (action.actionType) {
      case ActionType.CallActivity:
        return this.callActivity(action);
      case ActionType.CallActivityWithRetry:
        return this.retry(action.retryOptions, () => this.callActivity(action));
      case ActionType.CallSubOrchestrator:
        return this.callSub(action);
      case ActionType.CallSubOrchestratorWithRetry:
        return this.retry(action.retryOptions, () => this.callSub(action));
      case ActionType.ContinueAsNew:
        this.continueAsNew = { input: action.input ?? null };
        return ReplayTask.settled();
      case ActionType.CreateTimer:
        return this.timer(action);
      case ActionType.WaitForExternalEvent:
        return this.wait(action.externalEventName ?? '');
      case ActionType.WhenAny:
        return this.whenAny(action.compoundActions ?? []);
      case ActionType.WhenAll:
        return this.whenAll(action.compoundActions ?? []);
      default:
        throw new NotSupported(
          `Action ${action.actionType} (entities, locks, signals and durable HTTP calls) is not ` +
            'supported by the local host.',
        );
    }
  }

  private callActivity(action: OrchestratorAction): ReplayTask {
    const name = action.functionName ?? '';
    this.options.requireFunction(name, 'activity');
    const id = this.decisions.takeId();
    return this.decisions.add({ kind: 'activity', id, name, input: action.input });
  }

  private callSub(action: OrchestratorAction): ReplayTask {
    const name = action.functionName ?? '';
    this.options.requireFunction(name, 'orchestrator');
    const id = this.decisions.takeId();
    const instanceId = action.instanceId || `${this.options.executionId}:${id.toString(16)}`;
    const version = action.version ?? null;
    return this.decisions.add({ kind: 'sub', id, name, input: action.input, instanceId, version });
  }

  private addTimer(fireAtMs: number): [number, ReplayTask] {
    const id = this.decisions.takeId();
    return [id, this.decisions.add({ kind: 'timer', id, fireAtMs })];
  }

  /** A timer longer than the limit becomes hops of the interval until its time has come. */
  private timer(action: OrchestratorAction): ReplayTask {
    const fireAtMs = action.fireAt == null ? 0 : Date.parse(action.fireAt);
    const isLong = fireAtMs - this.nowMs > this.options.maximumShortTimerMs;
    const whole = new ReplayTask();
    const hop = (): void => {
      const atMs = isLong
        ? Math.min(fireAtMs, this.nowMs + this.options.longTimerIntervalMs)
        : fireAtMs;
      const [id, task] = this.addTimer(atMs);
      if (action.isCanceled === true) {
        this.decisions.forget(id);
        whole.settle(true);
        return;
      }
      task.whenDone(() => (isLong && this.nowMs < fireAtMs ? hop() : whole.settle()));
    };
    hop();
    return whole;
  }

  private wait(name: string): ReplayTask {
    const key = name.toLowerCase();
    const kept = this.buffered.get(key) ?? 0;
    if (kept > 0) {
      this.buffered.set(key, kept - 1);
      return ReplayTask.settled();
    }
    const task = new ReplayTask();
    const stack = this.waiters.get(key);
    if (stack === undefined) this.waiters.set(key, [task]);
    else stack.push(task);
    return task;
  }

  private whenAny(children: readonly OrchestratorAction[]): ReplayTask {
    const any = new ReplayTask();
    for (const task of children.map((child) => this.run(child))) task.whenDone(() => any.settle());
    return any;
  }

  private whenAll(children: readonly OrchestratorAction[]): ReplayTask {
    const all = new ReplayTask();
    let left = children.length;
    if (left === 0) all.settle();
    for (const task of children.map((child) => this.run(child))) {
      task.whenDone(() => {
        left -= 1;
        if (left === 0) all.settle();
      });
    }
    return all;
  }

  /**
   * `RetryInterceptor.cs` of Azure/durabletask: after the last attempt a timer that fires at once
   * is still made (old histories have it), and no timer at all once the retry time-out is over,
   * which leaves the SDK waiting (azure-functions-durable-js#629).
   */
  private retry(options: RetryOptions | undefined, call: () => ReplayTask): ReplayTask {
    const whole = new ReplayTask();
    const maximum = options?.maxNumberOfAttempts ?? 1;
    const firstAtMs = this.nowMs;
    let attempt = 0;
    const again = (): void => {
      const task = call();
      task.whenDone(() => {
        if (!task.failed) return whole.settle();
        const delayMs = retryDelayMs(options, attempt, this.nowMs - firstAtMs);
        attempt += 1;
        if (delayMs === 0) return whole.settle(true);
        const isLast = attempt >= maximum;
        const [, timer] = this.addTimer(this.nowMs + (isLast ? 0 : delayMs));
        timer.whenDone(() => (isLast ? whole.settle(true) : again()));
      });
    };
    again();
    return whole;
  }
}

function retryDelayMs(options: RetryOptions | undefined, attempt: number, sinceMs: number): number {
  if (options === undefined) return 0;
  const timeout = options.retryTimeoutInMilliseconds;
  if (timeout !== undefined && sinceMs >= timeout) return 0;
  const delay =
    options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** attempt;
  return Math.min(delay, options.maxRetryIntervalInMilliseconds ?? delay);
}
