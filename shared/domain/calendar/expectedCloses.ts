import type { GrantParts } from '../policy/decide';
import type { LiveClose } from '../live';
import { slotsOf } from '../window/slots';

/** What the index says about the way to a machine. */
export type PathRow = {
  readonly vmId: string;
  readonly location: string;
  readonly nicNsgId: string;
  readonly subnetNsgId: string;
};

/**
 * The closes of a window by the index, before anything is planned: a rule for each slot in each NSG
 * on the way to its machines. An NSG stands in the region of its machines.
 */
export function expectedCloses(
  parts: Pick<GrantParts, 'targets' | 'portSets' | 'source'>,
  rows: readonly PathRow[],
): LiveClose[] {
  const rules = slotsOf(parts).length;
  const targets = new Set(parts.targets.map(({ vmId }) => vmId.toLowerCase()));
  const closes = new Map<string, LiveClose>();
  for (const { vmId, location, nicNsgId, subnetNsgId } of rows) {
    if (!targets.has(vmId.toLowerCase())) continue;
    for (const id of [nicNsgId, subnetNsgId]) {
      const nsgId = id.toLowerCase();
      if (nsgId !== '') closes.set(nsgId, { nsgId, region: location.toLowerCase(), rules });
    }
  }
  return [...closes.values()].toSorted(byNsg);
}

/**
 * The closes of a window by its plan. NSGs that the index did not name are taken to stand in the
 * region of those that it did.
 */
export function plannedCloses(
  placements: readonly { readonly nsgId: string }[],
  expected: readonly LiveClose[],
): LiveClose[] {
  const closes = new Map<string, LiveClose>();
  for (const placement of placements) {
    const nsgId = placement.nsgId.toLowerCase();
    const same = expected.find((close) => close.nsgId === nsgId) ?? expected[0];
    const rules = (closes.get(nsgId)?.rules ?? 0) + 1;
    closes.set(nsgId, { nsgId, region: same?.region ?? '', rules });
  }
  return [...closes.values()].toSorted(byNsg);
}

function byNsg(one: LiveClose, other: LiveClose): number {
  return one.nsgId < other.nsgId ? -1 : 1;
}
