import {
  estateOf,
  nicId,
  nsgId,
  subscriptionId,
  vmId,
  vmsOnOneNsg,
  vnetId,
} from '../../../../local/estate';
import type { ResourceManager } from '../../../../local/azure/resourceManager/createResourceManager';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { allowRule, callers, clientOf, managerWith, rolesOf } from './harness';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

type Row = Record<string, unknown>;
type Answer = { status: number; json: Record<string, unknown>; rows: Row[] };

async function ask(
  manager: ResourceManager,
  query: string,
  more: Record<string, unknown> = {},
  who = 'admin',
): Promise<Answer> {
  const path = '/providers/Microsoft.ResourceGraph/resources';
  const body = { subscriptions: [subscriptionId], query, ...more };
  const { status, json } = await clientOf(manager, who)('POST', path, body);
  return { status, json, rows: (json['data'] ?? []) as Row[] };
}

const targets = (scope?: string): string =>
  [
    '// postern:targets v1',
    'resources',
    "| where type =~ 'microsoft.compute/virtualmachines'",
    ...(scope === undefined ? [] : [`| where id =~ '${scope}' or id startswith '${scope}/'`]),
    '| order by id asc',
  ].join('\n');
const rules = '// postern:rules v1\nresources\n| order by id asc';
const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-app`;

describe('the targets of a scope', () => {
  it('are one row for each VM, interface and ip configuration', async () => {
    const { rows } = await ask(managerWith(), targets(group));
    expect(rows).toEqual([
      {
        id: vmId('vm-app-01'),
        name: 'vm-app-01',
        subscriptionId,
        resourceGroup: 'rg-app',
        location: 'westeurope',
        tags: { postern: 'enabled', owner: 'team-app' },
        powerState: 'PowerState/running',
        vmGuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        osType: 'Windows',
        scaleSetId: '',
        nicId: nicId('nic-vm-app-01').toLowerCase(),
        nicNsgId: nsgId('nsg-vm-app-01'),
        subnetId: vnetId('snet-app').toLowerCase(),
        subnetNsgId: nsgId('nsg-snet-app', 'rg-net'),
        privateIp: '10.10.1.4',
      },
    ]);
  });

  it('know VMs without NIC, without NSG, with two NICs, IPv6, stopped, of a scale set', async () => {
    const estate = estateOf({
      vms: [
        { name: 'vm-1', nics: [] },
        { name: 'vm-2', nics: [{ nsg: null, subnet: 'snet-bare' }], powerState: 'deallocated' },
        { name: 'vm-3', nics: [{ addresses: ['10.10.1.9', 'fd00::9'] }, { subnet: 'snet-b' }] },
        { name: 'vm-4', scaleSetId: '/vmss/one', osType: 'Linux', group: 'rg-two' },
      ],
      subnetNsgs: { 'snet-bare': null },
    });
    const { rows } = await ask(managerWith({ estate }), targets());
    const brief = rows.map((row) => [row['name'], row['nicNsgId'] !== '', row['privateIp']]);
    expect(brief).toEqual([
      ['vm-1', false, ''],
      ['vm-2', false, '10.10.1.4'],
      ['vm-3', true, '10.10.1.9'],
      ['vm-3', true, 'fd00::9'],
      ['vm-3', true, '10.12.1.4'],
      ['vm-4', true, '10.11.1.4'],
    ]);
    expect(rows[1]).toMatchObject({ powerState: 'PowerState/deallocated', subnetNsgId: '' });
    expect(rows.at(-1)).toMatchObject({ scaleSetId: '/vmss/one', osType: 'Linux' });
  });

  it('are those of the scope only, whatever its casing', async () => {
    const manager = managerWith();
    expect((await ask(manager, targets(group.toUpperCase()))).rows).toHaveLength(1);
    expect((await ask(manager, targets(vmId('vm-app-01')))).rows).toHaveLength(1);
    expect((await ask(manager, targets(group.slice(0, -1)))).rows).toEqual([]);
    const byGroup = { subscriptions: undefined, managementGroups: ['MG-postern'] };
    expect((await ask(manager, targets(), byGroup)).rows).toHaveLength(1);
    expect((await ask(manager, targets(), { subscriptions: ['other'] })).rows).toEqual([]);
    expect((await ask(manager, targets(), { subscriptions: undefined })).rows).toHaveLength(1);
  });

  it('come in pages, each with the token of the next', async () => {
    const manager = managerWith({ estate: vmsOnOneNsg(25) });
    const names = new Set<unknown>();
    let token: unknown;
    let pages = 0;
    do {
      const options = { $top: 10, ...(token === undefined ? {} : { $skipToken: token }) };
      const { json, rows } = await ask(manager, targets(), { options });
      expect(json).toMatchObject({
        totalRecords: 25,
        count: rows.length,
        resultTruncated: 'false',
      });
      for (const row of rows) names.add(row['name']);
      token = json['$skipToken'];
      pages++;
    } while (token !== undefined);
    expect([pages, names.size]).toEqual([3, 25]);
    const table = await ask(manager, targets(), { options: { resultFormat: 'table', $top: 2 } });
    expect(table.json['data']).toMatchObject({ rows: [expect.any(Array), expect.any(Array)] });
  });

  it('show only what the caller may read', async () => {
    const principalId = callers['nobody']?.objectId ?? '';
    const roleDefinitionGuid = '0f0f0f0f-0000-4000-8000-00000000000a';
    const scope = `/subscriptions/${subscriptionId}`;
    const manager = managerWith({
      roleSource: rolesOf([{ principalId, roleDefinitionGuid, scope }]),
    });
    expect((await ask(manager, targets(), {}, 'nobody')).status).toBe(403);
    const actions = ['Microsoft.ResourceGraph/resources/read', 'Microsoft.Compute/*/read'];
    manager.defineRole({ guid: roleDefinitionGuid, name: 'part', actions, notActions: [] });
    const { rows } = await ask(manager, targets(), {}, 'nobody');
    expect(rows).toMatchObject([{ name: 'vm-app-01', nicNsgId: '', privateIp: '' }]);
    expect((await ask(manager, rules, {}, 'nobody')).rows).toEqual([]);
  });
});

describe('the rules that carry our name or our marker', () => {
  const nsg = nsgId('nsg-vm-app-01');

  it('are found after the lag, and lost after the lag', async () => {
    const manager = managerWith({
      resourceGraphLagMs: 20_000,
      latency: { rulePut: 1_000, ruleDelete: 1_000 },
    });
    const call = clientOf(manager);
    const description = 'postern1|1767262000|k1|abc';
    await call('PUT', `${nsg}/securityRules/postern-a-b-0`, {
      properties: allowRule({ description }),
    });
    await time.pass(20_999);
    expect((await ask(manager, rules)).rows).toEqual([]);
    await time.pass(1);
    expect((await ask(manager, rules)).rows).toEqual([
      {
        id: nsg,
        name: 'nsg-vm-app-01',
        subscriptionId,
        resourceGroup: 'rg-app',
        location: 'westeurope',
        ruleName: 'postern-a-b-0',
        description,
      },
    ]);
    await call('DELETE', `${nsg}/securityRules/postern-a-b-0`);
    await time.pass(1_000);
    expect((await ask(manager, rules)).rows).toHaveLength(1);
    await time.pass(20_000);
    expect((await ask(manager, rules)).rows).toEqual([]);
  });

  it('are found by name in any casing, or by the marker alone', async () => {
    const manager = managerWith();
    const properties = allowRule({ description: 'Postern1|1|k|s' });
    manager.outOfBand.putRule(nsg, { name: 'copied', properties });
    manager.outOfBand.putRule(nsg, {
      name: 'Postern-X-Y-0',
      properties: allowRule({ priority: 3 }),
    });
    const { rows } = await ask(manager, rules);
    expect(rows.map((row) => row['ruleName'])).toEqual(['Postern-X-Y-0', 'copied']);
    const byName = "// postern:ruleByName v1\nresources\n| where ruleName =~ 'postern-x-y-0'";
    expect((await ask(manager, byName)).rows).toMatchObject([{ ruleName: 'Postern-X-Y-0' }]);
  });

  it('follow VMs, interfaces and networks that change', async () => {
    const manager = managerWith({ resourceGraphLagMs: 5_000 });
    manager.estate.setPowerState(vmId('vm-app-01'), 'stopped');
    manager.estate.removeNic(nicId('nic-vm-app-01'));
    expect((await ask(manager, targets())).rows).toMatchObject([
      { powerState: 'PowerState/running', privateIp: '10.10.1.4' },
    ]);
    await time.pass(5_000);
    expect((await ask(manager, targets())).rows).toMatchObject([
      { powerState: 'PowerState/stopped', privateIp: '' },
    ]);
    manager.estate.removeVm(vmId('vm-app-01'));
    await time.pass(5_000);
    expect((await ask(manager, targets())).rows).toEqual([]);
  });
});

describe('a query that is not known', () => {
  it.each([
    ['without a name', 'resources | project id'],
    ['with another version', '// postern:targets v9\nresources'],
    ['with a text left open', "// postern:rules v1\nresources | where name == 'a"],
    ['with two scopes', "// postern:targets v1\nx | where id =~ '/a' or id startswith '/b/'"],
    ['with a scope that breaks out', targets("/a' or 'x' == 'x")],
    ['without the rule it asks for', '// postern:ruleByName v1\nresources'],
  ])('%s gets 400 in the form of the Resource Graph', async (_what, query) => {
    const { status, json } = await ask(managerWith(), query);
    expect(status).toBe(400);
    expect(json).toMatchObject({
      error: { code: 'BadRequest', details: [{ code: 'InvalidQuery' }, { code: 'ParserFailure' }] },
    });
  });

  it('is told what is known', async () => {
    const { json } = await ask(managerWith(), 'resources');
    expect(JSON.stringify(json)).toContain(
      '// postern:targets v1; // postern:machines v1; // postern:subscriptions v1; // postern:rules v1',
    );
  });

  it('and options that cannot be read get 400 too', async () => {
    const manager = managerWith();
    for (const options of [7, { $top: 0 }, { $top: 1_001 }, { $skipToken: 'x' }, { $skip: -1 }]) {
      expect((await ask(manager, rules, { options })).status).toBe(400);
    }
    const path = '/providers/Microsoft.ResourceGraph/resources';
    expect((await clientOf(manager)('POST', path, {})).status).toBe(400);
    expect((await clientOf(manager)('GET', path)).status).toBe(405);
  });

  it('can be taught', async () => {
    const manager = managerWith();
    manager.resourceGraph.addQuery('postern:other v1', ({ literals }) => [{ id: literals[0] }]);
    const { rows } = await ask(manager, "// postern:other v1\nx | where id == 'one'");
    expect(rows).toEqual([{ id: 'one' }]);
  });
});
