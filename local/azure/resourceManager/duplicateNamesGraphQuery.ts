import type { GraphIndex } from './graphIndex';
import type { GraphQueryHandler, GraphRow } from './graphQueries';
import { computerNameOf } from './machineSoftware';

const action = 'Microsoft.Compute/virtualMachines/read';

/** Host names, in lower case, that more than one Windows VM has among those that the caller sees. */
export function duplicateNamesGraphQuery(index: GraphIndex): GraphQueryHandler {
  return (query) => {
    const found = new Map<string, { id: string; machines: number }>();
    for (const [key, vm] of index.vms) {
      if (vm.osType !== 'Windows') continue;
      if (!query.isAsked(key) || !query.mayRead(action, key)) continue;
      const name = computerNameOf(vm).toLowerCase();
      const known = found.get(name);
      if (known === undefined) {
        found.set(name, { id: vm.id, machines: 1 });
        continue;
      }
      known.machines++;
      if (vm.id < known.id) known.id = vm.id;
    }
    const rows: GraphRow[] = [...found]
      .filter(([, { machines }]) => machines > 1)
      .map(([name, { id, machines }]) => ({ id, name, machines }));
    return rows.sort((one, other) => (String(one['id']) < String(other['id']) ? -1 : 1));
  };
}
