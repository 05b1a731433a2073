import type { NsgReading } from '../networkSecurityGroup';
import { ruleNamed, sameRule } from '../nsg/sameRule';
import type { Placement } from './windowRow';

/**
 * One look after a write: when its read began (host clock), how long after the write that was, and
 * whether it showed the effect.
 */
export type Sighting = {
  readonly atMs: number;
  readonly tookMs: number;
  readonly seen: boolean;
};

/** A write whose effect is waited for. */
export type WriteKind = 'put' | 'delete';

/** As many looks as are remembered, of those that showed the effect and of the others each. */
const remembered = 16;
/** What an NSG did an hour ago says little about now. */
const rememberedMs = 3_600_000;
/** A first look later than this would find a write that was lost too late. */
const firstLookMaxMs = 12_000;
const firstLookMinMs = 1_000;
/** While the least time that was enough is this many times the longest that was not, less is tried. */
const doubtful = 1.75;
const less = 0.75;

/** What a reading shows of the write that a placement waits for; `null` if it waits for none. */
export function sightingOf(
  { phase, rule, lastPutAt, lastDeleteAt }: Placement,
  { startedAt, provisioningState, rules }: NsgReading,
): (Sighting & { readonly kind: WriteKind }) | null {
  const isSettled = provisioningState === 'Succeeded';
  const found = ruleNamed(rules, rule.name);
  if (phase === 'putting' && lastPutAt !== null && startedAt >= lastPutAt) {
    const seen = isSettled && found !== undefined && sameRule(found, rule);
    return { kind: 'put', atMs: startedAt, tookMs: startedAt - lastPutAt, seen };
  }
  if (phase === 'closing' && lastDeleteAt !== null && startedAt >= lastDeleteAt) {
    const seen = isSettled && found === undefined;
    return { kind: 'delete', atMs: startedAt, tookMs: startedAt - lastDeleteAt, seen };
  }
  return null;
}

/**
 * The looks that are remembered, with one more. Late looks say nothing about the first one. Many
 * windows at once all look at the same moment: what was too soon must outlast what was enough.
 */
export function withSighting(
  sightings: readonly Sighting[],
  { atMs, tookMs, seen }: Sighting,
): readonly Sighting[] {
  if (seen && tookMs > firstLookMaxMs) return sightings;
  const added = { atMs, seen, tookMs: Math.min(tookMs, firstLookMaxMs) };
  const kept = [...sightings, added].filter((one) => atMs - one.atMs <= rememberedMs);
  return [true, false].flatMap((wanted) =>
    kept.filter((one) => one.seen === wanted).slice(-remembered),
  );
}

/**
 * How long after a write the first look is worth its read; `null` while that is not known, and the
 * usual pauses apply. It is the least time that was enough and more than any that was not. Only how
 * many reads are spent depends on it: what a read proves does not.
 */
export function firstLookMs(sightings: readonly Sighting[]): number | null {
  const lengths = (wanted: boolean): number[] =>
    sightings.filter(({ seen }) => seen === wanted).map(({ tookMs }) => tookMs);
  const tooShort = Math.max(0, ...lengths(false));
  const enough = Math.min(...lengths(true).filter((tookMs) => tookMs > tooShort));
  if (!Number.isFinite(enough)) return tooShort < firstLookMaxMs ? null : firstLookMaxMs;
  const tried = enough > doubtful * tooShort ? less * enough : enough;
  return Math.round(Math.max(firstLookMinMs, tried));
}
