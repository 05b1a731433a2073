import type { AlarmName } from '../../shared/domain/alarms';
import { groupBy } from '../../shared/domain/group';
import type { RuleSighting } from '../../shared/ports/inventory';
import type { Log, LogFields } from '../../shared/ports/log';

const dayMs = 24 * 3_600_000;
/** More than one sweep judges; the oldest are forgotten first. */
const entriesMax = 20_000;

/** What was said of one rule: when, and when there was last a reason to say it. */
type Said = { readonly saidAt: number; readonly seenAt: number };

/**
 * What one process remembers from sweep to sweep. Losing it costs a repeated alarm and an early
 * list, so it is kept nowhere else.
 */
export class SweepMemory {
  /** What the index or the lists showed when they last answered. */
  sightings: readonly RuleSighting[] = [];
  /** Subscriptions that were visible when they were last listed. */
  subscriptions: readonly string[] = [];
  #listedAt: number | null = null;
  /** The ten cycles of the clock in which this process began. */
  #slotAt: number | null = null;
  readonly #said = new Map<string, Said>();
  readonly #periodMs: number;

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  /**
   * Is it time to ask the lists in place of the index? Every tenth cycle. A process that has never
   * listed goes by the clock, so that one which is started again and again comes to it, too.
   */
  isListingDue(now: number): boolean {
    const tenMs = 10 * this.#periodMs;
    if (this.#listedAt !== null) return now - this.#listedAt >= tenMs - this.#periodMs / 2;
    this.#slotAt ??= now - (now % tenMs);
    return now - this.#slotAt >= tenMs - this.#periodMs;
  }

  listed(now: number): void {
    this.#listedAt = now;
  }

  /**
   * Is it news? True the first time, then once a day while it lasts, and again when it comes back
   * after ten cycles without it.
   */
  isNews(now: number, ...key: readonly string[]): boolean {
    const name = key.join(' ').toLowerCase();
    const said = this.#said.get(name);
    const isOld =
      said !== undefined &&
      now - said.saidAt < dayMs &&
      now - said.seenAt < Math.max(10 * this.#periodMs, 600_000);
    // Inserted anew, so that the first ones of the map are those that were not seen for longest.
    this.#said.delete(name);
    this.#said.set(name, { saidAt: isOld ? said.saidAt : now, seenAt: now });
    if (this.#said.size > entriesMax) {
      const [oldest] = this.#said.keys();
      if (oldest !== undefined) this.#said.delete(oldest);
    }
    return !isOld;
  }

  /** Raises an alarm about one rule, unless it was raised for the same reason and still stands. */
  alarm(log: Log, now: number, name: AlarmName, nsgId: string, ruleName: string, more: LogFields) {
    const reason = typeof more['found'] === 'string' ? more['found'] : '';
    if (!this.isNews(now, 'alarm', name, reason, nsgId, ruleName)) return;
    log.alarm(name, { nsgId, rule: ruleName, ...more });
  }

  /** NSGs by what was last seen in them. */
  get nsgIds(): string[] {
    return [...groupBy(this.sightings, ({ nsgId }) => nsgId.toLowerCase()).keys()];
  }
}
