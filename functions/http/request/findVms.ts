import { matchVms } from '../../../shared/domain/request/matchVms';
import { vmsOf } from '../../../shared/domain/policy/vmFacts';
import { type Refusal, refusal } from '../../../shared/domain/refusal';
import type { TargetRow } from '../../../shared/ports/inventory';

/** What covers all the machines, and their rows. */
export type FoundVms<One> = { readonly one: One; readonly rows: readonly TargetRow[] };

/**
 * The first of several (activations, rules) that covers all the machines that were named. Else why
 * there is none: `split` where each machine is covered, but not all by the same one.
 */
export async function findVms<One>(
  covering: readonly One[],
  wanted: readonly string[],
  rowsOf: (one: One) => Promise<readonly TargetRow[]>,
  split: Refusal,
): Promise<FoundVms<One> | Refusal> {
  const everSeen = new Set<string>();
  for (const one of covering) {
    const all = await rowsOf(one);
    const matched = matchVms(wanted, vmsOf(all));
    if (matched.ambiguous !== null) return refusal('vmAmbiguous', matched.ambiguous);
    for (const word of wanted) if (!matched.missing.includes(word)) everSeen.add(word);
    if (matched.missing.length > 0) continue;
    const ids = new Set(matched.vms.map(({ vmId }) => vmId.toLowerCase()));
    return { one, rows: all.filter(({ vmId }) => ids.has(vmId.toLowerCase())) };
  }
  const unseen = wanted.filter((word) => !everSeen.has(word));
  return unseen.length > 0 ? refusal('vmNotCovered', { vms: unseen }) : split;
}
