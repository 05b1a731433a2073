import { nicId, nsgId, subscriptionId, vmId } from '../../../../local/estate';
import { builtInRoleGuids } from '../../../../local/azure/resourceManager/roleDefinitions';
import {
  allowRule,
  apiVersion,
  callers,
  clientOf,
  managerWith,
  origin,
  rolesOf,
  standardRoles,
} from './harness';

const nsg = nsgId('nsg-vm-app-01');
const rule = `${nsg}/securityRules/postern-a-b-0`;
const managers: { close(): void }[] = [];
const built = (options: Parameters<typeof managerWith>[0] = {}): ReturnType<typeof managerWith> => {
  const manager = managerWith(options);
  managers.push(manager);
  return manager;
};
afterEach(() => {
  for (const manager of managers.splice(0)) manager.close();
});

describe('who calls', () => {
  it('is asked for a token, in the form of Resource Manager', async () => {
    const manager = built();
    const url = `${origin}${nsg}?${apiVersion}`;
    const without = await manager.handle({ method: 'GET', url, headers: {} });
    expect(without.status).toBe(401);
    expect(without.headers['www-authenticate']).toMatch(
      /^Bearer authorization_uri="https:\/\/login\.windows\.net\/22222222-.*", error="invalid_token"/,
    );
    expect(without.body).toContain('AuthenticationFailed');
    const wrong = await clientOf(manager, 'stranger')('GET', nsg);
    expect(wrong.json).toMatchObject({ error: { code: 'InvalidAuthenticationToken' } });
  });
});

describe('what a caller may do', () => {
  it('is what a role at or above the scope grants, and 403 names the action and the scope', async () => {
    const manager = built();
    const refused = await clientOf(manager, 'reader')('PUT', rule, { properties: allowRule() });
    expect(refused.status).toBe(403);
    expect(refused.json).toEqual({
      error: {
        code: 'AuthorizationFailed',
        message:
          `The client 'reader' with object id '${callers['reader']?.objectId}' does not have ` +
          "authorization to perform action 'Microsoft.Network/networkSecurityGroups/" +
          `securityRules/write' over scope '${rule}' or the scope is invalid. If access was ` +
          'recently granted, please refresh your credentials.',
      },
    });
    expect((await clientOf(manager, 'reader')('GET', nsg)).status).toBe(200);
    expect((await clientOf(manager, 'nobody')('GET', nsg)).status).toBe(403);
  });

  const needs: [string, string, string, number][] = [
    ['opener', 'GET', nsg, 200],
    ['opener', 'PUT', rule, 201],
    ['opener', 'DELETE', rule, 204],
    ['opener', 'PUT', nsg, 403],
    ['opener', 'DELETE', nsg, 403],
    ['opener', 'PATCH', nsg, 403],
    ['opener', 'GET', nicId('nic-vm-app-01'), 403],
    ['opener', 'GET', vmId('vm-app-01'), 403],
    [
      'opener',
      'GET',
      `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/locks`,
      403,
    ],
    ['reader', 'DELETE', rule, 403],
    ['reader', 'GET', vmId('vm-app-01'), 200],
    [
      'reader',
      'GET',
      `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/locks`,
      200,
    ],
    ['nobody', 'GET', `/subscriptions/${subscriptionId}/resourceGroups`, 403],
  ];
  it.each(needs)('%s %s %s → %d', async (who, method, path, status) => {
    const body = method === 'PUT' ? { properties: allowRule() } : undefined;
    expect((await clientOf(built(), who)(method, path, body)).status).toBe(status);
  });

  it('shows in lists: only what may be read', async () => {
    const roleSource = rolesOf([
      {
        principalId: callers['nobody']?.objectId ?? '',
        roleDefinitionGuid: builtInRoleGuids.reader,
        scope: `/subscriptions/${subscriptionId}/resourcegroups/rg-net`,
      },
    ]);
    const call = clientOf(built({ roleSource }), 'nobody');
    const list = await call(
      'GET',
      `/subscriptions/${subscriptionId}/providers/Microsoft.Network/networkSecurityGroups`,
    );
    expect((list.json['value'] as { id: string }[]).map((item) => item.id)).toEqual([
      nsgId('nsg-snet-app', 'rg-net'),
    ]);
    expect((await call('GET', '/subscriptions')).json).toMatchObject({ count: { value: 1 } });
    const groups = await call('GET', `/subscriptions/${subscriptionId}/resourcegroups`);
    expect((groups.json['value'] as unknown[]).length).toBe(1);
  });

  it('changes when a role definition is replaced, and exceptions count', async () => {
    const manager = built();
    const guid = '0f0f0f0f-0000-4000-8000-000000000001';
    manager.defineRole({ guid, name: 'opener', actions: ['*'], notActions: ['*/securityRules/*'] });
    const call = clientOf(manager, 'opener');
    expect((await call('PUT', rule, { properties: allowRule() })).status).toBe(403);
    expect((await call('GET', vmId('vm-app-01'))).status).toBe(200);
  });

  it('says by a knob whether polls of operations are allowed', async () => {
    const statusOfPoll = async (polls: 'byRole' | 'allowed' | 'forbidden'): Promise<number> => {
      const call = clientOf(built({ polls }), 'opener');
      const put = await call('PUT', rule, { properties: allowRule() });
      return (await call('GET', put.headers['azure-asyncoperation'] ?? '')).status;
    };
    expect(await statusOfPoll('byRole')).toBe(403);
    expect(await statusOfPoll('allowed')).toBe(200);
    expect(await statusOfPoll('forbidden')).toBe(403);
  });
});

