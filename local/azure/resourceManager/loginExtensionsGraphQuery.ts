import type { VirtualMachineSeed } from '../../estate';
import { versionOf } from './extensionBody';
import type { GraphIndex } from './graphIndex';
import type { GraphQueryHandler, GraphRow } from './graphQueries';
import { isLogin } from './installOutcome';
import { machinePages, wantedPlaces } from './machinePages';

const action = 'Microsoft.Compute/virtualMachines/extensions/read';

/** Every login extension that the caller may see, with its state: how a run follows its installs. */
export function loginExtensionsGraphQuery(index: GraphIndex): GraphQueryHandler {
  return (query) => {
    const isInPlace = wantedPlaces(query);
    if (typeof isInPlace === 'object') return isInPlace;
    const isWanted = (vm: VirtualMachineSeed): boolean => {
      if (vm.extensions?.some((item) => isLogin(item)) !== true || !isInPlace(vm.id)) return false;
      const lower = vm.id.toLowerCase();
      return query.isAsked(lower) && query.mayRead(action, `${lower}/extensions/-`);
    };
    return machinePages(index, 'below', isWanted, {
      countOf: ({ extensions = [] }) => extensions.filter((item) => isLogin(item)).length,
      rowsOf: (vm) => rowsOf(vm),
    });
  };
}

function rowsOf(vm: VirtualMachineSeed): GraphRow[] {
  const rows = (vm.extensions ?? [])
    .filter((item) => isLogin(item))
    .map((item) => ({
      id: `${vm.id}/extensions/${item.name}`,
      vmId: vm.id,
      name: item.name,
      type: item.type,
      version: versionOf(item),
      state: item.provisioningState,
    }));
  return rows.sort((one, other) => (one.id < other.id ? -1 : 1));
}
