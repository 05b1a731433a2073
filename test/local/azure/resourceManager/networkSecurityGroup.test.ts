import { nsgId, subscriptionId } from '../../../../local/estate';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { allowRule, clientOf, fixture, managerWith } from './harness';

type Answered = { status: number; headers: Record<string, unknown>; body: unknown };
type Exchange = { response: Answered };

function recorded(name: string): Exchange[] {
  return (fixture(`wire/${name}.json`) as { exchanges: Exchange[] }).exchanges;
}

/** Names of an object's properties at every level, in order: its shape without its values. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.entries(value).map(([key, item]) => [key, shape(item)]);
}

const nsg = nsgId('nsg-vm-app-01');
const rule = `${nsg}/securityRules/postern-abc-def-0`;

describe('a rule in an NSG', () => {
  let time: VirtualTime;
  beforeEach(() => {
    time = installVirtualTime();
  });
  afterEach(() => time.uninstall());

  it('is put, shown as Updating everywhere, and stands when its operation ends', async () => {
    const manager = managerWith({ latency: { rulePut: 4_000 } });
    const call = clientOf(manager);
    const before = await call('GET', nsg);
    const put = await call('PUT', rule, { properties: allowRule() });
    expect(put.status).toBe(201);
    expect(put.headers['retry-after']).toBe('10');
    expect(put.json['properties']).toMatchObject({ provisioningState: 'Updating', priority: 200 });

    const during = await call('GET', nsg);
    const all = (during.json['properties'] as { securityRules: { etag: string }[] }).securityRules;
    expect(during.json['properties']).toMatchObject({ provisioningState: 'Updating' });
    expect(all.map((item) => item.etag)).toEqual(all.map(() => during.json['etag']));
    expect(during.json['etag']).not.toBe(before.json['etag']);
    expect(during.headers['etag']).toBe(during.json['etag']);
    expect(manager.estate.effectiveRules(nsg)).toHaveLength(2);

    const poll = put.headers['azure-asyncoperation'] ?? '';
    expect(poll).toMatch(/\/locations\/westeurope\/operations\/[0-9a-f-]{36}\?api-version=/);
    expect((await call('GET', poll)).json).toEqual({ status: 'InProgress' });
    await time.pass(4_000);
    expect((await call('GET', poll)).json).toEqual({ status: 'Succeeded' });

    const after = await call('GET', rule);
    expect(after.json).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
    expect(after.json['etag']).not.toBe(during.json['etag']);
    expect(manager.estate.effectiveRules(nsg).map((item) => item.name)).toContain(
      'postern-abc-def-0',
    );
    expect((await call('PUT', rule, { properties: allowRule() })).status).toBe(200);
  });

  it('is deleted with 202 and both headers, and 204 when it is not there', async () => {
    const call = clientOf(managerWith({ latency: { rulePut: 1_000, ruleDelete: 2_000 } }));
    await call('PUT', rule, { properties: allowRule() });
    await time.pass(1_000);
    const gone = await call('DELETE', rule);
    expect(gone.status).toBe(202);
    expect(gone.body).toBeUndefined();
    const [deleted] = recorded('securityrule-delete-lro');
    for (const name of Object.keys(deleted?.response.headers ?? {})) {
      if (name !== 'server') expect(Object.keys(gone.headers)).toContain(name);
    }
    const { location = '' } = gone.headers;
    expect(location).toContain('/operationResults/');
    expect((await call('GET', location)).status).toBe(202);
    expect((await call('GET', rule)).json).toMatchObject({
      properties: { provisioningState: 'Deleting' },
    });
    await time.pass(2_000);
    expect((await call('GET', location)).status).toBe(204);
    expect((await call('GET', gone.headers['azure-asyncoperation'] ?? '')).json).toEqual({
      status: 'Succeeded',
    });
    const missing = await call('GET', rule);
    expect(missing.status).toBe(404);
    expect(missing.json).toMatchObject({
      error: { code: 'NotFound', message: `Resource ${rule} not found.` },
    });
    expect((await call('DELETE', rule)).status).toBe(204);
  });

  it('has the shape of the recording', async () => {
    const call = clientOf(managerWith());
    const [put] = recorded('securityrule-update-lro');
    const answered = await call('PUT', rule, { properties: allowRule({ description: 'cool' }) });
    expect(shape(answered.json)).toEqual(shape(put?.response.body));
    const [created] = recorded('nsg-create-lro');
    const group = await call('PUT', nsgId('nsg-new'), { location: 'westus', tags: { foo: 'doo' } });
    expect(group.status).toBe(created?.response.status);
    expect(group.headers['azure-asyncnotification']).toBe('Enabled');
    expect(shape(group.json)).toEqual(shape(created?.response.body));
  });

  it('keeps lists of ports and addresses as lists', async () => {
    const call = clientOf(managerWith());
    const put = await call('PUT', rule, {
      properties: {
        ...allowRule(),
        destinationPortRange: undefined,
        destinationPortRanges: ['22', '3389'],
        sourceAddressPrefix: '',
        sourceAddressPrefixes: ['203.0.113.0/28', '198.51.100.4'],
        destinationAddressPrefixes: [],
      },
    });
    const properties = put.json['properties'] as Record<string, unknown>;
    expect(properties['destinationPortRanges']).toEqual(['22', '3389']);
    expect(properties['sourceAddressPrefixes']).toEqual(['203.0.113.0/28', '198.51.100.4']);
    expect(properties).not.toHaveProperty('destinationPortRange');
    expect(properties['destinationAddressPrefixes']).toEqual([]);
  });
});

describe('an NSG as a whole', () => {
  let time: VirtualTime;
  beforeEach(() => {
    time = installVirtualTime();
  });
  afterEach(() => time.uninstall());

  it('loses every rule that a whole PUT does not name', async () => {
    const manager = managerWith();
    const call = clientOf(manager);
    const put = await call('PUT', nsg, {
      location: 'westeurope',
      properties: { securityRules: [{ name: 'only', properties: allowRule() }] },
    });
    expect(put.status).toBe(200);
    await time.pass(10_000);
    expect(manager.estate.effectiveRules(nsg).map((item) => item.name)).toEqual(['only']);
  });

  it('takes tags by PATCH at once', async () => {
    const call = clientOf(managerWith());
    const before = await call('GET', nsg);
    const patched = await call('PATCH', nsg, { tags: { owner: 'net' } });
    expect(patched.status).toBe(200);
    expect(patched.json['tags']).toEqual({ owner: 'net' });
    expect(patched.json['etag']).not.toBe(before.json['etag']);
  });

  it('cannot be deleted in use, can be deleted otherwise', async () => {
    const manager = managerWith();
    const call = clientOf(manager);
    const used = await call('DELETE', nsg);
    expect(used.status).toBe(400);
    expect(used.json).toMatchObject({
      error: { code: 'InUseNetworkSecurityGroupCannotBeDeleted' },
    });
    const free = nsgId('nsg-new');
    await call('PUT', free, { location: 'westeurope' });
    await time.pass(10_000);
    expect((await call('DELETE', free)).status).toBe(202);
    expect((await call('GET', free)).json).toMatchObject({
      properties: { provisioningState: 'Deleting' },
    });
    await time.pass(10_000);
    const missing = await call('GET', free);
    expect(missing.json).toMatchObject({
      error: {
        code: 'ResourceNotFound',
        message:
          "The Resource 'Microsoft.Network/networkSecurityGroups/nsg-new' under resource group " +
          "'rg-app' was not found. For more details please go to " +
          'https://aka.ms/ARMResourceNotFoundFix',
      },
    });
    expect((await call('DELETE', free)).status).toBe(204);
  });

  it('refuses another location, an unknown group and a body that is none', async () => {
    const call = clientOf(managerWith());
    const moved = await call('PUT', nsg, { location: 'northeurope' });
    expect([moved.status, moved.json]).toMatchObject([
      409,
      { error: { code: 'InvalidResourceLocation' } },
    ]);
    const lost = await call('PUT', nsgId('nsg-new', 'rg-none'), { location: 'westeurope' });
    expect(lost.json).toMatchObject({ error: { code: 'ResourceGroupNotFound' } });
    expect((await call('PUT', nsg, [])).json).toMatchObject({
      error: { code: 'InvalidRequestFormat' },
    });
    expect((await call('PUT', nsg, '{')).json).toMatchObject({
      error: { code: 'InvalidRequestContent' },
    });
    const inNoNsg = await call('PUT', `${nsgId('nsg-none')}/securityRules/a`, {
      properties: allowRule(),
    });
    expect([inNoNsg.status, inNoNsg.json]).toMatchObject([
      404,
      { error: { code: 'ParentResourceNotFound' } },
    ]);
  });

  it('is found in any casing and echoed as it is stored', async () => {
    const call = clientOf(managerWith());
    const found = await call('GET', nsg.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'));
    expect(found.json['id']).toBe(nsg);
    const list = await call(
      'GET',
      `/subscriptions/${subscriptionId}/resourcegroups/RG-APP/providers/microsoft.network/networksecuritygroups`,
    );
    expect((list.json['value'] as unknown[]).length).toBe(1);
  });
});
