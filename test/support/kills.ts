import type { Story } from './stories';

/** How long Azure takes to start a host again. */
const restartMs = 3_000;

/**
 * One life of a window after another, the host killed once in each: `atMs` after the activation,
 * and started again three seconds later. Answers what the local Azure holds against each, by the
 * moment of the kill; a life that was as promised is left out.
 */
export async function livesWithKills(
  story: Story,
  moments: readonly number[],
  minutes: number,
): Promise<Record<number, string[]>> {
  const faults: Record<number, string[]> = {};
  let known = 0;
  for (const atMs of moments) {
    story.activate({ minutes });
    await story.time.pass(atMs);
    story.killHost();
    await story.time.pass(restartMs);
    await story.startHost();
    await story.time.pass(minutes * 60_000 - atMs - restartMs + 5_000);
    const reasons = story.reasons();
    if (reasons.length > known) faults[atMs] = reasons.slice(known);
    known = reasons.length;
  }
  return faults;
}

/** Every half second from one moment up to another, in seconds. */
export function halfSeconds(from: number, to: number): number[] {
  return Array.from({ length: (to - from) * 2 }, (_item, at) => from * 1_000 + at * 500);
}
