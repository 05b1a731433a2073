import type { Json } from './json';

/** Event types of DurableTask.Core (`EventType.cs` in Azure/durabletask), by number. */
export const EventType = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  ExecutionFailed: 2,
  ExecutionTerminated: 3,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventSent: 14,
  EventRaised: 15,
  ContinueAsNew: 16,
  GenericEvent: 17,
  HistoryState: 18,
  ExecutionSuspended: 19,
  ExecutionResumed: 20,
} as const;

const names = new Map<number, string>(
  Object.entries(EventType).map(([name, type]) => [type, name]),
);

/** The name of an event type as the status API writes it. */
export function eventTypeName(type: number): string {
  return names.get(type) ?? String(type);
}

/** One event of an instance's history, with the field names of the wire. */
export type HistoryEvent = {
  EventType: number;
  EventId: number;
  IsPlayed: boolean;
  Timestamp: string;
  [field: string]: Json;
};

/**
 * Time as .NET writes it in a history: up to seven decimals (three here, a JavaScript clock has no
 * more), trailing zeros dropped.
 */
export function dotNetTime(atMs: number): string {
  if (atMs !== lastTime.atMs) {
    const text = new Date(atMs).toISOString().replace(/\.?0+Z$/, 'Z');
    lastTime = { atMs, text };
  }
  return lastTime.text;
}

/** Many events share a moment, above all under virtual time. */
let lastTime = { atMs: 0, text: '1970-01-01T00:00:00Z' };

/** Time as the status API writes it: whole seconds. */
export function wholeSeconds(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** A new event; fields come first, as the extension orders them. */
export function newEvent(
  type: number,
  atMs: number,
  fields: Record<string, Json> = {},
  eventId = -1,
): HistoryEvent {
  return {
    EventType: type,
    ...fields,
    EventId: eventId,
    IsPlayed: false,
    Timestamp: dotNetTime(atMs),
  };
}
