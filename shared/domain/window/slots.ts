import type { Grant, PortSet } from '../grant';
import { familyOf } from '../nsg/address';

/** At most this many rules of one window in one NSG. */
export const slotsPerNsgMax = 3;

/** What fits into one rule: one protocol, one set of ports, one address family. */
export type Slot = {
  readonly index: number;
  readonly portSet: PortSet;
  readonly family: 4 | 6;
  /** The grant's sources of this family. */
  readonly sources: readonly string[];
};

/**
 * The slots of a grant, numbered in an order that depends on nothing but the grant: a rule's name
 * holds the number, and is the same whoever plans.
 */
export function slotsOf(grant: Pick<Grant, 'portSets' | 'source'>): Slot[] {
  const families = ([4, 6] as const).flatMap((family) => {
    const sources = grant.source.prefixes.filter((prefix) => familyOf(prefix) === family);
    return sources.length > 0 ? [{ family, sources }] : [];
  });
  return grant.portSets
    .flatMap((portSet) => families.map((rest) => ({ portSet, ...rest })))
    .map((slot, index) => ({ index, ...slot }));
}
