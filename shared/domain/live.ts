/**
 * The small row beside each window and intake that is not at its end: inserted before the big row,
 * removed after its tombstone, so the table is always a superset of what lives. Timers, lists and
 * delete hints read only this table.
 */
export type LiveRow = {
  /** Window id or intake id. */
  readonly id: string;
  readonly kind: 'window' | 'intake';
  /** Key of the role assignment (`assignmentKey`), `''` for requests over HTTP. */
  readonly assignmentKey: string;
  readonly personId: string;
  readonly nsgIds: readonly string[];
  /** Epoch ms; 0 for intakes. */
  readonly until: number;
  readonly createdAt: number;
};
