import type { Told } from '../../../shared/domain/connect/facts';
import type { LocalAccountState } from '../../../shared/domain/remediation/readiness/localAccountsPart';
import type { LocalAccountPage } from '../../../shared/ports/inventory';
import type { World } from '../../../shared/ports/world';
import { orUnknown } from '../connectKnowledge';

/** What Azure Policy says of local accounts, by the id of the VM in lower case. */
export type LocalAccounts = ReadonlyMap<string, readonly LocalAccountState[]>;

/** More pages than any estate has assignments for: of what is read no end is seen. */
const pagesMax = 1_000;
const tooMany = 'more than can be read';

/**
 * Reads all pages about one VM, or (`null`) about every one. `mayAsk` is asked before each page and
 * may wait; where it says no, as where a page fails, nothing is known: a half would look like
 * nobody having found anything.
 */
export async function readLocalAccounts(
  { inventory }: Pick<World, 'inventory'>,
  vmId: string | null,
  mayAsk: () => Promise<boolean>,
): Promise<Told<LocalAccounts>> {
  const states = new Map<string, LocalAccountState[]>();
  let token: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    if (!(await mayAsk())) return { unknown: 'closes come first' };
    const from: string | null = token;
    const ask = (): Promise<LocalAccountPage> => inventory.listLocalAccounts(vmId, from);
    const read = await orUnknown(0, ask);
    if ('unknown' in read) return read;
    for (const { vmId: of, policy, compliance } of read.facts.rows) {
      const known = states.get(of) ?? [];
      known.push({ policy, compliance });
      states.set(of, known);
    }
    token = read.facts.next;
    if (token === null) return { facts: states };
  }
  return { unknown: tooMany };
}

/** Those of one VM; none: nobody has judged it. */
export function accountsOf(
  told: Told<LocalAccounts>,
  vmId: string,
): Told<readonly LocalAccountState[]> {
  return 'unknown' in told ? told : { facts: told.facts.get(vmId.toLowerCase()) ?? [] };
}
