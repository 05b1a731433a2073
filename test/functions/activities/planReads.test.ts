import { advanceWindow } from '../../../functions/activities/advanceWindow';
import type { Call } from '../../support/fakeNetwork';
import { assignmentKeyOf } from '../../../shared/domain/identity';
import { windowPhase } from '../../../shared/domain/window/phase';
import {
  addNsg,
  addVm,
  createTestWorld,
  grantWindow,
  live,
  minute,
  nicIdOf,
  nsgId,
  nsgNic,
  nsgSubnet,
  readRow,
  standing,
  subnetIdOf,
  targetOf,
  type TestWorld,
} from '../../support/windowWorld';

const names = ['vm-1', 'vm-2', 'vm-3', 'vm-4'];

/** Four VMs of one resource group behind one NSG of their own each and one of the subnet. */
function fourVms(): TestWorld {
  const world = createTestWorld();
  for (const [at, name] of names.entries()) {
    if (at === 0) continue;
    addNsg(world.network, nsgId(`nsg-${name}`));
    addVm(world.network, name, [`10.0.0.${at + 4}`], {
      nsg: nsgId(`nsg-${name}`),
      subnet: 'subnet-1',
      subnetNsg: nsgSubnet,
    });
  }
  return world;
}

const targets = (subnetNsgIds: readonly string[]) =>
  names.map((name) => ({ ...targetOf(name), subnetNsgIds }));

function counted(world: TestWorld, op: Call['op']): number {
  return world.network.calls.filter((call) => call.op === op).length;
}

describe('the reads of a plan', () => {
  it('are one list for the VMs of a group, one for its NICs, one for its locks', async () => {
    const world = fourVms();
    const { id } = await grantWindow(world, { targets: targets([nsgSubnet]) });
    await advanceWindow(world, { id });
    expect(counted(world, 'listNics')).toBe(1);
    expect(counted(world, 'readNic')).toBe(0);
    expect(counted(world, 'readLocks')).toBe(1);
    expect(counted(world, 'readSubnet')).toBe(0);
    expect(counted(world, 'readNsg')).toBe(5);
    expect((await readRow(world, id)).placements).toHaveLength(5);
  });

  it('ask for a NIC that a list lacks by itself: a list refuses nobody', async () => {
    const world = fourVms();
    const { listNics } = world.network;
    Object.assign(world.network, {
      listNics: async (group: string) =>
        (await listNics(group))?.filter(({ id }) => id !== nicIdOf('nic-vm-3')),
    });
    const { id } = await grantWindow(world, { targets: targets([]) });
    await live(world, id, world.time.now + minute);
    expect(counted(world, 'readNic')).toBe(1);
    expect(windowPhase(await readRow(world, id))).toBe('open');
    expect(standing(world, nsgId('nsg-vm-3'))).toHaveLength(1);
  });

  it('read each NIC where the list of the group may not be read', async () => {
    const world = fourVms();
    world.network.trouble = ({ op }) => (op === 'listNics' ? { before: 'denied' } : undefined);
    const { id } = await grantWindow(world, { targets: targets([]) });
    await live(world, id, world.time.now + minute);
    expect(counted(world, 'readNic')).toBe(names.length);
    expect(windowPhase(await readRow(world, id))).toBe('open');
  });

  it('do not ask for each NIC while the list is throttled', async () => {
    const world = fourVms();
    world.network.trouble = ({ op, number }) =>
      op === 'listNics' && number <= 2 ? { before: 'throttled' } : undefined;
    const { id } = await grantWindow(world, { targets: targets([]) });
    await live(world, id, world.time.now + minute);
    expect(counted(world, 'listNics')).toBe(3);
    expect(counted(world, 'readNic')).toBe(0);
    expect(windowPhase(await readRow(world, id))).toBe('open');
  });

  it('believe the index of a subnet’s NSG only where the NSG itself names the subnet', async () => {
    const world = createTestWorld();
    addNsg(world.network, nsgId('nsg-before'));
    const { id } = await grantWindow(world, {
      targets: [{ ...targetOf('vm-1'), subnetNsgIds: [nsgId('nsg-before')] }],
    });
    await live(world, id, world.time.now + minute);
    expect(counted(world, 'readSubnet')).toBe(1);
    expect(standing(world, nsgId('nsg-before'))).toEqual([]);
    expect(standing(world, nsgSubnet)).toHaveLength(1);
    expect(standing(world, nsgNic)).toHaveLength(1);
  });

  it('find the NSG of a subnet that has lost the one of the index', async () => {
    const world = createTestWorld();
    world.network.subnets.set(subnetIdOf('subnet-1').toLowerCase(), '');
    world.network.nsg(nsgSubnet).subnetIds = [];
    const { id } = await grantWindow(world, {
      targets: [{ ...targetOf('vm-1'), subnetNsgIds: [nsgSubnet] }],
    });
    await live(world, id, world.time.now + minute);
    expect(standing(world, nsgSubnet)).toEqual([]);
    expect(standing(world, nsgNic)).toHaveLength(1);
  });
});

describe('the answer that a window was granted on', () => {
  async function granted(ageMs: number) {
    const world = createTestWorld();
    let lists = 0;
    const { listInstances } = world.directory;
    Object.assign(world.directory, {
      listInstances: (...asked: Parameters<typeof listInstances>) => {
        lists += 1;
        return listInstances(...asked);
      },
    });
    const { id } = await grantWindow(world);
    const stored = await world.ledger.windows.get(id);
    if (stored === null) throw new Error('no row');
    const row = { ...stored.row, listedAt: world.time.now - ageMs };
    await world.ledger.windows.replace(row, stored.etag);
    return { world, id, row, lists: () => lists };
  }

  it('confirms the PUT and the proof while it is at most 30 s old', async () => {
    const { world, id, lists } = await granted(1_000);
    await live(world, id, world.time.now + minute);
    expect(windowPhase(await readRow(world, id))).toBe('open');
    expect(lists()).toBe(0);
  });

  it.each([31_000, -31_000])('confirms nothing at an age of %d ms', async (ageMs) => {
    const { world, id, lists } = await granted(ageMs);
    world.instances.length = 0;
    await advanceWindow(world, { id });
    expect(lists()).toBeGreaterThan(0);
    expect(world.network.calls.filter(({ op }) => op === 'put')).toEqual([]);
  });

  it('confirms nothing once a delete hint came, however young it is', async () => {
    const { world, id, row } = await granted(1_000);
    const { origin } = row.grant;
    if (origin.kind !== 'activation') throw new Error('an activation');
    await world.ledger.endHints.insert({
      id: assignmentKeyOf(origin.roleAssignmentId),
      eventAt: world.time.now,
      receivedAt: world.time.now,
      state: 'open',
    });
    await live(world, id, world.time.now + minute);
    expect(world.network.calls.filter(({ op }) => op === 'put')).toEqual([]);
  });

  it('does not confirm a deadline later than the granted one', async () => {
    const { world, id, lists } = await granted(1_000);
    const stored = await world.ledger.windows.get(id);
    if (stored === null) throw new Error('no row');
    const later = { ...stored.row, wantedUntil: stored.row.wantedUntil + minute };
    await world.ledger.windows.replace(later, stored.etag);
    await live(world, id, world.time.now + minute);
    expect(lists()).toBeGreaterThan(0);
    expect(world.network.calls.filter(({ op }) => op === 'put')).toEqual([]);
  });
});
