import { assortedMachines } from './assortedMachines';
import type {
  Estate,
  NetworkInterfaceSeed,
  VirtualMachineSeed,
  VirtualNetworkSeed,
} from './estate';
import { estateOf, guidOf, location, managementGroup, resourceId, subscriptionId } from './estate';
import { tenantId } from './estate';
import type { GuestSeed, LoginFailure } from './estateMachine';
import { chanceOf } from './chance';
import type { NightAct } from './nightActs';

/**
 * Forty machines of every kind that a night meets, for a demonstration and for tests: what is to
 * become of each is told by `assortedMachines`.
 */
export function assortedEstate(): Estate {
  const scope = `/subscriptions/${subscriptionId}/resourceGroups/rg-policy`;
  return {
    ...estateOf({
      vms: assortedMachines.map(({ plan }) => plan),
      subnetWays: {
        'snet-nat': { natGatewayId: natGateway, defaultOutboundAccess: false },
        'snet-private': { defaultOutboundAccess: false },
      },
    }),
    policyAssignments: [
      {
        id: `${scope}/providers/Microsoft.Authorization/policyAssignments/entra-login`,
        scope,
        type: 'AADLoginForWindows',
      },
    ],
  };
}

const natGateway = resourceId('rg-net', 'Microsoft.Network', 'natGateways', 'nat-app');

/** Shares of the machines of an estate, each from 0 to 1. */
export type NightShares = {
  linux: number;
  /** Have a system identity already, so that one write makes them ready. */
  withIdentity: number;
  /** Their install fails with a real code. */
  fails: number;
  /** Their install never ends. */
  neverEnds: number;
  /** Are deleted while the run is under way. */
  vanishes: number;
  /** Somebody else installs the extension while the run is under way. */
  secondWriter: number;
};

const usualShares: NightShares = {
  linux: 0.3,
  withIdentity: 0.5,
  fails: 0.02,
  neverEnds: 0.01,
  vanishes: 0.01,
  secondWriter: 0.05,
};

/** An estate that was drawn, and what others do to it: `playActs` does it. */
export type DrawnEstate = { estate: Estate; acts: NightAct[] };

/**
 * An estate of `count` machines over so many subscriptions, drawn from a seed: each machine from
 * seed and number alone, so that a larger estate begins as a smaller one does. All are in order and
 * lack the extension; the shares say how many bring trouble. Acts of others fall into `spanMs`, by
 * default the time that Compute's counts leave for two writes to each machine.
 */
export function estateOfSeed(
  seed: number,
  count: number,
  subscriptions = 1,
  options: Partial<NightShares> & { spanMs?: number } = {},
): DrawnEstate {
  const shares = { ...usualShares, ...options };
  const spanMs = options.spanMs ?? ((2 * count) / subscriptions / 500) * 60_000;
  const ids = Array.from({ length: subscriptions }, (_item, at) =>
    at === 0 ? subscriptionId : guidOf(`subscription ${at}`),
  );
  const machines = Array.from({ length: count }, (_item, at) => {
    const subscription = ids[at % subscriptions] ?? subscriptionId;
    return drawnMachine({ seed, at, subscription, shares, spanMs });
  });
  const groups = new Set(machines.map(({ vm }) => vm.id.split('/').slice(2, 5).join('/')));
  return {
    estate: {
      tenantId,
      managementGroups: [
        { name: managementGroup, displayName: 'Postern demonstration', subscriptions: ids },
      ],
      subscriptions: ids.map((id, at) => ({ subscriptionId: id, displayName: `Estate ${at + 1}` })),
      resourceGroups: [
        ...ids.map((id) => ({ subscriptionId: id, name: 'rg-net', location })),
        ...[...groups].map((group) => {
          const [id = '', , name = ''] = group.split('/');
          return { subscriptionId: id, name, location };
        }),
      ],
      networkSecurityGroups: [],
      virtualNetworks: ids.map((id) => networkOf(id)),
      networkInterfaces: machines.map(({ nic }) => nic),
      virtualMachines: machines.map(({ vm }) => vm),
      locks: [],
    },
    acts: machines.flatMap(({ act }) => (act === undefined ? [] : [act])),
  };
}

