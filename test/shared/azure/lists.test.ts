import networkInterface from '../../fixtures/answers/networkInterface.json';
import { factsOf, nicId, nsgId, stubArm, subscription } from './stubArm';

describe('lists of a resource group', () => {
  it('reads the NICs and VMs of a group by one page each, without what it cannot read', async () => {
    const group = `${subscription}/resourceGroups/rg-app`;
    const guid = 'a3bb8764-cb92-4276-9d2a-ca1e895e55ea';
    const nextLink = 'https://management.azure.com/page2';
    const broken = { id: `${nicId}-2`, properties: { ipConfigurations: 'none' } };
    const nics = stubArm(() => ({
      status: 200,
      body: { value: [networkInterface, broken], nextLink },
    }));
    const listed = await nics.world.network.listNics(group);
    expect(listed?.map(({ id }) => id)).toEqual([networkInterface.id]);
    expect(nics.sent.map(({ url }) => url.pathname)).toEqual([
      `${group}/providers/Microsoft.Network/networkInterfaces`,
    ]);
    const vm = (name: string, properties: object) => ({
      id: `${group}/x/${name}`,
      name,
      properties,
    });
    const vms = stubArm(() => ({
      status: 200,
      body: { value: [vm('a', { vmId: guid.toUpperCase() }), vm('b', {})], nextLink },
    }));
    expect(await vms.world.compute.listVms(group)).toEqual([{ id: `${group}/x/a`, vmGuid: guid }]);
    expect(vms.sent.map(({ url }) => url.pathname)).toEqual([
      `${group}/providers/Microsoft.Compute/virtualMachines`,
    ]);
  });

  it('lists the resources of a group only, and locks of one group at a time', async () => {
    const stub = stubArm(() => ({ status: 200, body: { value: [] } }));
    const other = nsgId.replace('rg-app', 'rg-other');
    for (const call of [
      stub.world.network.listNics(subscription),
      stub.world.network.listNics(nicId),
      stub.world.compute.listVms(`${subscription}/resourceGroups/../x`),
      stub.world.network.readLocks([nsgId, other]),
    ]) {
      expect(await factsOf(call)).toMatchObject({ kind: 'invalid' });
    }
    expect(await stub.world.network.readLocks([])).toEqual([]);
    expect(stub.sent).toEqual([]);
  });
});