describe('paths', () => {
  it('without api-version are refused', async () => {
    const manager = built();
    const headers = { authorization: 'Bearer admin' };
    const response = await manager.handle({ method: 'GET', url: `${origin}${nsg}`, headers });
    expect(response.status).toBe(400);
    expect(response.body).toContain('MissingApiVersionParameter');
  });

  it('that are not imitated answer 501 by name and are reported', async () => {
    const told: string[] = [];
    const manager = built({ onUnknown: (_request, what) => told.push(what) });
    const call = clientOf(manager);
    const unknown = await call('PUT', nicId('nic-vm-app-01'), {});
    const strange = await call('GET', '/subscriptions/x/providers/Microsoft.Foo/bars/one/bazzes');
    expect([unknown.status, strange.status]).toEqual([501, 501]);
    expect(told).toEqual([
      'PUT /subscriptions/{subscription}/resourcegroups/{resourcegroup}/providers/microsoft.network/networkinterfaces/{networkinterface}',
      'GET /subscriptions/{subscription}/providers/microsoft.foo/bars/{bar}/bazzes',
    ]);
    expect(strange.body).toContain(told[1] ?? 'nothing');
  });

  it('with a method that Azure has not there answer 405', async () => {
    const call = clientOf(built());
    expect((await call('POST', nsg)).headers['allow']).toBe('GET, PUT, PATCH, DELETE');
    expect((await call('PATCH', rule, {})).status).toBe(405);
    expect((await call('TRACE', nsg)).status).toBe(405);
  });

  it.each(['%', '/%E0%A4%A', '/..%2f..%2fetc', '/providers', '/🙂'])(
    'as strange as %s are answered, not thrown at',
    async (path) => {
      const { status } = await clientOf(built())('GET', `/${path}`);
      expect([400, 403, 404, 501]).toContain(status);
    },
  );

  it('of further providers are theirs, after the role check or by self-service', async () => {
    const manager = built();
    const seen: string[] = [];
    manager.addProvider(
      async ({ caller, path }) => {
        if (!path.includes('roleAssignments')) return undefined;
        seen.push(caller.name);
        return { status: 200, headers: {}, body: '{"a":1}' };
      },
      { isSelfService: (_request, caller) => caller.name === 'nobody' },
    );
    const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleAssignments`;
    expect((await clientOf(manager, 'opener')('GET', path)).status).toBe(403);
    expect((await clientOf(manager, 'reader')('GET', path)).status).toBe(200);
    expect((await clientOf(manager, 'nobody')('PUT', `${path}/one`, {})).status).toBe(200);
    expect(seen).toEqual(['reader', 'nobody']);
    expect(manager.writeLog.records[0]).toMatchObject({ after: { a: 1 }, outcome: 'succeeded' });
    expect((await clientOf(manager)('GET', '/providers/Microsoft.Foo/bars')).status).toBe(501);
  });

  it('to subscriptions, groups and management groups tell what stands there', async () => {
    const call = clientOf(built({ roleSource: rolesOf(standardRoles) }));
    const mg = '/providers/Microsoft.Management/managementGroups/mg-postern';
    expect((await call('GET', `${mg}?$expand=children`)).json).toMatchObject({
      properties: { children: [{ name: subscriptionId }] },
    });
    expect((await call('GET', `${mg}/subscriptions`)).json).toMatchObject({
      value: [{ name: subscriptionId }],
    });
    expect((await call('GET', `${mg}x`)).status).toBe(404);
    expect((await call('GET', '/subscriptions/none')).json).toMatchObject({
      error: { code: 'SubscriptionNotFound' },
    });
    const none = `/subscriptions/${subscriptionId}/resourcegroups/none`;
    expect((await call('GET', none)).json).toMatchObject({
      error: {
        code: 'ResourceGroupNotFound',
        message: "Resource group 'none' could not be found.",
      },
    });
  });
});
