/**
 * A source of numbers in [0, 1) from a seed (Mulberry32): the same seed gives the same run, which
 * is all that a replayed fault needs.
 */
export function seededChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A source of numbers from a text, on its own: what is drawn for one thing does not move what is
 * drawn for another, whatever the order in which they come up.
 */
export function chanceOf(text: string): () => number {
  // FNV-1a, 32 bits: draft-eastlake-fnv.
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  }
  return seededChance(hash);
}

/** Draws lengths of time, log-normal around a median; whole milliseconds. */
export function logNormal(medianMs: number, sigma: number): (chance: () => number) => number {
  return (chance) => {
    // Box and Muller; 1 − x keeps the logarithm away from zero.
    const radius = Math.sqrt(-2 * Math.log(1 - chance()));
    const normal = radius * Math.cos(2 * Math.PI * chance());
    return Math.round(medianMs * Math.exp(sigma * normal));
  };
}
