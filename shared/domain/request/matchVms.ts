import { sameArmId } from '../armId';
import type { VmFacts } from '../policy/vmFacts';

/** Which machines the words of a request mean, among those that an activation covers. */
export type Matched = {
  readonly vms: readonly VmFacts[];
  /** Words that mean none of them. */
  readonly missing: readonly string[];
  /** A name that several machines bear; `null`: none. */
  readonly ambiguous: { readonly name: string; readonly ids: readonly string[] } | null;
};

/** An id means one machine; a name, without case, the one machine that bears it. */
export function matchVms(wanted: readonly string[], covered: readonly VmFacts[]): Matched {
  const vms = new Map<string, VmFacts>();
  const missing: string[] = [];
  for (const word of wanted) {
    const found = covered.filter(
      ({ vmId, name }) => sameArmId(vmId, word) || name.toLowerCase() === word.toLowerCase(),
    );
    const [first, second] = found;
    if (first !== undefined && second !== undefined) {
      const ids = found.map(({ vmId }) => vmId);
      return { vms: [], missing: [], ambiguous: { name: word, ids } };
    }
    if (first === undefined) missing.push(word);
    else vms.set(first.vmId.toLowerCase(), first);
  }
  return { vms: [...vms.values()], missing, ambiguous: null };
}
