import { subscriptionId } from '../../../../local/estate';
import { clientOf, managerWith, standardRoles, rolesOf, callers } from './harness';

const subscription = `/subscriptions/${subscriptionId}`;
const call = clientOf(managerWith());

async function rowsAt(path: string, client = call): Promise<string[]> {
  const { status, json } = await client('GET', path);
  expect(status).toBe(200);
  return (json['value'] as { name: string; type: string }[]).map(
    ({ name, type }) => `${type.split('/')[1]} ${name}`,
  );
}

describe('resources of every type', () => {
  it('of a subscription, of a group, of a type, by name', async () => {
    expect(await rowsAt(`${subscription}/resources`)).toEqual([
      'virtualMachines vm-app-01',
      'networkInterfaces nic-vm-app-01',
      'networkSecurityGroups nsg-snet-app',
      'networkSecurityGroups nsg-vm-app-01',
      'virtualNetworks vnet-app',
    ]);
    expect(await rowsAt(`${subscription}/resourcegroups/RG-NET/resources`)).toEqual([
      'networkSecurityGroups nsg-snet-app',
      'virtualNetworks vnet-app',
    ]);
    const filter = encodeURIComponent(
      "resourceType eq 'microsoft.network/networksecuritygroups' and resourceGroup eq 'rg-app'",
    );
    expect(await rowsAt(`${subscription}/resources?$filter=${filter}`)).toEqual([
      'networkSecurityGroups nsg-vm-app-01',
    ]);
  });

  it('shows what the caller may read of each type, and refuses whoever has no role at all', async () => {
    const manager = managerWith({
      roleSource: rolesOf(standardRoles.filter(({ scope }) => scope !== '/')),
    });
    const asOpener = clientOf(manager, 'opener');
    expect(await rowsAt(`${subscription}/resources`, asOpener)).toEqual([
      'networkSecurityGroups nsg-snet-app',
      'networkSecurityGroups nsg-vm-app-01',
    ]);
    const refused = await clientOf(manager, 'nobody')('GET', `${subscription}/resources`);
    expect([refused.status, callers['nobody']?.kind]).toEqual([403, 'person']);
  });

  it('says which filter it does not understand, and which group there is not', async () => {
    const odd = await call('GET', `${subscription}/resources?$filter=tagName%20ne%20'x'`);
    expect([odd.status, odd.json]).toMatchObject([
      400,
      { error: { code: 'InvalidFilterInQueryString' } },
    ]);
    const none = await call('GET', `${subscription}/resourceGroups/rg-none/resources`);
    expect(none.json).toMatchObject({ error: { code: 'ResourceGroupNotFound' } });
  });
});

describe('resource providers', () => {
  it('tell their types and api-versions', async () => {
    const one = await call('GET', `${subscription}/providers/microsoft.network`);
    expect(one.json).toMatchObject({
      id: `${subscription}/providers/Microsoft.Network`,
      namespace: 'Microsoft.Network',
      registrationState: 'Registered',
    });
    const types = one.json['resourceTypes'] as { resourceType: string; apiVersions: string[] }[];
    const nsg = types.find(({ resourceType }) => resourceType === 'networkSecurityGroups');
    expect(nsg?.apiVersions[0]).toMatch(/^\d{4}-\d\d-\d\d$/);
    const all = await call('GET', `${subscription}/providers`);
    expect(all.json['value']).toContainEqual(one.json);
  });

  it('are read from the subscription: a right of their own', async () => {
    const asOpener = clientOf(managerWith(), 'opener');
    const { status, json } = await asOpener('GET', `${subscription}/providers/Microsoft.Network`);
    expect(status).toBe(403);
    expect(JSON.stringify(json)).toContain("'Microsoft.Resources/subscriptions/providers/read'");
  });

  it('that are not imitated answer 501', async () => {
    expect((await call('GET', `${subscription}/providers/Microsoft.Sql`)).status).toBe(501);
  });
});
