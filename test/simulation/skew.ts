import type { CoreRegistry } from '../../local/functions/index';
import type { World } from '../../shared/ports/world';
import type { Skew } from './stage';

/** How far the host's clock is off, with a memory: a measurement is as old as it is. */
export function skewOf(): Skew & { offsetAt(atMs: number): number } {
  const changes: { atMs: number; offsetMs: number }[] = [];
  const offsetAt = (atMs: number): number =>
    changes.findLast((one) => one.atMs <= atMs)?.offsetMs ?? 0;
  return {
    offsetMs: () => changes.at(-1)?.offsetMs ?? 0,
    offsetAt,
    set: (offsetMs) => {
      changes.push({ atMs: Date.now(), offsetMs });
    },
  };
}

/**
 * The world as a host with a wrong clock sees it. What Resource Manager's `Date` says is right; the
 * difference to it is measured against the host's clock as it was then.
 */
export function skewedWorld(world: World, skew: Skew): World {
  const { clock, network } = world;
  const { offsetAt } = skew as ReturnType<typeof skewOf>;
  return {
    ...world,
    network: {
      ...network,
      // The adapter asks the same clock when a read begins.
      readNsg: async (nsgId) => {
        const offsetMs = skew.offsetMs();
        const reading = await network.readNsg(nsgId);
        return reading && { ...reading, startedAt: reading.startedAt + offsetMs };
      },
    },
    clock: {
      ...clock,
      now: () => clock.now() + skew.offsetMs(),
      skew: () => {
        const { skewMs, measuredAt } = clock.skew();
        if (measuredAt === null) return { skewMs, measuredAt };
        const then = offsetAt(measuredAt);
        // Written without a negative zero, which JSON and comparisons would tell apart.
        return { skewMs: then === 0 ? skewMs : skewMs - then, measuredAt: measuredAt + then };
      },
    },
  };
}

/**
 * The engine of a host with a wrong clock is wrong by the same: what an activity calls the next
 * look is turned into true time, in which the engine runs here.
 */
export function looksInTrueTime(functions: CoreRegistry['functions'], skew: Skew): void {
  for (const name of ['advanceWindow', 'advanceIntake']) {
    const known = functions.get(name);
    if (known === undefined) continue;
    const { metadata, callback } = known;
    functions.set(name, {
      metadata,
      callback: async (...args) => {
        const look: unknown = await callback(...args);
        const offsetMs = skew.offsetMs();
        if (offsetMs === 0 || typeof look !== 'object' || look === null) return look;
        if (!('nextLook' in look) || typeof look.nextLook !== 'string') return look;
        const at = Date.parse(look.nextLook) - offsetMs;
        return { ...look, nextLook: new Date(at).toISOString() };
      },
    });
  }
}
