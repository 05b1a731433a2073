/**
 * A clock that runs faster than the real one, and shows another time of day: for a story of hours
 * that somebody wants to see in minutes. All processes of the story are given the same one. Sockets
 * and what lies below timers keep the real clock.
 */
export type FastClock = {
  /** Milliseconds of the story in one of ours. */
  readonly factor: number;
  /** The real moment at which it began, and the moment that it showed then; epoch ms. */
  readonly realStart: number;
  readonly shownStart: number;
};

const RealDate = Date;
const realSetTimeout = setTimeout;
const realSetInterval = setInterval;

/** The clock as one environment variable: `60@1796005800000@1796000000000`. */
export function clockText({ factor, realStart, shownStart }: FastClock): string {
  return [factor, realStart, shownStart].join('@');
}

/** The inverse; throws for anything else. */
export function parseClock(text: string): FastClock {
  const [factor = 0, realStart = 0, shownStart = 0] = text.split('@').map(Number);
  if (!(factor >= 1) || !(realStart > 0) || !(shownStart > 0)) {
    throw new Error(`LOCAL_CLOCK is '${text}'; factor@real@shown is wanted.`);
  }
  return { factor, realStart, shownStart };
}

/** From here on `Date`, `setTimeout` and `setInterval` of this process keep the clock of the story. */
export function installFastClock({ factor, realStart, shownStart }: FastClock): void {
  const now = (): number => Math.round(shownStart + (RealDate.now() - realStart) * factor);
  const shown = function (...given: string[]): unknown {
    if (new.target === undefined) return new RealDate(now()).toString();
    return Reflect.construct(RealDate, given.length === 0 ? [now()] : given, new.target);
  };
  shown.prototype = RealDate.prototype;
  const date = Object.setPrototypeOf(shown, RealDate) as DateConstructor;
  date.now = now;
  globalThis.Date = date;
  const scaled =
    (real: typeof setTimeout | typeof setInterval) =>
    (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      real(callback, ms / factor, ...args);
  globalThis.setTimeout = Object.assign(scaled(realSetTimeout), realSetTimeout);
  globalThis.setInterval = Object.assign(scaled(realSetInterval), realSetInterval);
}
