import type { VirtualMachineSeed } from '../../estate';
import type { VmExtensionSeed } from '../../estateConnect';
import type { LoginFailure } from '../../estateMachine';
import { nameOf } from './armPath';
import { installedVersion } from './artifacts';
import type { OperationEnd, World } from './call';
import { isRecord } from './http';
import type { HandlerNames } from './machineErrors';
import { agentSilent, linuxExit, provisioningError, timedOut, windowsExit } from './machineErrors';
import { deviceNameOf } from './machineSoftware';
import type { Duration } from './settings';
import { isSystemSupported } from './supportedSystems';

type Failure = OperationEnd['error'];

const loginTypes = ['aadloginforwindows', 'aadsshloginforlinux'];

/** True for the two extensions by which people sign in with Entra ID. */
export function isLogin({ publisher, type }: Pick<VmExtensionSeed, 'publisher' | 'type'>): boolean {
  return (
    publisher.toLowerCase() === 'microsoft.azure.activedirectory' &&
    loginTypes.includes(type.toLowerCase())
  );
}

/** What an unchanged extension takes, which its handler is not run for again. */
const unchangedMs = 5_000;

/** How long the install of an extension takes, and what it will end with besides its own outcome. */
export function installTime(
  vm: VirtualMachineSeed,
  extension: VmExtensionSeed,
  isUnchanged: boolean,
  { settings }: World,
): { duration: Duration; error?: Failure } {
  const { guest = {}, agent } = vm;
  if (agent === 'notReady' || (isLogin(extension) && guest.login === 'agentSilent')) {
    return { duration: settings.silentAgentMs, error: agentSilent(nameOf(vm.id)) };
  }
  if (isLogin(extension) && guest.login === 'neverEnds') {
    return { duration: settings.installLimitMs, error: timedOut(extension.name) };
  }
  if (isUnchanged) return { duration: unchangedMs };
  return { duration: guest.installMs ?? settings.latency.extensionPut };
}

/** Codes of `dsregcmd` and what they mean: the Entra page on signing in to Windows VMs. */
const exitCodes = {
  noTenant: -2_145_648_574,
  discovery: -2_145_648_607,
  invalidParameter: -2_145_648_639,
  unsupportedOs: 51,
  packageManager: 51,
} as const;

/** What the handler of a login extension ends with on this VM, as it is now; nothing: it is done. */
export function loginOutcome(
  vm: VirtualMachineSeed,
  extension: VmExtensionSeed,
  world: World,
): Failure | undefined {
  const names: HandlerNames = { ...extension, version: installedVersion(extension) };
  if (extension.type.toLowerCase() === 'aadloginforwindows') {
    return windowsOutcome(vm, extension, names, world);
  }
  const code = linuxCode(vm, world);
  return code === undefined ? undefined : linuxExit(names, code);
}

function windowsOutcome(
  vm: VirtualMachineSeed,
  { settings }: VmExtensionSeed,
  names: HandlerNames,
  world: World,
): Failure | undefined {
  // Azure/bicep-registry-modules#6109.
  if (isRecord(settings) && !Object.hasOwn(settings, 'mdmId')) {
    return provisioningError(
      names,
      "'mdmId' setting was not found. Please input the 'mdmId' setting. This setting is case " +
        'sensitive',
    );
  }
  const planned = plannedFailure(vm);
  if (planned === 'hostNameTaken') return hostNameTaken(names);
  if (planned !== undefined) return windowsExit(names, exitCodes[planned]);
  if (vm.osType !== 'Windows' || !isSystemSupported(vm)) {
    return windowsExit(names, exitCodes.unsupportedOs);
  }
  if (vm.guest?.joined === 'Domain') return provisioningError(names, domainJoined);
  if (vm.identity?.system !== true) return windowsExit(names, exitCodes.noTenant);
  if (!hasWayOut(vm, world)) return windowsExit(names, exitCodes.discovery);
  const holder = world.store.devices.get(deviceNameOf(vm));
  return holder === undefined || holder === vm.vmId ? undefined : hostNameTaken(names);
}

const domainJoined = 'Unsupported join state: the machine is joined to a domain.';

function hostNameTaken(names: HandlerNames): Failure {
  return provisioningError(
    names,
    'The hostname is already used by another device in this tenant, please change the VM name ' +
      'to redeploy the extension.',
  );
}

function plannedFailure({ guest }: VirtualMachineSeed): LoginFailure | undefined {
  const login = guest?.login;
  return login === 'neverEnds' || login === 'agentSilent' ? undefined : login;
}

/** 22 and 23: the Entra page on signing in to Linux VMs. */
function linuxCode(vm: VirtualMachineSeed, world: World): number | undefined {
  const planned = plannedFailure(vm);
  if (planned !== undefined && planned !== 'hostNameTaken') return exitCodes[planned];
  if (vm.osType !== 'Linux' || !isSystemSupported(vm)) return exitCodes.unsupportedOs;
  if (vm.identity?.system !== true) return 22;
  const isOld = ({ type }: VmExtensionSeed): boolean => type.toLowerCase() === 'aadloginforlinux';
  if (vm.extensions?.some((item) => isOld(item)) === true) return 23;
  return hasWayOut(vm, world) ? undefined : exitCodes.packageManager;
}

/** True where something leads from the VM to the Internet; so does Azure's default, where it stands. */
function hasWayOut(vm: VirtualMachineSeed, { store }: World): boolean {
  const nics = vm.networkInterfaceIds.flatMap((id) => store.nics.get(id.toLowerCase()) ?? []);
  const places = nics.flatMap((nic) => nic.ipConfigurations);
  if (places.length === 0) return true;
  return places.some((place) => {
    if (place.publicIpId !== undefined || place.loadBalanced === true) return true;
    const subnet = store.findSubnet(place.subnetId)?.subnet;
    if (subnet?.natGatewayId !== undefined || subnet?.routeTableId !== undefined) return true;
    return subnet?.defaultOutboundAccess !== false;
  });
}
