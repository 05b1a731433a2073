import { ManagementLockClient } from '@azure/arm-locks';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import { nsgId, subscriptionId } from '../../../../local/estate';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { allowRule, clientOf, managerWith, origin } from './harness';

const nsg = nsgId('nsg-vm-app-01');
const rule = `${nsg}/securityRules/allow-monitoring`;
const subscription = `/subscriptions/${subscriptionId}`;
const group = `${subscription}/resourceGroups/rg-app`;

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

describe('a lock', () => {
  it.each([subscription, group, nsg])('CanNotDelete on %s stops DELETE only', async (scope) => {
    const manager = managerWith();
    manager.estate.addLock({ scope, name: 'keep', level: 'CanNotDelete' });
    const call = clientOf(manager);
    const refused = await call('DELETE', rule);
    expect(refused.status).toBe(409);
    expect(refused.json).toEqual({
      error: {
        code: 'ScopeLocked',
        message:
          `The scope '${rule}' cannot perform delete operation because following scope(s) are ` +
          `locked: '${scope}'. Please remove the lock and try again.`,
      },
    });
    expect((await call('PUT', rule, { properties: allowRule() })).status).toBe(200);
    manager.estate.removeLock(scope, 'keep');
    await time.pass(10_000);
    expect((await call('DELETE', rule)).status).toBe(202);
  });

  it('ReadOnly stops PUT and DELETE, not GET', async () => {
    const manager = managerWith();
    manager.estate.addLock({ scope: group, name: 'frozen', level: 'ReadOnly' });
    const call = clientOf(manager);
    const put = await call('PUT', rule, { properties: allowRule() });
    expect([put.status, put.body]).toEqual([
      409,
      expect.stringContaining('perform write operation'),
    ]);
    expect((await call('DELETE', rule)).status).toBe(409);
    expect((await call('GET', rule)).status).toBe(200);
  });

  it('elsewhere, or below, does not stop a rule', async () => {
    const manager = managerWith();
    manager.estate.addLock({ scope: `${group}x`, name: 'a', level: 'ReadOnly' });
    manager.estate.addLock({
      scope: nsgId('nsg-snet-app', 'rg-net'),
      name: 'b',
      level: 'CanNotDelete',
    });
    expect((await clientOf(manager)('DELETE', rule)).status).toBe(202);
  });

  it('is put, read and removed over HTTP, and written to the log', async () => {
    const manager = managerWith();
    const call = clientOf(manager);
    const path = `${group}/providers/Microsoft.Authorization/locks/keep`;
    const put = await call('PUT', path, { properties: { level: 'CanNotDelete', notes: 'why' } });
    expect(put.status).toBe(201);
    expect((await call('GET', path)).json).toEqual({
      properties: { level: 'CanNotDelete', notes: 'why' },
      id: path,
      type: 'Microsoft.Authorization/locks',
      name: 'keep',
    });
    expect((await call('DELETE', rule)).status).toBe(409);
    expect((await call('DELETE', path)).status).toBe(200);
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('PUT', path, { properties: { level: 'Soft' } })).status).toBe(400);
    expect(manager.writeLog.records.map((record) => record.outcome)).toEqual([
      'succeeded',
      undefined,
      'succeeded',
      'succeeded',
      undefined,
    ]);
  });

  it('is found by the real client from the resource upwards', async () => {
    const manager = managerWith();
    manager.estate.addLock({ scope: subscription, name: 'all', level: 'CanNotDelete' });
    manager.estate.addLock({ scope: group, name: 'group', level: 'ReadOnly', notes: 'n' });
    manager.estate.addLock({ scope: nsg, name: 'own', level: 'CanNotDelete' });
    manager.estate.addLock({ scope: rule, name: 'below', level: 'CanNotDelete' });
    manager.estate.addLock({
      scope: nsgId('nsg-snet-app', 'rg-net'),
      name: 'other',
      level: 'ReadOnly',
    });
    const client = new ManagementLockClient(
      { getToken: async () => ({ token: 'admin', expiresOnTimestamp: Date.now() + 3_600_000 }) },
      subscriptionId,
      {
        endpoint: origin,
        httpClient: {
          sendRequest: async (sent) => {
            const { method, url } = sent;
            const headers = sent.headers.toJSON();
            const response = await manager.handle({ method, url, headers });
            return {
              request: sent,
              status: response.status,
              headers: createHttpHeaders(response.headers),
              bodyAsText: response.body ?? '',
            };
          },
        },
      },
    );
    const found = async (list: AsyncIterable<{ name?: string }>): Promise<string[]> => {
      const names: string[] = [];
      for await (const lock of list) names.push(lock.name ?? '');
      return names.sort();
    };
    const locks = client.managementLocks;
    expect(await found(locks.listByScope(nsg))).toEqual(['all', 'below', 'group', 'own']);
    expect(await found(locks.listByScope(nsg, { filter: 'atScope()' }))).toEqual([
      'all',
      'group',
      'own',
    ]);
    const atResource = locks.listAtResourceLevel(
      'rg-app',
      'Microsoft.Network',
      '',
      'networkSecurityGroups',
      'nsg-vm-app-01',
    );
    expect(await found(atResource)).toEqual(['all', 'below', 'group', 'own']);
  });
});
