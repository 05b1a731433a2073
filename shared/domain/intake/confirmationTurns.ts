/**
 * Turns in the order of asking: `burst` at once, then one each `everyMs`. State of one process; the
 * hints themselves wait in their rows, so none is lost with it.
 */
export type ConfirmationTurns = {
  /** 0 if `id` has its turn now, else how long until then; asked again at that time, it has it. */
  pauseMs(id: string, hostMs: number): number;
  /** True while `id` waits for a turn that it was told. */
  holds(id: string): boolean;
};

/** Timers fire up to a second early; a turn that is nearly there is there. */
const earlyMs = 1_000;
const keptMax = 20_000;

export function createConfirmationTurns(burst: number, everyMs: number): ConfirmationTurns {
  let nextAt = Number.NEGATIVE_INFINITY;
  const turns = new Map<string, number>();
  return {
    holds: (id) => turns.has(id),
    pauseMs: (id, hostMs) => {
      const turnAt = turns.get(id);
      if (turnAt !== undefined) {
        if (turnAt - hostMs > earlyMs) return turnAt - hostMs;
        turns.delete(id);
        return 0;
      }
      const at = Math.max(nextAt, hostMs - (burst - 1) * everyMs);
      nextAt = at + everyMs;
      if (at <= hostMs) return 0;
      // Whoever never came back for its turn has been forgotten by then.
      if (turns.size >= keptMax) turns.clear();
      turns.set(id, at);
      return at - hostMs;
    },
  };
}
