import type { AlarmName } from './domain/alarms';
import type { LogFields } from './ports/log';
import type { World } from './ports/world';

/** An alarm about the app as a whole is raised again after this, while its cause lasts. */
const againAfterMs = 600_000;

/** When each log was last told; a process has one log, so this is what a process remembers. */
const raisedAt = new WeakMap<World['log'], Map<AlarmName, number>>();

/**
 * Raises an alarm whose cause concerns the whole app and not one window: a flood of events, or a
 * thousand windows that see the same, are one occasion. The time is the host's.
 */
export function raiseOnce(
  { log, clock }: Pick<World, 'log' | 'clock'>,
  name: AlarmName,
  fields: LogFields,
): void {
  const now = clock.now();
  const raised = raisedAt.get(log) ?? new Map<AlarmName, number>();
  const last = raised.get(name);
  // A host clock that was set back must not silence it.
  if (last !== undefined && now >= last && now - last < againAfterMs) return;
  raised.set(name, now);
  raisedAt.set(log, raised);
  log.alarm(name, fields);
}
