import { azureLimits } from '../../../../local/limits';
import type { ResourceManager } from '../../../../local/azure/resourceManager/createResourceManager';
import { builtInRoleGuids } from '../../../../local/azure/resourceManager/roleDefinitions';
import { subscriptionId, vmId } from '../../../../local/estate';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { callers, clientOf, fixture, rolesOf } from './harness';
import { extensionId, loginBody, machinesWith, readyFor, windowsLogin } from './machines';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

const many = { burst: 100_000, perSecond: 10_000 };
/** The front door lets everything through, so that Compute's own counts are met. */
const openDoor = { ...azureLimits, front: { reads: many, writes: many, deletes: many } };
const owners = rolesOf(
  ['admin', 'nobody'].map((name) => ({
    principalId: callers[name]?.objectId ?? '',
    roleDefinitionGuid: builtInRoleGuids.owner,
    scope: '/',
  })),
);
const options = { limits: openDoor, roleSource: owners, latency: { vmPatch: 0, extensionPut: 0 } };
const tags = { tags: { a: 'b' } };

/** PATCHes of so many VMs, each once; how many were let through. */
async function patchAll(manager: ResourceManager, names: string[], who = 'admin'): Promise<number> {
  let through = 0;
  for (const name of names) {
    const { status } = await clientOf(manager, who)('PATCH', vmId(name), tags);
    if (status === 200) through++;
    else expect(status).toBe(429);
  }
  return through;
}

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_item, at) => `vm-${at}`);

describe('Compute counts writes', () => {
  it('to one VM: 12, then 4 a minute, extensions and all principals together', async () => {
    const { manager, call } = machinesWith([readyFor('vm-a'), readyFor('vm-b')], options);
    const other = clientOf(manager, 'nobody');
    const first = await call('PATCH', vmId('vm-a'), tags);
    expect(first.headers['x-ms-ratelimit-remaining-resource']).toBe(
      'Microsoft.Compute/UpdateVMResource;11,Microsoft.Compute/UpdateVMSubscriptionMaximum;1499',
    );
    for (let turn = 1; turn < 12; turn++) {
      await time.pass(0);
      const path = turn % 2 === 0 ? vmId('vm-a') : extensionId('vm-a');
      const body = turn % 2 === 0 ? tags : loginBody();
      const { status } = await (turn % 2 === 0 ? other : call)(
        turn % 2 === 0 ? 'PATCH' : 'PUT',
        path,
        body,
      );
      expect(status).not.toBe(429);
    }
    const refused = await other('DELETE', extensionId('vm-a', windowsLogin));
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '15']);
    const known = (
      fixture('errors/errors.json') as { errors: { body: Record<string, unknown> }[] }
    ).errors
      .map(({ body }) => body)
      .find(({ code }) => code === 'OperationNotAllowed');
    expect(Object.keys(refused.json)).toEqual(Object.keys(known ?? {}));
    expect(refused.json).toMatchObject({
      code: 'OperationNotAllowed',
      message: known?.['message'],
      details: [{ code: 'TooManyRequests', target: 'UpdateVMResource' }],
    });
    expect(manager.writeLog.records.at(-1)).toMatchObject({
      status: 429,
      code: 'OperationNotAllowed',
    });
    expect((await call('PATCH', vmId('vm-b'), tags)).status).toBe(200);
    await time.pass(14_999);
    expect((await call('PATCH', vmId('vm-a'), tags)).status).toBe(429);
    await time.pass(1);
    expect((await call('PATCH', vmId('vm-a'), tags)).status).toBe(200);
    await time.pass(60_000);
    expect(
      await patchAll(
        manager,
        Array.from({ length: 1 }, () => 'vm-a'),
      ),
    ).toBe(1);
  });

  it('of a subscription in a region: 1,500, then 500 a minute', async () => {
    const names = numbered(2_100);
    const { manager, call } = machinesWith(
      names.map((name) => readyFor(name)),
      options,
    );
    expect(await patchAll(manager, names.slice(0, 1_000))).toBe(1_000);
    expect(await patchAll(manager, names.slice(1_000, 1_600), 'nobody')).toBe(500);
    const refused = await call('PATCH', vmId('vm-1600'), tags);
    expect(refused.headers).toMatchObject({
      'retry-after': '1',
      'x-ms-ratelimit-remaining-resource': 'Microsoft.Compute/UpdateVMSubscriptionMaximum;0',
    });
    const elsewhere = manager.estate.vms.get(vmId('vm-1601').toLowerCase());
    if (elsewhere === undefined) throw new Error('There is no such VM.');
    manager.estate.setVm({ ...elsewhere, location: 'northeurope' });
    expect((await call('PATCH', vmId('vm-1601'), tags)).status).toBe(200);
    await time.pass(60_000);
    expect(await patchAll(manager, names.slice(1_602))).toBe(498);
    await time.pass(1_000);
    // Two of the minute's 500 were left, and a second brings 8.3 more.
    expect(await patchAll(manager, names.slice(0, 20))).toBe(10);
  });
});

