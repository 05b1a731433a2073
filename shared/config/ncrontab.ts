import { CronExpressionParser } from 'cron-parser';

/**
 * An NCRONTAB expression of six fields, seconds first; `null`: it is none
 * (learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions).
 */
export function parseNcrontab(text: string): string | null {
  if (text.trim().split(/\s+/).length !== 6) return null;
  try {
    return CronExpressionParser.parse(text).stringify(true) === '' ? null : text;
  } catch {
    return null;
  }
}

/** How often a host asks whether it is night somewhere else, and how late that may be noticed. */
const askEveryMs = 5 * 60_000;

/**
 * The schedule that the host itself is given. Hosts count in UTC, and not all of them can be told
 * otherwise, so for any other zone it asks every few minutes and `nightAt` says whether it is time.
 */
export function hostSchedule(schedule: string, timeZone: string): string {
  return isUtc(timeZone) ? schedule : '0 */5 * * * *';
}

/**
 * The night that begins now, as its day in the time zone (`20261130`); `null`: none does. A night
 * that the clock skips or repeats begins once: whoever starts it twice merges it. `now`: epoch ms.
 */
export function nightAt(schedule: string, timeZone: string, now: number): string | null {
  if (!isUtc(timeZone)) {
    const last = lastBegun(schedule, timeZone, now);
    if (last === null || now - last >= askEveryMs) return null;
  }
  const day = new Intl.DateTimeFormat('en-CA', { timeZone }).format(now);
  return day.replaceAll('-', '');
}

/** Further back than any change of clocks, from which times that it skips are still seen. */
const lookBackMs = 3 * 3_600_000;

function lastBegun(schedule: string, tz: string, now: number): number | null {
  const times = CronExpressionParser.parse(schedule, {
    currentDate: new Date(now - lookBackMs),
    endDate: new Date(now),
    tz,
  });
  let last: number | null = null;
  while (times.hasNext()) last = times.next().getTime();
  return last;
}

function isUtc(timeZone: string): boolean {
  return ['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT'].includes(timeZone);
}
