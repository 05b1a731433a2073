import { factsOf } from '../../../shared/domain/fault';
import { pauseAfter, reactionTo } from '../../../shared/domain/reaction';
import type { Reading } from '../../../shared/domain/window/planReadings';
import type { World } from '../../../shared/ports/world';
import { eachOf } from './eachOf';

const readsAtOnce = 8;

/** What came of many reads, by lower-case id. */
export type Readings<Value> = Map<string, Reading<Value>>;

/** Reads each id once, some at a time. */
export type ReadEach = <Value>(
  ids: readonly string[],
  read: (id: string) => Promise<Value | null>,
) => Promise<Readings<Value>>;

/** A fault that may be over when it is asked again. */
export function isPassing(
  one: Reading<unknown>,
): one is Extract<Reading<unknown>, { kind: 'fault' }> {
  return one.kind === 'fault' && reactionTo(one.fault, 'open', 1).do !== 'refuse';
}

/**
 * Reads each id, some at a time; faults are values. What was throttled or lost is asked for again
 * until `until`, alone: starting the whole plan over would make one success of all of them ever
 * less likely. A clock that is set back in between makes the time no longer.
 */
export function patientReads(clock: World['clock'], until: number): ReadEach {
  return async <Value>(ids: readonly string[], read: (id: string) => Promise<Value | null>) => {
    let open = [...new Map(ids.filter((id) => id !== '').map((id) => [id.toLowerCase(), id]))];
    const readings: Readings<Value> = new Map();
    let leftMs = until - clock.now();
    for (;;) {
      for (const [key, reading] of await readOnce(open, read)) readings.set(key, reading);
      open = open.filter(([key]) => isPassing(readings.get(key) ?? { kind: 'missing' }));
      const pauseMs = longestPauseMs(open.map(([key]) => readings.get(key)));
      leftMs -= pauseMs;
      if (open.length === 0 || leftMs < 0 || clock.now() + pauseMs > until) return readings;
      await clock.wait(pauseMs);
    }
  };
}

function longestPauseMs(readings: readonly (Reading<unknown> | undefined)[]): number {
  const asked = readings.map((one) =>
    one?.kind === 'fault' ? pauseAfter(one.fault, 'open', 1) : 0,
  );
  return Math.max(0, ...asked);
}

async function readOnce<Value>(
  wanted: readonly (readonly [string, string])[],
  read: (id: string) => Promise<Value | null>,
): Promise<Readings<Value>> {
  const readings: Readings<Value> = new Map();
  await eachOf(wanted, readsAtOnce, async ([key, id]) => {
    try {
      const value = await read(id);
      readings.set(key, value === null ? { kind: 'missing' } : { kind: 'ok', value });
    } catch (error) {
      readings.set(key, { kind: 'fault', fault: factsOf(error) });
    }
  });
  return readings;
}
