import { CronExpressionParser } from 'cron-parser';
import type { InstanceStore, ScheduleRecord } from '../engine/store';
import { parseTimeSpan } from '../engine/timeSpan';
import { resolveSettingNames } from './settings';

/** When a timer function runs next after a moment, both in milliseconds. */
export type Schedule = { next(afterMs: number): number };

/**
 * A schedule from NCRONTAB text of six fields (seconds first; five mean second 0) in UTC, or a
 * .NET TimeSpan such as `00:05:00`. Throws on anything else.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 */
export function parseSchedule(text: string): Schedule {
  if (text.includes(':')) {
    const everyMs = parseTimeSpan(text);
    if (everyMs === 0) throw new Error(`The schedule '${text}' is not valid.`);
    return { next: (afterMs) => afterMs + everyMs };
  }
  const given = text.trim().split(/\s+/);
  if (given.length !== 5 && given.length !== 6) {
    throw new Error(`The schedule '${text}' is not valid: six fields are wanted.`);
  }
  const fields = given.length === 5 ? ['0', ...given] : given;
  const weekdays = weekdaysOf(fields, text);
  // NCRONTAB wants day and weekday both to match, cron either; so weekdays are matched here.
  const days = [...fields.slice(0, 5), '*'].join(' ');
  return {
    next: (afterMs) => {
      const found = CronExpressionParser.parse(days, { currentDate: new Date(afterMs), tz: 'UTC' });
      for (let tries = 0; tries < mostTries; tries++) {
        const at = found.next().getTime();
        const weekday = new Date(at).getUTCDay();
        if (weekdays.some((value) => Number(value) % 7 === weekday)) return at;
      }
      throw new Error(`The schedule '${text}' never comes.`);
    },
  };
}

function weekdaysOf(fields: readonly string[], text: string): readonly (string | number)[] {
  try {
    return CronExpressionParser.parse(fields.join(' ')).fields.dayOfWeek.values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The schedule '${text}' is not valid: ${reason}`, { cause: error });
  }
}

/** More than the seconds of a week: a schedule of every second waits at most six days. */
const mostTries = 700_000;

export type TimerFunction = {
  name: string;
  schedule: string;
  runOnStartup: boolean;
  useMonitor: boolean;
};

/** What the function is given, before the SDK changes the names to camel case. */
export type TimerInfo = {
  Schedule: { AdjustForDST: boolean };
  ScheduleStatus: { Last: string; Next: string; LastUpdated: string } | null;
  IsPastDue: boolean;
};

const longestTimeoutMs = 2_000_000_000;

function dotNet(ms: number): string {
  return ms === 0
    ? '0001-01-01T00:00:00+00:00'
    : new Date(ms).toISOString().replace(/(?:\.000)?Z$/, '+00:00');
}

/**
 * Timer triggers. With the monitor (on by default for schedules of a minute or longer) the last
 * and next run are kept in the store, so a host that was down runs what it missed at its start.
 */
export class Timers {
  private readonly handles = new Set<NodeJS.Timeout>();
  private readonly schedules = new Map<string, { schedule: Schedule; isMonitored: boolean }>();
  private stopped = false;

  constructor(
    private readonly store: InstanceStore,
    private readonly run: (name: string, info: TimerInfo) => Promise<void>,
  ) {}

  start(functions: readonly TimerFunction[], values: Record<string, string | undefined>): void {
    for (const timer of functions) {
      const schedule = parseSchedule(resolveSettingNames(timer.schedule, values));
      const now = Date.now();
      const first = schedule.next(now);
      const isMonitored = timer.useMonitor && schedule.next(first) - first >= 60_000;
      this.schedules.set(timer.name, { schedule, isMonitored });
      const status = isMonitored ? this.store.schedule(timer.name) : undefined;
      const isPastDue = status !== undefined && status.nextAt < now;
      if (isMonitored && status === undefined) {
        // The first start writes when the first run is due, so that it can be found missed.
        this.store.saveSchedule(timer.name, { lastAt: 0, nextAt: first, updatedAt: now });
      }
      if (isPastDue || timer.runOnStartup) void this.fire(timer.name, isPastDue);
      else this.wait(timer.name, first);
    }
  }

  stop(): void {
    this.stopped = true;
    for (const handle of this.handles) clearTimeout(handle);
    this.handles.clear();
  }

  private wait(name: string, atMs: number): void {
    const waitMs = Math.min(Math.max(atMs - Date.now(), 1), longestTimeoutMs);
    const handle = setTimeout(() => {
      this.handles.delete(handle);
      if (Date.now() < atMs) this.wait(name, atMs);
      else void this.fire(name, false);
    }, waitMs);
    this.handles.add(handle);
  }

  /** One run; the next is set when it has ended, so runs of one function never overlap. */
  private async fire(name: string, isPastDue: boolean): Promise<void> {
    await this.invoke(name, isPastDue);
    if (this.stopped) return;
    const next = this.schedules.get(name)?.schedule.next(Date.now());
    if (next !== undefined) this.wait(name, next);
  }

  /** Runs a function now, as the admin API does; resolves when it has ended, well or not. */
  async invoke(name: string, isPastDue: boolean): Promise<void> {
    const entry = this.schedules.get(name);
    const status = entry?.isMonitored === true ? this.store.schedule(name) : undefined;
    await this.run(name, {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: entry?.isMonitored === true ? statusText(status) : null,
      IsPastDue: isPastDue,
    });
    if (this.stopped || entry?.isMonitored !== true) return;
    const now = Date.now();
    const record: ScheduleRecord = {
      lastAt: now,
      nextAt: entry.schedule.next(now),
      updatedAt: now,
    };
    this.store.saveSchedule(name, record);
  }
}

function statusText(status: ScheduleRecord | undefined): TimerInfo['ScheduleStatus'] {
  const { lastAt, nextAt, updatedAt } = status ?? { lastAt: 0, nextAt: 0, updatedAt: 0 };
  return { Last: dotNet(lastAt), Next: dotNet(nextAt), LastUpdated: dotNet(updatedAt) };
}
