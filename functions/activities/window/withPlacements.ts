import type { Placement, WindowRow } from '../../../shared/domain/window/windowRow';

/** The row with some of its placements replaced, by their index. */
export function withPlacements(
  row: WindowRow,
  changes: readonly { readonly index: number; readonly placement: Placement }[],
): WindowRow {
  const placements = row.placements.map(
    (placement, index) => changes.find((change) => change.index === index)?.placement ?? placement,
  );
  return { ...row, placements };
}
