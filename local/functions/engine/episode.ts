import type { OrchestratorState } from './actions';
import type { Decision } from './decisions';
import type { Engine } from './engine';
import { WorkerExitError } from './failures';
import { dotNetTime, EventType, newEvent, type HistoryEvent } from './history';
import { markPlayed, type Instance } from './instance';
import { textOf, toJson, type Json } from './json';
import { orchestratorPayload } from './payload';
import { MissingFunction, replay, type EpisodeResult, type Outcome } from './replay';
import type { FunctionKind } from './ports';
import type { InstanceHead } from './store';

/**
 * One episode: reads the waiting messages as a batch, calls the orchestrator function with the
 * whole history, replays the answer and commits what follows from it in one write.
 */
export async function runEpisode(engine: Engine, instance: Instance): Promise<void> {
  const { head } = instance;
  const atMs = Date.now();
  const batch = head.freshGeneration ? [] : head.inbox.slice();
  const started = newEvent(EventType.OrchestratorStarted, atMs);
  const history = instance.episodeHistory(started, batch);
  const isReplaying = !head.freshGeneration && instance.history.length > 0;
  head.episodes += 1;
  const result = await callFunction(engine, instance, history, isReplaying);
  if (!engine.isAlive || instance.isOver) return;

  const outcome = replay(history, result, head.name, {
    maximumShortTimerMs: engine.options.limits.maximumShortTimerMs,
    longTimerIntervalMs: engine.options.limits.longTimerIntervalMs,
    executionId: head.executionId,
    requireFunction: (name, kind) => requireFunction(engine, name, kind),
  });
  if (head.freshGeneration) instance.rewrite(markPlayed(instance.history));
  else instance.history.push(started, ...markPlayed(batch));
  head.inbox.splice(0, batch.length);
  head.freshGeneration = false;
  if ('state' in result && result.state.customStatus !== undefined) {
    head.customStatus = result.state.customStatus;
  }
  commit(engine, instance, outcome, batch);
}

async function callFunction(
  engine: Engine,
  instance: Instance,
  history: readonly HistoryEvent[],
  isReplaying: boolean,
): Promise<EpisodeResult> {
  const { head } = instance;
  const { invoker, faults, limits } = engine.options;
  const { name, instanceId } = head;
  const payload = orchestratorPayload(head, history, isReplaying, limits);
  let state: Json = null;
  let error: string | undefined;
  try {
    requireFunction(engine, name, 'orchestrator');
    if (faults.episode?.({ name, instanceId, nthEpisode: head.episodes }) === true) {
      throw new WorkerExitError();
    }
    state = await invoker.orchestrator(name, payload, instanceId);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const data = /\n\n\$OutOfProcData\$:([\s\S]*)$/.exec(message)?.[1];
    if (data !== undefined) state = JSON.parse(data) as Json;
    else
      error =
        thrown instanceof WorkerExitError ? `One or more errors occurred. (${message})` : message;
  }
  if (!engine.isAlive) return { failure: 'the host is gone' };
  engine.trace({ kind: 'episode', instanceId, name, payload, state, error });
  return error === undefined ? { state: toState(state) } : { failure: error };
}

/** A function that returned something else than the SDK's record fails its instance. */
function toState(value: Json): OrchestratorState {
  const isRecord = value !== null && typeof value === 'object' && !Array.isArray(value);
  if (!isRecord || !Array.isArray(value['actions'])) {
    return { isDone: false, actions: [[]], error: 'The function returned no orchestrator state.' };
  }
  return value as unknown as OrchestratorState;
}

function requireFunction(engine: Engine, name: string, kind: FunctionKind): void {
  const { invoker } = engine.options;
  if (invoker.has(kind, name)) return;
  const known = invoker.names(kind);
  const list = known.map((other) => `'${other}'`).join(', ');
  throw new MissingFunction(
    `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. ` +
      `Additional info: The following are the known ${kind} functions: ${list}.`,
  );
}

/** Writes the outcome. Messages to other instances go first: they may be sent twice, never lost. */
function commit(
  engine: Engine,
  instance: Instance,
  outcome: Outcome,
  batch: readonly HistoryEvent[],
): void {
  const { head } = instance;
  const atMs = Date.now();
  const begin = outcome.decisions.map((decision) => schedule(engine, instance, decision, atMs));
  head.lastUpdatedAt = atMs;
  head.runtimeStatus = outcome.suspended ? 'Suspended' : 'Running';
  const reason = batch.findLast(
    ({ EventType: type }) =>
      type === EventType.ExecutionSuspended || type === EventType.ExecutionResumed,
  );
  if (reason !== undefined) head.output = reason['Reason'] ?? null;
  const { end } = outcome;
  switch (end.kind) {
    case 'goesOn':
      break;
    case 'continuedAsNew':
      return renew(engine, instance, end.input, end.carried);
    case 'completed':
      finish(engine, instance, outcome.nextId, 'Completed', end.output, toJson(end.output));
      return;
    case 'failed':
      finish(engine, instance, outcome.nextId, 'Failed', end.message, end.message);
      return;
    case 'terminated':
      finish(engine, instance, outcome.nextId, 'Terminated', end.reason, end.reason);
      return;
  }
  instance.history.push(newEvent(EventType.OrchestratorCompleted, atMs));
  instance.save();
  for (const start of begin) start();
}