function networkOf(subscription: string): VirtualNetworkSeed {
  const network = `/subscriptions/${subscription}/resourceGroups/rg-net/providers/Microsoft.Network`;
  return {
    id: `${network}/virtualNetworks/vnet-app`,
    location,
    addressPrefixes: ['10.0.0.0/8'],
    subnets: [
      {
        name: 'snet-app',
        addressPrefixes: ['10.0.0.0/9'],
        natGatewayId: `${network}/natGateways/nat-app`,
        defaultOutboundAccess: false,
      },
    ],
  };
}

/** Which machine is drawn, and from what. */
type Draw = {
  seed: number;
  at: number;
  subscription: string;
  shares: NightShares;
  spanMs: number;
};

type DrawnMachine = { vm: VirtualMachineSeed; nic: NetworkInterfaceSeed; act?: NightAct };

/** Machines in a resource group. */
const groupSize = 200;

function drawnMachine({ seed, at, subscription, shares, spanMs }: Draw): DrawnMachine {
  const chance = chanceOf(`${seed} machine ${at}`);
  const osType = chance() < shares.linux ? 'Linux' : 'Windows';
  const hasIdentity = chance() < shares.withIdentity;
  const guest = drawnGuest(chance, shares, osType);
  const what = chance();
  const afterMs = Math.floor(chance() * spanMs);
  const number = String(at + 1).padStart(5, '0');
  const group = `rg-${String(Math.floor(at / groupSize) + 1).padStart(3, '0')}`;
  const scope = `/subscriptions/${subscription}/resourceGroups/${group}/providers`;
  const id = `${scope}/Microsoft.Compute/virtualMachines/vm-${number}`;
  const nicId = `${scope}/Microsoft.Network/networkInterfaces/nic-${number}`;
  const kind =
    what < shares.vanishes
      ? 'vanish'
      : what < shares.vanishes + shares.secondWriter
        ? 'secondWriter'
        : undefined;
  return {
    vm: {
      id,
      location,
      vmId: guidOf(`${seed} ${id}`),
      osType,
      powerState: 'running',
      networkInterfaceIds: [nicId],
      ...(hasIdentity ? { identity: system } : {}),
      ...(guest === undefined ? {} : { guest }),
    },
    nic: nicOf(nicId, id, subscription),
    ...(kind === undefined ? {} : { act: { kind, vmId: id, afterMs } }),
  };
}

const system = { system: true, userAssigned: [] };

function nicOf(id: string, virtualMachineId: string, subscription: string): NetworkInterfaceSeed {
  const network = `/subscriptions/${subscription}/resourceGroups/rg-net/providers/Microsoft.Network`;
  const subnetId = `${network}/virtualNetworks/vnet-app/subnets/snet-app`;
  return {
    id,
    location,
    virtualMachineId,
    primary: true,
    ipConfigurations: [{ name: 'ipconfig1', version: 'IPv4', subnetId, primary: true }],
  };
}

const failures: Record<'Windows' | 'Linux', readonly LoginFailure[]> = {
  Windows: ['noTenant', 'discovery', 'hostNameTaken', 'invalidParameter', 'unsupportedOs'],
  Linux: ['packageManager'],
};

/** How installs go on it; two numbers are drawn in any case, so that shares do not shift the rest. */
function drawnGuest(
  chance: () => number,
  { fails, neverEnds }: NightShares,
  osType: 'Windows' | 'Linux',
): GuestSeed | undefined {
  const what = chance();
  const which = failures[osType][Math.floor(chance() * failures[osType].length)];
  if (what < neverEnds) return { login: 'neverEnds' };
  return what < neverEnds + fails && which !== undefined ? { login: which } : undefined;
}
