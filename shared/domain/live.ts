/**
 * The small row beside each window and intake that is not at its end: inserted before the big row,
 * removed after its tombstone, so the table is always a superset of what lives. Timers, lists and
 * delete hints read only this table.
 */
export type LiveRow = {
  /** Window id or intake id. */
  readonly id: string;
  /**
   * `waiting`: a request that nobody has approved yet, which takes no place among windows. `ended`: a
   * window that is closed; it is only not known yet whether a rule of it went in time.
   */
  readonly kind: 'window' | 'waiting' | 'intake' | 'ended';
  /** Key of the role assignment that the window stands on (`assignmentKey`); empty: on none. */
  readonly assignmentKey: string;
  readonly personId: string;
  readonly nsgIds: readonly string[];
  /** Epoch ms; 0 for intakes. */
  readonly until: number;
  readonly createdAt: number;
  /** How long before `until` closing begins at the latest; 0 for intakes. */
  readonly guardMs: number;
  /** When closing is planned to begin, epoch ms; `null` until the calendar has found a place. */
  readonly closeFrom: number | null;
  /** What its close will take: by the index from the first, by its plan once there is one. */
  readonly closes: readonly LiveClose[];
};

/** The deletes of one window on one NSG. */
export type LiveClose = {
  /** Lower case. */
  readonly nsgId: string;
  readonly region: string;
  readonly rules: number;
};

/** The live row of a window that is closed: it takes no place in caps, lists and calendar any more. */
export function endedLive(live: LiveRow): LiveRow {
  return { ...live, kind: 'ended', closes: [], closeFrom: null };
}

/** Which of two windows was there first; the id decides between two of the same moment. */
export function isOlder(one: LiveRow, other: LiveRow): boolean {
  return one.createdAt === other.createdAt ? one.id < other.id : one.createdAt < other.createdAt;
}
