import { vmId } from '../../../../local/estate';
import { loginExtension } from '../../../../local/estateConnect';
import type { Caller } from '../../../../local/azure/contract';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { extensionId, loginBody, machinesWith, readyFor } from './machines';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

const policy: Caller = {
  objectId: '99999999-9999-4999-8999-999999999998',
  name: 'policy',
  kind: 'app',
};

describe('what others do to VMs', () => {
  it('is logged under their name, at once', () => {
    const { manager } = machinesWith([readyFor('vm-a')]);
    const { outOfBand, estate, writeLog } = manager;
    outOfBand.stopVm(vmId('vm-a'));
    expect(estate.vms.get(vmId('vm-a').toLowerCase())?.powerState).toBe('deallocated');
    outOfBand.startVm(vmId('vm-a'), policy);
    outOfBand.deleteVm(vmId('vm-a'));
    expect(estate.vms.size).toBe(0);
    const lines = writeLog.records.map(({ caller, method, path, outcome }) => [
      caller.name,
      method,
      path.slice(vmId('').length),
      outcome,
    ]);
    expect(lines).toEqual([
      ['administrator', 'POST', 'vm-a/deallocate', 'succeeded'],
      ['policy', 'POST', 'vm-a/start', 'succeeded'],
      ['administrator', 'DELETE', 'vm-a', 'succeeded'],
    ]);
    expect(() => outOfBand.stopVm(vmId('vm-a'))).toThrow('has no VM');
  });

  it('overtakes what runs: the install of a VM that is deleted fails', async () => {
    const { manager, call } = machinesWith([readyFor('vm-a')]);
    await call('PUT', extensionId('vm-a'), loginBody());
    manager.outOfBand.deleteVm(vmId('vm-a'));
    const [install] = manager.writeLog.records;
    expect(install).toMatchObject({ outcome: 'failed', code: 'OperationPreempted', after: null });
    expect((await call('GET', vmId('vm-a'))).status).toBe(404);
  });

  it('takes its time: a second writer keeps the VM busy, and is refused like anybody', async () => {
    const { manager, call } = machinesWith([
      readyFor('vm-a'),
      readyFor('vm-b', { osType: 'Linux', powerState: 'stopped' }),
      readyFor('vm-c', { extensions: [{ ...loginExtension('Windows'), name: 'AADLogin' }] }),
    ]);
    const { outOfBand, estate } = manager;
    expect(outOfBand.installLogin(vmId('vm-a'), policy)).toBe(201);
    expect((await call('PUT', extensionId('vm-a'), loginBody())).status).toBe(409);
    expect(outOfBand.installLogin(vmId('vm-a'))).toBe(409);
    expect(outOfBand.installLogin(vmId('vm-b'))).toBe(409);
    expect(outOfBand.installLogin(vmId('vm-c'))).toBe(200);
    await time.pass(120_000);
    expect(estate.vms.get(vmId('vm-a').toLowerCase())?.extensions).toMatchObject([
      { provisioningState: 'Succeeded' },
    ]);
    const lines = manager.writeLog.records.map(({ caller, status, outcome, code }) => [
      caller.name,
      status,
      outcome ?? code,
    ]);
    expect(lines).toEqual([
      ['policy', 201, 'succeeded'],
      ['admin', 409, 'Conflict'],
      ['administrator', 409, 'Conflict'],
      ['administrator', 409, 'OperationNotAllowed'],
      ['administrator', 200, 'succeeded'],
    ]);
  });
});

describe('the write log of machines', () => {
  it('holds what was sent, of refused writes too, and nothing that was protected', async () => {
    const { manager, call } = machinesWith([readyFor('vm-a', { powerState: 'stopped' })]);
    const protectedSettings = { word: 'hidden' };
    await call('PUT', extensionId('vm-a'), loginBody('AADLoginForWindows', { protectedSettings }));
    await call('PATCH', vmId('vm-a'), { identity: { type: 'None' } });
    await call('DELETE', extensionId('vm-a'));
    const bodies = manager.writeLog.records.map(({ method, status, body }) => [
      method,
      status,
      body,
    ]);
    expect(bodies).toEqual([
      ['PUT', 409, loginBody()],
      ['PATCH', 200, { identity: { type: 'None' } }],
      ['DELETE', 204, undefined],
    ]);
  });
});