/** Records one decision; what it starts is returned, to be started after the commit. */
function schedule(
  engine: Engine,
  instance: Instance,
  decision: Decision,
  atMs: number,
): () => void {
  const { head, history } = instance;
  const { id } = decision;
  if (decision.kind === 'timer') {
    const { fireAtMs } = decision;
    const fireAt = dotNetTime(fireAtMs);
    history.push(newEvent(EventType.TimerCreated, atMs, { FireAt: fireAt }, id));
    const timer = { timerId: id, fireAt, fireAtMs, createdAt: atMs };
    head.timers.push(timer);
    return () => engine.work.startTimer(instance, timer);
  }
  const { name, input } = decision;
  if (decision.kind === 'activity') {
    const fields = { Name: name, Version: '', Input: null, ParentTraceContext: null, Tags: null };
    history.push(newEvent(EventType.TaskScheduled, atMs, fields, id));
    const activity = { taskId: id, name, input, runs: 0 };
    head.activities.push(activity);
    return () => engine.work.startActivity(instance, activity);
  }
  const { instanceId, version } = decision;
  const fields = {
    Name: name,
    Version: version,
    InstanceId: instanceId,
    Input: null,
    ClientSpanId: null,
    Tags: null,
  };
  history.push(newEvent(EventType.SubOrchestrationInstanceCreated, atMs, fields, id));
  const { executionId } = head;
  const parent = { name: head.name, instanceId: head.instanceId, executionId, taskId: id };
  engine.commands.startChild({ name, instanceId, version, input: toJson(input), parent });
  return () => undefined;
}

/** Messages that are meant for the instance and not for one execution of it. */
const reachesNextExecution = new Set<number>([
  EventType.EventRaised,
  EventType.ExecutionTerminated,
  EventType.ExecutionSuspended,
  EventType.ExecutionResumed,
]);

/** continueAsNew: a new execution under the same id; events of the old one are forgotten. */
function renew(engine: Engine, instance: Instance, input: Json, carried: HistoryEvent[]): void {
  const { head } = instance;
  const atMs = Date.now();
  instance.clearHandles();
  head.executionId = engine.options.uuid().replaceAll('-', '');
  head.input = toJson(input);
  head.activities = [];
  head.timers = [];
  head.inbox = head.inbox.filter(({ EventType: type }) => reachesNextExecution.has(type));
  head.freshGeneration = true;
  instance.rewrite([
    newEvent(EventType.OrchestratorStarted, atMs),
    executionStarted(head, atMs, null),
    ...carried.map((event) => ({ ...event, IsPlayed: false })),
    newEvent(EventType.OrchestratorCompleted, atMs),
  ]);
  instance.save();
}

/** The first event of an execution; `generation` is 0, or null after continueAsNew. */
export function executionStarted(
  head: InstanceHead,
  atMs: number,
  generation: number | null,
): HistoryEvent {
  const { instanceId, executionId, parent } = head;
  const from: Json =
    parent === null
      ? null
      : {
          Name: parent.name,
          OrchestrationInstance: {
            InstanceId: parent.instanceId,
            ExecutionId: parent.executionId,
          },
          TaskScheduleId: parent.taskId,
          Version: '',
        };
  return newEvent(EventType.ExecutionStarted, atMs, {
    OrchestrationInstance: { InstanceId: instanceId, ExecutionId: executionId },
    ParentInstance: from,
    Name: head.name,
    Version: head.version,
    Input: head.input,
    Tags: null,
    Correlation: null,
    ParentTraceContext: null,
    ScheduledStartTime: null,
    Generation: generation,
    GenerateNewTrace: false,
  });
}

function finish(
  engine: Engine,
  instance: Instance,
  eventId: number,
  status: 'Completed' | 'Failed' | 'Terminated',
  output: Json,
  result: Json,
): void {
  const { head, history } = instance;
  const atMs = Date.now();
  const fields = { OrchestrationStatus: status, Result: result, FailureDetails: null };
  history.push(newEvent(EventType.ExecutionCompleted, atMs, fields, eventId));
  history.push(newEvent(EventType.OrchestratorCompleted, atMs));
  Object.assign(head, { runtimeStatus: status, output, inbox: [], activities: [], timers: [] });
  tellParent(engine, head, result);
  instance.save();
  instance.clearHandles();
  engine.trace({ kind: 'finished', instanceId: head.instanceId, name: head.name, status });
}

function tellParent(engine: Engine, head: InstanceHead, result: Json): void {
  if (head.parent === null) return;
  const parent = engine.instances.get(head.parent.instanceId);
  if (parent === undefined || parent.head.executionId !== head.parent.executionId) return;
  const TaskScheduledId = head.parent.taskId;
  if (head.runtimeStatus === 'Completed') {
    const fields = { TaskScheduledId, Result: result };
    engine.post(parent, EventType.SubOrchestrationInstanceCompleted, fields);
  } else {
    const reason = textOf(result);
    const fields = { TaskScheduledId, Reason: reason, Details: reason, FailureDetails: null };
    engine.post(parent, EventType.SubOrchestrationInstanceFailed, fields);
  }
}
