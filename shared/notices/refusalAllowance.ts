import type { World } from '../ports/world';

/** So many refusals are told of in ten minutes, and so many of one person's, by each process. */
const withinMs = 600_000;
const most = 20;
const mostOfOne = 3;

type Told = { readonly at: number; readonly personId: string };
type Known = { told: Told[]; muted: number };

/** A process has one log: what it has told of is remembered by it. */
const knownOf = new WeakMap<World['log'], Map<string, Known>>();

/**
 * May one more refusal be told of? `null`: no, there were too many, and it is counted; else how many
 * were not told of since the last one that was. Whoever forges a thousand events or requests makes
 * no thousand cards. Activations and requests are counted apart, so that the one kind cannot drown
 * the other.
 */
export function refusalAllowance(
  { log, clock }: Pick<World, 'log' | 'clock'>,
  way: 'activation' | 'request',
  personId: string,
): number | null {
  const now = clock.now();
  const ways = knownOf.get(log) ?? new Map<string, Known>();
  knownOf.set(log, ways);
  const known = ways.get(way) ?? { told: [], muted: 0 };
  ways.set(way, known);
  // A clock that was set back must not silence anybody for longer.
  known.told = known.told.filter(({ at }) => at <= now && now - at < withinMs);
  const ofOne = known.told.filter((one) => one.personId === personId);
  if (known.told.length >= most || ofOne.length >= mostOfOne) {
    known.muted += 1;
    if (known.muted === 1) log.warn('notice.refusalsMuted', { way });
    return null;
  }
  known.told.push({ at: now, personId });
  const { muted } = known;
  known.muted = 0;
  return muted;
}