describe('Compute counts reads', () => {
  it('of one VM: 36, then 12 a minute; its view and extensions are the same count', async () => {
    const { manager, call } = machinesWith([readyFor('vm-a'), readyFor('vm-b')], options);
    const paths = [vmId('vm-a'), `${vmId('vm-a')}/instanceView`, `${vmId('vm-a')}/extensions`];
    for (let turn = 0; turn < 36; turn++) {
      expect((await call('GET', paths[turn % 3] ?? '')).status).toBe(200);
    }
    expect((await clientOf(manager, 'nobody')('GET', vmId('vm-a'))).status).toBe(429);
    expect((await call('GET', vmId('vm-b'))).headers['x-ms-ratelimit-remaining-resource']).toBe(
      'Microsoft.Compute/LowCostGetResource;35,Microsoft.Compute/LowCostGetSubscriptionMaximum;23963',
    );
    await time.pass(5_000);
    expect((await call('GET', vmId('vm-a'))).status).toBe(200);
    expect((await call('GET', vmId('vm-a'))).status).toBe(429);
  });

  it('of operations of one VM: 45, then 15 a minute', async () => {
    const latency = { extensionPut: 600_000 };
    const { call } = machinesWith([readyFor('vm-a')], { ...options, latency });
    const { headers } = await call('PUT', extensionId('vm-a'), loginBody());
    const poll = String(headers['azure-asyncoperation']);
    for (let turn = 0; turn < 45; turn++) expect((await call('GET', poll)).status).toBe(200);
    const refused = await call('GET', poll);
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '4']);
    expect(refused.json['details']).toMatchObject([{ target: 'GetOperationResource' }]);
    await time.pass(4_000);
    expect((await call('GET', poll)).status).toBe(200);
  });

  it('of lists: 900, then 300 a minute', async () => {
    const { call } = machinesWith([], options);
    const list = `/subscriptions/${subscriptionId}/providers/Microsoft.Compute/virtualMachines`;
    for (let turn = 0; turn < 900; turn++) expect((await call('GET', list)).status).toBe(200);
    expect((await call('GET', list)).status).toBe(429);
    await time.pass(200);
    expect((await call('GET', list)).status).toBe(200);
  });
});

describe('the front door before Compute', () => {
  it('counts writes by principal: 200, then 10 a second, and Compute does not see the rest', async () => {
    const names = numbered(300);
    const { manager, call } = machinesWith(
      names.map((name) => readyFor(name)),
      {
        ...options,
        limits: azureLimits,
      },
    );
    expect(await patchAll(manager, names.slice(0, 220))).toBe(200);
    const refused = await call('PATCH', vmId('vm-220'), tags);
    expect(refused.json).toMatchObject({ error: { code: 'SubscriptionRequestsThrottled' } });
    await time.pass(1_000);
    expect(await patchAll(manager, names.slice(220, 240))).toBe(10);
    const other = await clientOf(manager, 'nobody')('PATCH', vmId('vm-240'), tags);
    expect(other.headers).toMatchObject({
      'x-ms-ratelimit-remaining-subscription-writes': '199',
      'x-ms-ratelimit-remaining-resource':
        // 1,500 − 200 − 10 − 1, and what a second brought: 8.3 of the first 200.
        'Microsoft.Compute/UpdateVMResource;11,Microsoft.Compute/UpdateVMSubscriptionMaximum;1297',
    });
  });
});
