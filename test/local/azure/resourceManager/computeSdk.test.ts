import { ComputeManagementClient } from '@azure/arm-compute';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { ResourceManager } from '../../../../local/azure/resourceManager/createResourceManager';
import { subscriptionId } from '../../../../local/estate';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { origin } from './harness';
import { machinesWith, readyFor, userAssigned, windowsLogin } from './machines';

/** The real client of the Compute provider, its requests answered in process. */
function clientFor(manager: ResourceManager): ComputeManagementClient {
  const httpClient: HttpClient = {
    sendRequest: async (sent) => {
      const response = await manager.handle({
        method: sent.method,
        url: sent.url,
        headers: sent.headers.toJSON(),
        ...(typeof sent.body === 'string' ? { body: sent.body } : {}),
      });
      const headers = createHttpHeaders(response.headers);
      return { request: sent, status: response.status, headers, bodyAsText: response.body ?? '' };
    },
  };
  const credential = {
    getToken: async () => ({ token: 'admin', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  return new ComputeManagementClient(credential, subscriptionId, { endpoint: origin, httpClient });
}

describe('the real compute client', () => {
  let time: VirtualTime;
  beforeEach(() => {
    time = installVirtualTime();
  });
  afterEach(() => time.uninstall());

  async function done<T>(work: PromiseLike<T>): Promise<T> {
    let isDone = false;
    const finish = (): void => {
      isDone = true;
    };
    work.then(finish, finish);
    await time.passUntil(() => isDone, 3_600_000);
    return work;
  }

  const login = {
    location: 'westeurope',
    publisher: 'Microsoft.Azure.ActiveDirectory',
    typePropertiesType: windowsLogin,
    typeHandlerVersion: '2.0',
    autoUpgradeMinorVersion: true,
    settings: { mdmId: '' },
  };

  it('turns an identity on, installs, reads, lists and removes an extension', async () => {
    const { manager } = machinesWith([
      { name: 'vm-a', identity: { system: false, userAssigned: [userAssigned('one')] } },
    ]);
    const { virtualMachines, virtualMachineExtensions } = clientFor(manager);
    const before = await done(virtualMachines.get('rg-app', 'vm-a'));
    const kept = Object.keys(before.identity?.userAssignedIdentities ?? {});
    const patched = await done(
      virtualMachines.update(
        'rg-app',
        'vm-a',
        {
          identity: {
            type: 'SystemAssigned, UserAssigned',
            userAssignedIdentities: Object.fromEntries(kept.map((id) => [id, {}])),
          },
        },
        { ifMatch: before.etag ?? '' },
      ),
    );
    expect(patched).toMatchObject({
      provisioningState: 'Succeeded',
      identity: { type: 'SystemAssigned, UserAssigned', principalId: expect.any(String) as string },
    });
    expect(Object.keys(patched.identity?.userAssignedIdentities ?? {})).toEqual(kept);

    const extension = await done(
      virtualMachineExtensions.createOrUpdate('rg-app', 'vm-a', windowsLogin, login),
    );
    expect(extension).toMatchObject({
      name: windowsLogin,
      typePropertiesType: windowsLogin,
      provisioningState: 'Succeeded',
    });
    const view = await done(virtualMachines.instanceView('rg-app', 'vm-a'));
    expect(view.vmAgent?.statuses?.[0]?.displayStatus).toBe('Ready');
    expect(view.extensions?.map(({ name }) => name)).toEqual([windowsLogin]);
    const list = await done(virtualMachineExtensions.list('rg-app', 'vm-a'));
    expect(list.value?.map(({ name }) => name)).toEqual([windowsLogin]);
    await done(virtualMachineExtensions.delete('rg-app', 'vm-a', windowsLogin));
    const after = await done(virtualMachineExtensions.list('rg-app', 'vm-a'));
    expect(after.value).toEqual([]);
  });

  it('hears of a refusal at once and of a failure at the end', async () => {
    const { manager } = machinesWith([
      readyFor('vm-a', { powerState: 'deallocated' }),
      { name: 'vm-b' },
    ]);
    const { virtualMachineExtensions } = clientFor(manager);
    const put = (vm: string) =>
      done(virtualMachineExtensions.createOrUpdate('rg-app', vm, windowsLogin, login));
    await expect(put('vm-a')).rejects.toMatchObject({
      statusCode: 409,
      code: 'OperationNotAllowed',
    });
    await expect(put('vm-b')).rejects.toThrow(/VMExtensionHandlerNonTransientError.*-2145648574/);
  });
});
