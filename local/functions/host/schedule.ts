import { CronExpressionParser } from 'cron-parser';
import { parseTimeSpan } from '../engine/timeSpan';

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
  const table = tables.get(text) ?? tableOf(given.length === 5 ? ['0', ...given] : given, text);
  tables.set(text, table);
  return {
    next: (afterMs) => {
      const at = nextAt(table, afterMs);
      if (at === undefined) throw new Error(`The schedule '${text}' never comes.`);
      return at;
    },
  };
}

/** Which values of each field a schedule names; those of a time of day in ascending order. */
type CronTable = {
  seconds: readonly number[];
  minutes: readonly number[];
  hours: readonly number[];
  daysOfMonth: ReadonlySet<number | string>;
  months: ReadonlySet<number>;
  weekdays: ReadonlySet<number>;
};

/** An app has few schedules, and a test starts it many times. */
const tables = new Map<string, CronTable>();

function tableOf(fields: readonly string[], text: string): CronTable {
  try {
    const { second, minute, hour, dayOfMonth, month, dayOfWeek } = CronExpressionParser.parse(
      fields.join(' '),
    ).fields;
    return {
      seconds: second.values,
      minutes: minute.values,
      hours: hour.values,
      daysOfMonth: new Set(dayOfMonth.values),
      months: new Set(month.values),
      weekdays: new Set(dayOfWeek.values.map((value) => Number(value) % 7)),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The schedule '${text}' is not valid: ${reason}`, { cause: error });
  }
}

const dayMs = 86_400_000;

/** Every pair of date and weekday comes back within forty years, 29 February included. */
const mostDays = 41 * 366;

/**
 * The first second after `afterMs` that the table names. The cron library finds it too, but where
 * day and weekday are both given it wants either of them, NCRONTAB both; and it takes a
 * hundred times as long.
 */
function nextAt(table: CronTable, afterMs: number): number | undefined {
  const fromMs = (Math.floor(afterMs / 1_000) + 1) * 1_000;
  let day = Math.floor(fromMs / dayMs) * dayMs;
  for (let days = 0; days < mostDays; days++, day += dayMs) {
    if (!isNamed(table, new Date(day))) continue;
    const second = secondOfDay(table, Math.max(fromMs - day, 0) / 1_000);
    if (second !== undefined) return day + second * 1_000;
  }
  return undefined;
}

function isNamed({ months, weekdays, daysOfMonth }: CronTable, day: Date): boolean {
  if (!months.has(day.getUTCMonth() + 1) || !weekdays.has(day.getUTCDay())) return false;
  if (daysOfMonth.has(day.getUTCDate())) return true;
  const isLast = new Date(day.getTime() + dayMs).getUTCDate() === 1;
  return isLast && daysOfMonth.has('L');
}

/** The first second of a day, from `from` on, that the table names. */
function secondOfDay({ hours, minutes, seconds }: CronTable, from: number): number | undefined {
  for (const hour of hours) {
    if (hour * 3_600 + 3_599 < from) continue;
    for (const minute of minutes) {
      const begin = hour * 3_600 + minute * 60;
      if (begin + 59 < from) continue;
      const second = seconds.find((value) => begin + value >= from);
      if (second !== undefined) return begin + second;
    }
  }
  return undefined;
}
