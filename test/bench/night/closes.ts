import { estateOf, type Estate, vmId } from '../../../local/estate';
import { administratorLogin, people } from '../../../local/tenant';
import { startNightApp } from '../../support/nightApp';
import { remediatorRoles } from '../../support/simulatedSettings';
import { installVirtualTime } from '../../virtualTime';
import { activationMs, latency, startAt, startProduct } from '../playWindows';
import { nightEstate, nightTable } from './openNight';

/** One window's close, ms from its activation: when its rule was gone from the network. */
type Close = { readonly window: string; readonly withoutMs: number; readonly withMs: number };

/** Closes of windows while a night runs in the same Azure, and the same ones without it. */
export type CloseFigures = {
  readonly vms: number;
  readonly closes: readonly Close[];
  /** The most that one of them was later for the night; not positive: none was. */
  readonly laterMs: number;
  /** Writes that the remediator had accepted while the windows lived: there was a night. */
  readonly nightWrites: number;
};

/** One every four minutes: the closes fall into all parts of the night. */
const windows = 4;
const everyMs = 4 * 60_000;

/**
 * Opens windows in the opener app, once alone and once beside the night of the remediator in the
 * same subscription, each app with its own identity: whatever they share is Azure's.
 */
export async function measureCloses(vms: number, seed: number): Promise<CloseFigures> {
  const without = await playCloses(vms, seed, false);
  const beside = await playCloses(vms, seed, true);
  const closes = without.closes.map((withoutMs, at) => ({
    window: nameOf(at),
    withoutMs,
    withMs: beside.closes[at] ?? Number.POSITIVE_INFINITY,
  }));
  return {
    vms,
    closes,
    laterMs: Math.max(...closes.map(({ withoutMs, withMs }) => withMs - withoutMs)),
    nightWrites: beside.nightWrites,
  };
}

const nameOf = (at: number): string => `vm-window-${at + 1}`;

async function playCloses(
  vms: number,
  seed: number,
  hasNight: boolean,
): Promise<{ closes: number[]; nightWrites: number }> {
  const time = installVirtualTime(startAt);
  const names = Array.from({ length: windows }, (_item, at) => nameOf(at));
  const { estate: night } = nightEstate({ name: '', vms, subscriptions: 1, writesEach: 1 }, seed);
  const scopes = names.map((name) => vmId(name));
  const layout = {
    name: 'windows beside a night',
    estate: () => sideBySide(estateOf({ vms: names.map((name) => ({ name })) }), night),
    scopes,
    slotsPerWindow: 2,
  };
  const simulation = await startProduct(layout, {
    seed,
    roles: remediatorRoles(),
    resourceManager: { latency: { ...latency, ...nightTable.requests }, machineSeed: seed },
  });
  const groups = new Set(
    night.virtualMachines.map(({ id }) => id.split('/').slice(0, 5).join('/')),
  );
  const app = hasNight
    ? startNightApp(simulation.azure, { rules: { scopes: [...groups] } })
    : undefined;
  try {
    await app?.startNight();
    const begins: number[] = [];
    for (const [at, scope] of scopes.entries()) {
      begins.push(time.now());
      const person = Object.values(people)[at % 2]?.objectId ?? '';
      const role = administratorLogin;
      simulation.azure.pim.activate({ person, role, scope, durationMs: activationMs });
      await time.pass(everyMs);
    }
    await time.pass(2 * activationMs);
    const { records } = simulation.azure.resourceManager.writeLog;
    const closes = names.map((name, at) => {
      const ends = records
        .filter(
          ({ method, path, outcome }) =>
            method === 'DELETE' &&
            outcome === 'succeeded' &&
            path.includes(`nsg-${name}/securityRules/`),
        )
        .map(({ effectiveAt = '' }) => Date.parse(effectiveAt));
      return ends.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...ends) - (begins[at] ?? 0);
    });
    const writes = records.filter(
      ({ caller, status }) => caller.name === 'remediator' && status < 300,
    );
    return { closes, nightWrites: writes.length };
  } finally {
    app?.kill();
    await simulation.close();
    time.uninstall();
  }
}

/** Both in one subscription, in groups of their own. */
function sideBySide(one: Estate, other: Estate): Estate {
  return {
    ...one,
    resourceGroups: [
      ...one.resourceGroups,
      ...other.resourceGroups.filter(({ name }) => name !== 'rg-net'),
    ],
    virtualNetworks: [
      ...one.virtualNetworks,
      ...other.virtualNetworks.map((network) => ({ ...network, id: renamed(network.id) })),
    ],
    networkInterfaces: [
      ...one.networkInterfaces,
      ...other.networkInterfaces.map((nic) => ({
        ...nic,
        ipConfigurations: nic.ipConfigurations.map((place) => ({
          ...place,
          subnetId: renamed(place.subnetId),
        })),
      })),
    ],
    virtualMachines: [...one.virtualMachines, ...other.virtualMachines],
  };
}

/** Both estates have a network of one name. */
function renamed(id: string): string {
  return id.replace('/vnet-app', '/vnet-night');
}
