/** The fields of an NCRONTAB expression: name, smallest and largest value. */
const fields = [
  ['second', 0, 59],
  ['minute', 0, 59],
  ['hour', 0, 23],
] as const;

const daySeconds = 86_400;

/**
 * The longest time between two runs of an NCRONTAB schedule of six fields, in milliseconds; `null`
 * if it is malformed. Day, month and weekday must be `*`: what closes windows runs every day alike.
 * Syntax: learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions.
 */
export function longestGapMs(schedule: string): number | null {
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== 6 || parts.slice(3).some((part) => part !== '*')) return null;
  const [seconds, minutes, hours] = fields.map(([, from, to], at) =>
    parseField(parts[at] ?? '', from, to),
  );
  if (!seconds || !minutes || !hours) return null;
  const runs: number[] = [];
  for (const hour of hours) {
    for (const minute of minutes) {
      for (const second of seconds) runs.push(hour * 3_600 + minute * 60 + second);
    }
  }
  const [first = 0] = runs;
  const gaps = runs.map((run, at) => (runs[at + 1] ?? first + daySeconds) - run);
  return gaps.reduce((longest, gap) => Math.max(longest, gap), 0) * 1_000;
}

/** Values in ascending order; `null` for anything but lists of `*`, `a`, `a-b` and steps of these. */
function parseField(text: string, smallest: number, largest: number): number[] | null {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:(\*)|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (match === null) return null;
    const [, star, low, high, stepText] = match;
    const step = Number(stepText ?? 1);
    const from = star === undefined ? Number(low) : smallest;
    const single = star === undefined && high === undefined && stepText === undefined;
    const to = single ? from : Number(high ?? largest);
    if (from < smallest || to > largest || from > to || step < 1) return null;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return [...values].sort((one, other) => one - other);
}
