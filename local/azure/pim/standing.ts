import type { PimState } from './state';
import type { Grant } from './types';

type Kept = { grants: Grant[]; read: number };

const kept = new WeakMap<readonly Grant[], Kept>();

/**
 * The grants that have not ended, in the order made: nearly every request asks for them, so those
 * that ended are left behind. Grants are only ever added, and one that has ended never comes back.
 */
export function standingGrants({ grants }: Pick<PimState, 'grants'>): readonly Grant[] {
  const known = kept.get(grants) ?? { grants: [], read: 0 };
  kept.set(grants, known);
  if (known.read < grants.length) {
    for (const grant of grants.slice(known.read)) known.grants.push(grant);
    known.read = grants.length;
  }
  if (known.grants.some(hasEnded)) known.grants = known.grants.filter((one) => !hasEnded(one));
  return known.grants;
}

function hasEnded({ removedAtMs }: Grant): boolean {
  return removedAtMs !== undefined;
}
