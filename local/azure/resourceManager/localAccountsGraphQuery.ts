import type { EstateStore } from './estateStore';
import type { GraphQueryHandler, GraphRow } from './graphQueries';
import { listAfter } from './graphText';

const action = 'Microsoft.PolicyInsights/policyStates/read';

/**
 * States of policies on VMs, of the definitions that the query names. Nothing is evaluated: the
 * estate says what each assignment last found. A state is below the VM that it is about, and so is
 * the right to read it.
 */
export function localAccountsGraphQuery(store: EstateStore): GraphQueryHandler {
  const states = (store.initial.policyStates ?? []).map((seed, at) => ({
    ...seed,
    id: `${seed.vmId.toLowerCase()}/providers/microsoft.policyinsights/policystates/${at}`,
  }));
  return (query) => {
    const definitions = listAfter('definitionId', query.text);
    if (definitions === undefined) return { invalid: "no list after 'definitionId in~'" };
    const vmIds = listAfter('vmId', query.text);
    const rows = states
      .filter(({ definitionId }) => definitions.has(definitionId.toLowerCase()))
      .filter(({ vmId }) => vmIds?.has(vmId.toLowerCase()) ?? true)
      .filter(({ id }) => query.isAsked(id) && query.mayRead(action, id))
      .map(({ id, vmId, definitionId, state }): GraphRow => ({
        id,
        vmId: vmId.toLowerCase(),
        definitionId: definitionId.toLowerCase(),
        state,
      }));
    return rows.sort((one, other) => (String(one['id']) < String(other['id']) ? -1 : 1));
  };
}
