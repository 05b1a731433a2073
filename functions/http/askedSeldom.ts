import type { World } from '../../shared/ports/world';

/** How long an answer to a probe is young enough for the next one. */
const freshMs = 10_000;

/**
 * The same question, asked once in ten seconds at most: whoever comes meanwhile gets that answer,
 * also while it is still on its way.
 */
export function askedSeldom<Answer>(
  { clock }: Pick<World, 'clock'>,
  ask: () => Promise<Answer>,
): () => Promise<Answer> {
  let last: { readonly at: number; readonly answer: Promise<Answer> } | null = null;
  return () => {
    const now = clock.now();
    // A clock that was set back must not keep an old answer for ever.
    const isFresh = last !== null && now >= last.at && now - last.at < freshMs;
    if (last === null || !isFresh) last = { at: now, answer: ask() };
    return last.answer;
  };
}
