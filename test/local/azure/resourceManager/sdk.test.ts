import { NetworkManagementClient } from '@azure/arm-network';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { ResourceManager } from '../../../../local/azure/resourceManager/createResourceManager';
import { nsgId, subscriptionId } from '../../../../local/estate';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { allowRule, managerWith, origin } from './harness';

/** The real client of the Network provider, its requests answered in process. */
function clientFor(manager: ResourceManager): NetworkManagementClient {
  const httpClient: HttpClient = {
    sendRequest: async (sent) => {
      const response = await manager.handle({
        method: sent.method,
        url: sent.url,
        headers: sent.headers.toJSON(),
        ...(typeof sent.body === 'string' ? { body: sent.body } : {}),
      });
      return {
        request: sent,
        status: response.status,
        headers: createHttpHeaders(response.headers),
        bodyAsText: response.body ?? '',
      };
    },
  };
  const credential = {
    getToken: async () => ({ token: 'admin', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  return new NetworkManagementClient(credential, subscriptionId, { endpoint: origin, httpClient });
}

describe('the real network client', () => {
  let time: VirtualTime;
  beforeEach(() => {
    time = installVirtualTime();
  });
  afterEach(() => time.uninstall());

  async function done<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const finish = (): void => {
      isDone = true;
    };
    work.then(finish, finish);
    await time.passUntil(() => isDone, 300_000);
    return work;
  }

  it('puts, reads and deletes a rule, and understands the operations between', async () => {
    const manager = managerWith();
    const client = clientFor(manager);
    const put = await done(
      client.securityRules.beginCreateOrUpdateAndWait(
        'rg-app',
        'nsg-vm-app-01',
        'postern-test-1',
        allowRule(),
      ),
    );
    expect(put).toMatchObject({
      name: 'postern-test-1',
      access: 'Allow',
      priority: 200,
      provisioningState: 'Succeeded',
    });
    const nsg = await done(client.networkSecurityGroups.get('rg-app', 'nsg-vm-app-01'));
    expect(nsg.securityRules?.map((rule) => rule.name)).toContain('postern-test-1');
    expect(nsg.networkInterfaces?.[0]?.id).toContain('nic-vm-app-01');

    await done(
      client.securityRules.beginDeleteAndWait('rg-app', 'nsg-vm-app-01', 'postern-test-1'),
    );
    expect(manager.estate.effectiveRules(nsgId('nsg-vm-app-01')).map((rule) => rule.name)).toEqual([
      'allow-monitoring',
      'deny-management-from-internet',
    ]);
  });

  it('gets a RestError with its code when a rule is refused', async () => {
    const client = clientFor(managerWith());
    const refused = done(
      client.securityRules.beginCreateOrUpdateAndWait(
        'rg-app',
        'nsg-vm-app-01',
        'postern-test-1',
        allowRule({ priority: 1000 }),
      ),
    );
    await expect(refused).rejects.toMatchObject({ code: 'SecurityRuleConflict', statusCode: 400 });
  });

  it('lists network interfaces and NSGs through its pager', async () => {
    const client = clientFor(managerWith());
    const names = new Set<string | undefined>();
    for await (const nic of client.networkInterfaces.listAll()) names.add(nic.name);
    for await (const nsg of client.networkSecurityGroups.listAll()) names.add(nsg.name);
    expect(names).toEqual(new Set(['nic-vm-app-01', 'nsg-snet-app', 'nsg-vm-app-01']));
  });
});
