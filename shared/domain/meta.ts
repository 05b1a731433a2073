/** The ledger's own row. */
export type MetaRow = {
  readonly id: 'ledger';
  /**
   * When this ledger began, epoch ms. What began earlier may have had its window in a ledger that
   * is lost: reconcile reports it and opens nothing.
   */
  readonly bornAt: number;
};
