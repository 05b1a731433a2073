/** An activation may be listed late; together about a minute, then it is none. */
const lackDelaysMs = [2_000, 3_000, 5_000, 10_000, 10_000, 15_000, 15_000] as const;

/** Together: when an activation that is listed late should be listed at the latest. */
export const lackForMs = lackDelaysMs.reduce((sum, ms) => sum + ms, 0);

/** How long to wait after the `lacks`-th answer (from 1) that did not show it; `null`: give up. */
export function afterLackMs(lacks: number): number | null {
  return lackDelaysMs[lacks - 1] ?? null;
}

/** Between two point queries after a delete hint, and how many answers make it unfounded: 2 min. */
export const endLookMs = 10_000;
export const endAnswersMax = 12;

/** The same where no event spoke of an end: a list lacked it, and lists are stale for half a minute. */
export const goneLookMs = 30_000;

/** How long intake waits for the address of the request, counted from the hint. */
export const addressWaitMs = 20_000;

/** An activation lasts a day at most: a hint that could not be judged for longer is dropped. */
export const hintLifeMs = 24 * 3_600_000;
