import { type KeyedWrite, remembered } from './keyedWrite';

/** One `close-all` of a caller that came with a key. */
export type KeyedCloseAll = KeyedWrite & {
  readonly at: number;
  /** What was answered; `null`: whoever was at it never came to the end. */
  readonly answer: ClosedAll | null;
};

/** Ids of the windows that close, and whether all of those meant could be told. */
export type ClosedAll = { readonly ids: readonly string[]; readonly isWhole: boolean };

/** What a caller's keys have come to, where no single window holds them. One row for each caller. */
export type AnswersRow = { readonly id: string; readonly closeAlls: readonly KeyedCloseAll[] };

/** A key is remembered for a day: whoever means another close-all by then gets one. */
export const rememberedMs = 86_400_000;
/** So many ids fit into a row beside each other, with room to spare. */
const idsMax = 8_000;

/** What is remembered still at `now`, epoch ms. */
export function stillKnown(row: AnswersRow | null, now: number): readonly KeyedCloseAll[] {
  return (row?.closeAlls ?? []).filter(({ at }) => now - at < rememberedMs);
}

/**
 * The row with one more. Answers that are too long to be kept beside the newest are forgotten; the
 * write itself stays known, and its repeat closes what it means once more, which is harmless.
 */
export function withCloseAll(
  id: string,
  known: readonly KeyedCloseAll[],
  write: KeyedCloseAll,
): AnswersRow {
  let left = idsMax;
  const kept = remembered(known, write)
    .toReversed()
    .map((one) => {
      left -= one.answer?.ids.length ?? 0;
      return left >= 0 ? one : { ...one, answer: null };
    });
  return { id, closeAlls: kept.toReversed() };
}
