import type { InstanceStore, ScheduleRecord } from '../engine/store';
import { parseSchedule, type Schedule } from './schedule';
import { resolveSettingNames } from './settings';

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
