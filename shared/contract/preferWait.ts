/** No answer is waited for longer. */
export const waitMaxMs = 60_000;

/**
 * How long a caller would wait for an answer, by `Prefer: wait=30` in seconds or `respond-async`
 * (RFC 7240); ms, never above `waitMaxMs`. Where it says neither: `otherwiseMs`.
 */
export function preferWait(header: string | null, otherwiseMs: number): number {
  const wishes = (header ?? '')
    .slice(0, 400)
    .split(/[,;]/)
    .map((wish) => wish.trim().toLowerCase());
  const wait = wishes.map((wish) => /^wait="?(\d{1,6})"?$/.exec(wish)?.[1]).find(Boolean);
  if (wait !== undefined) return Math.min(Number(wait) * 1_000, waitMaxMs);
  return wishes.includes('respond-async') ? 0 : otherwiseMs;
}
