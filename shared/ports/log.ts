import type { AlarmName } from '../domain/alarms';

/** What survives in a log line: plain data, already cleaned by whoever made it. */
export type LogFields = Readonly<Record<string, unknown>>;

/** One JSON line each. `alarm` is what a person must be woken for; each has a runbook of its name. */
export type Log = {
  info(event: string, fields: LogFields): void;
  warn(event: string, fields: LogFields): void;
  alarm(name: AlarmName, fields: LogFields): void;
};
