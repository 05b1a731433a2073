import type { Engine } from './engine';
import { activityFailure, WorkerExitError } from './failures';
import { EventType, newEvent } from './history';
import type { Instance } from './instance';
import { draw, type WorkerDeath } from './profile';
import type { OpenActivity, OpenTimer } from './store';

/** Activities and timers of an engine. */
export class Work {
  constructor(private readonly engine: Engine) {}

  /** Starts the clock of a timer: early or late by what the profile says. */
  startTimer(instance: Instance, timer: OpenTimer): void {
    const { options } = this.engine;
    const { instanceId, name } = instance.head;
    if (options.faults.loseTimer?.({ name, instanceId, fireAt: timer.fireAt }) === true) return;
    const { chance, earlyShare, timerEarlyMs, timerLateMs } = options.profile;
    const shiftMs = chance() < earlyShare ? -draw(chance, timerEarlyMs) : draw(chance, timerLateMs);
    // Even a timer of the past takes a moment: its message goes through a queue.
    const waitMs = Math.max(timer.fireAtMs + shiftMs - Date.now(), 1);
    this.engine.later(instance, waitMs, () => {
      const { head } = instance;
      if (!head.timers.includes(timer)) return;
      this.engine.trace({ kind: 'timer', instanceId, name, fireAt: timer.fireAt });
      if (!this.engine.isAlive) return;
      head.timers = head.timers.filter((other) => other !== timer);
      const fields = { TimerId: timer.timerId, FireAt: timer.fireAt };
      this.engine.deliver(instance, newEvent(EventType.TimerFired, timer.createdAt, fields));
    });
  }

  startActivity(instance: Instance, activity: OpenActivity): void {
    const { chance, activityStartMs } = this.engine.options.profile;
    this.runAfter(instance, activity, draw(chance, activityStartMs));
  }

  /**
   * A new host finds an activity. If it had started, its message is invisible for five minutes
   * from then on, and it is run again after that; if not, it starts as usual.
   */
  resumeActivity(instance: Instance, activity: OpenActivity): void {
    if (activity.startedAt === undefined) return this.startActivity(instance, activity);
    const { chance, activityRerunMs } = this.engine.options.profile;
    const againAt = activity.startedAt + draw(chance, activityRerunMs);
    this.runAfter(instance, activity, Math.max(againAt - Date.now(), 1));
  }

  private runAfter(instance: Instance, activity: OpenActivity, ms: number): void {
    const begin = (): void => {
      if (!this.engine.isAccepting || instance.isOver) return;
      if (!instance.head.activities.includes(activity)) return;
      void this.engine.track(this.run(instance, activity));
    };
    if (ms > 0) this.engine.later(instance, ms, begin);
    else queueMicrotask(begin);
  }

  private async run(instance: Instance, activity: OpenActivity): Promise<void> {
    const { head } = instance;
    const { options } = this.engine;
    activity.startedAt = Date.now();
    activity.runs += 1;
    instance.save();
    const { name, input, taskId } = activity;
    this.engine.trace({ kind: 'activity', instanceId: head.instanceId, name, input });
    const death = options.faults.activity?.({
      name,
      instanceId: head.instanceId,
      taskId,
      nthRun: activity.runs,
    });
    const invocationId = options.uuid();
    let type: number = EventType.TaskCompleted;
    let fields;
    try {
      const run = death?.workerDiesAfterMs === 0 ? undefined : this.invoke(instance, activity);
      const Result = await survive(run, death);
      fields = { TaskScheduledId: taskId, Result };
    } catch (error) {
      type = EventType.TaskFailed;
      fields = { TaskScheduledId: taskId, ...activityFailure(name, error, invocationId) };
    }
    if (!this.engine.isAlive || !instance.head.activities.includes(activity)) return;
    head.activities = head.activities.filter((other) => other !== activity);
    this.engine.post(instance, type, fields);
  }

  private invoke(instance: Instance, { name, input }: OpenActivity): Promise<string> {
    const { invoker, uuid } = this.engine.options;
    return invoker.activity(name, input, instance.id, uuid());
  }
}

/** The result of a run, unless the worker dies first; a run of `undefined` never began. */
async function survive(
  run: Promise<string> | undefined,
  death: WorkerDeath | undefined,
): Promise<string> {
  if (run === undefined) throw new WorkerExitError();
  if (death === undefined) return run;
  return new Promise<string>((resolve, reject) => {
    const handle = setTimeout(() => reject(new WorkerExitError()), death.workerDiesAfterMs);
    const stop = (): void => clearTimeout(handle);
    run.then(resolve, reject).finally(stop);
  });
}
