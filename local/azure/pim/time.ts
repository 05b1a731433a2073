import type { Random } from './random';

/** The longest delay Node keeps for one timer; longer ones fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Timers of one PIM, all of which end with it. */
export type Alarms = {
  /** Runs `ring` at `atMs` (epoch), at once when that is past. Returns what calls it off. */
  at: (atMs: number, ring: () => void) => () => void;
  close: () => void;
};

/** Alarms on the global clock; a far alarm is set again each time Node's longest timer ends. */
export function createAlarms(): Alarms {
  const running = new Set<NodeJS.Timeout>();
  return {
    at(atMs, ring) {
      let timer: NodeJS.Timeout;
      const arm = () => {
        const waitMs = Math.max(0, atMs - Date.now());
        timer = setTimeout(
          () => {
            running.delete(timer);
            if (Date.now() < atMs && waitMs > LONGEST_TIMER_MS) arm();
            else ring();
          },
          Math.min(waitMs, LONGEST_TIMER_MS),
        );
        running.add(timer);
      };
      arm();
      return () => {
        clearTimeout(timer);
        running.delete(timer);
      };
    },
    close() {
      for (const timer of running) clearTimeout(timer);
      running.clear();
    },
  };
}

/** As PIM prints a time: milliseconds without trailing zeros (`…:03.5Z`, `…:03Z`). */
export function pimTime(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.?0+Z$/, 'Z');
}

/** As Event Grid prints a time: seven decimals, of which JavaScript knows three. */
export function eventTime(atMs: number, random: Random): string {
  const rest = Math.floor(random() * 10_000)
    .toString()
    .padStart(4, '0');
  return new Date(atMs).toISOString().replace('Z', `${rest}Z`);
}

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Milliseconds of an ISO 8601 duration of days, hours, minutes, seconds; else `undefined`. */
export function parseDuration(text: string): number | undefined {
  const parts = DURATION.exec(text.toUpperCase());
  if (!parts || text.toUpperCase() === 'P' || text.toUpperCase().endsWith('T')) return undefined;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = parts;
  const wholeHours = Number(days) * 24 + Number(hours);
  return Math.round(((wholeHours * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000);
}

/** The ISO 8601 duration of so many milliseconds: `PT4H`, `PT1H30M`, `PT80S`. */
export function formatDuration(durationMs: number): string {
  const hours = Math.floor(durationMs / 3_600_000);
  const minutes = Math.floor((durationMs % 3_600_000) / 60_000);
  const seconds = (durationMs % 60_000) / 1000;
  const text =
    (hours ? `${hours}H` : '') + (minutes ? `${minutes}M` : '') + (seconds ? `${seconds}S` : '');
  return text ? `PT${text}` : 'PT0S';
}
