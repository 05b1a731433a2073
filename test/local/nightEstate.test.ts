import { EstateStore } from '../../local/azure/resourceManager/estateStore';
import { isReady } from '../../local/azure/evidence/nightVerdict';
import { assortedMachines } from '../../local/assortedMachines';
import { assortedEstate, estateOfSeed } from '../../local/nightEstate';

describe('the assorted estate', () => {
  it('has forty machines, whose names say what they are', () => {
    const { virtualMachines } = assortedEstate();
    const names = virtualMachines.map(({ id }) => id.slice(id.lastIndexOf('/') + 1));
    expect(new Set(names).size).toBe(40);
    expect(names).toEqual(assortedMachines.map(({ plan }) => plan.name));
    expect(names.filter((name) => name.length > 15)).toEqual([]);
    const ready = virtualMachines
      .filter(isReady)
      .map(({ id }) => id.slice(id.lastIndexOf('/') + 1));
    expect(ready).toEqual(['win-ready', 'lin-ready']);
  });

  it('gives its assignment of policy to the group that it covers', () => {
    const { virtualMachines, policyAssignments = [] } = assortedEstate();
    const scope = policyAssignments[0]?.scope ?? '';
    const covered = virtualMachines.filter(({ id }) => id.startsWith(`${scope}/`));
    expect(covered.map(({ id }) => id.slice(id.lastIndexOf('/') + 1))).toEqual(['win-policy']);
  });
});

describe('an estate of a seed', () => {
  it('is the same each time, another for another seed, and begins as a smaller one does', () => {
    const one = estateOfSeed(7, 300, 3, { spanMs: 1_000 });
    expect(estateOfSeed(7, 300, 3, { spanMs: 1_000 })).toEqual(one);
    expect(estateOfSeed(8, 300, 3).estate).not.toEqual(one.estate);
    const small = estateOfSeed(7, 100, 3, { spanMs: 1_000 });
    expect(one.estate.virtualMachines.slice(0, 100)).toEqual(small.estate.virtualMachines);
    expect(one.acts.slice(0, small.acts.length)).toEqual(small.acts);
  });

  it('has the shares that are asked for, and no machine out of its place', () => {
    const { estate, acts } = estateOfSeed(3, 20_000, 10);
    const { virtualMachines: vms, resourceGroups, subscriptions } = estate;
    expect(new Set(vms.map(({ id }) => id)).size).toBe(20_000);
    expect(new Set(vms.map(({ vmId }) => vmId)).size).toBe(20_000);
    expect(subscriptions).toHaveLength(10);
    const groups = new Set(
      resourceGroups.map((one) => `${one.subscriptionId}/resourceGroups/${one.name}`),
    );
    expect(vms.filter(({ id }) => !groups.has(id.split('/').slice(2, 5).join('/')))).toEqual([]);
    const of = (isIt: (vm: (typeof vms)[number]) => boolean): number =>
      vms.filter(isIt).length / vms.length;
    const found: [share: number, wanted: number][] = [
      [of(({ osType }) => osType === 'Linux'), 0.3],
      [of(({ identity }) => identity?.system === true), 0.5],
      [of(({ guest }) => guest?.login === 'neverEnds'), 0.01],
      [of(({ guest }) => guest?.login !== undefined && guest.login !== 'neverEnds'), 0.02],
      [acts.filter(({ kind }) => kind === 'vanish').length / vms.length, 0.01],
      [acts.filter(({ kind }) => kind === 'secondWriter').length / vms.length, 0.05],
    ];
    for (const [share, wanted] of found) {
      // Four standard deviations of a share of so many.
      const off = 4 * Math.sqrt((wanted * (1 - wanted)) / vms.length);
      expect(Math.abs(share - wanted)).toBeLessThan(off);
    }
    // Two writes to each, at 500 a minute for each subscription.
    const spanMs = (2 * 2_000 * 60_000) / 500;
    expect(acts.filter(({ afterMs }) => afterMs < 0 || afterMs >= spanMs)).toEqual([]);
    expect(Math.max(...acts.map(({ afterMs }) => afterMs))).toBeGreaterThan(spanMs * 0.9);
  });

  it('changes nothing else of a machine where a share is another', () => {
    const without = estateOfSeed(3, 500, 1, { fails: 0, neverEnds: 0 });
    const usual = estateOfSeed(3, 500, 1);
    expect(without.estate.virtualMachines.filter(({ guest }) => guest !== undefined)).toEqual([]);
    const plain = usual.estate.virtualMachines.map(({ guest: _guest, ...rest }) => rest);
    expect(plain).toEqual(without.estate.virtualMachines);
    expect(usual.acts).toEqual(without.acts);
  });

  it('makes every interface find its machine and its subnet', () => {
    const { estate } = estateOfSeed(3, 50, 2);
    const store = new EstateStore(estate);
    for (const nic of estate.networkInterfaces) {
      const vm = store.vms.get((nic.virtualMachineId ?? '').toLowerCase());
      expect(vm?.networkInterfaceIds).toEqual([nic.id]);
      const { subnetId = '' } = nic.ipConfigurations[0] ?? {};
      expect(store.findSubnet(subnetId)?.subnet.natGatewayId).toBeDefined();
    }
  });
});
