import { EventType, eventTypeName, wholeSeconds, type HistoryEvent } from './history';
import type { Instance } from './instance';
import { parseJson, textOf, type Json } from './json';

export type StatusOptions = {
  showInput: boolean;
  showHistory: boolean;
  showHistoryOutput: boolean;
};

/** An instance as the status API shows it. */
export function statusOf(instance: Instance, options: StatusOptions): { [key: string]: Json } {
  const { head } = instance;
  const status: { [key: string]: Json } = {
    name: head.name,
    instanceId: head.instanceId,
    runtimeStatus: head.runtimeStatus,
    input: options.showInput && head.input !== null ? parseJson(head.input) : null,
    customStatus: head.customStatus,
    output: head.output,
    createdTime: wholeSeconds(head.createdAt),
    lastUpdatedTime: wholeSeconds(head.lastUpdatedAt),
  };
  if (options.showHistory) {
    status['historyEvents'] = shownHistory(instance.history, options.showHistoryOutput);
  }
  return status;
}

const completions = new Map<number, number>([
  [EventType.TaskCompleted, EventType.TaskScheduled],
  [EventType.TaskFailed, EventType.TaskScheduled],
  [EventType.SubOrchestrationInstanceCompleted, EventType.SubOrchestrationInstanceCreated],
  [EventType.SubOrchestrationInstanceFailed, EventType.SubOrchestrationInstanceCreated],
]);

const hidden = new Set([
  'EventId',
  'IsPlayed',
  'OrchestrationInstance',
  'ParentInstance',
  'TaskScheduledId',
  'TimerId',
  'ClientSpanId',
]);

/**
 * History for people: event types by name, no OrchestratorStarted and Completed, a scheduled task
 * merged into its completion, results only on request.
 */
function shownHistory(history: readonly HistoryEvent[], showOutput: boolean): Json[] {
  const scheduled = new Map<number, HistoryEvent>();
  const merged = new Set<HistoryEvent>();
  for (const event of history) {
    if (
      event.EventType === EventType.TaskScheduled ||
      event.EventType === EventType.SubOrchestrationInstanceCreated
    ) {
      scheduled.set(event.EventId, event);
    }
    const origin = scheduledFor(event, scheduled);
    if (origin !== undefined) merged.add(origin);
  }
  return history
    .filter((event) => !merged.has(event) && !isFrame(event))
    .map((event) => shownEvent(event, scheduledFor(event, scheduled), showOutput));
}

function isFrame({ EventType: type }: HistoryEvent): boolean {
  return type === EventType.OrchestratorStarted || type === EventType.OrchestratorCompleted;
}

function scheduledFor(
  event: HistoryEvent,
  scheduled: ReadonlyMap<number, HistoryEvent>,
): HistoryEvent | undefined {
  if (!completions.has(event.EventType)) return undefined;
  return scheduled.get(Number(event['TaskScheduledId']));
}

function shownEvent(
  event: HistoryEvent,
  origin: HistoryEvent | undefined,
  showOutput: boolean,
): Json {
  const shown: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(event)) {
    if (!hidden.has(key)) shown[key] = value;
  }
  shown['EventType'] = eventTypeName(event.EventType);
  if (event.EventType === EventType.ExecutionStarted) {
    shown['FunctionName'] = event['Name'] ?? null;
    for (const key of ['Name', 'Version', 'Tags']) delete shown[key];
  }
  if (event.EventType === EventType.TaskScheduled) delete shown['Version'];
  if ('Result' in shown) {
    if (showOutput) shown['Result'] = parseJson(textOf(shown['Result']));
    else delete shown['Result'];
  }
  if (origin !== undefined) {
    shown['ScheduledTime'] = origin.Timestamp.replace('Z', '+00:00');
    shown['FunctionName'] = origin['Name'] ?? null;
    if (origin['InstanceId'] !== undefined) shown['InstanceId'] = origin['InstanceId'];
    shown['Input'] = null;
  }
  return shown;
}
