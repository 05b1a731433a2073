import { subscriptionId, vmId } from '../../../../local/estate';
import { loginExtension } from '../../../../local/estateConnect';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { callers, clientOf, fixture, rolesOf } from './harness';
import {
  extensionId,
  linuxLogin,
  loginBody,
  machinesWith,
  readyFor,
  windowsLogin,
} from './machines';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

type Sample = { body: { error?: { code: string; message: string } } };
/** The texts of the error bodies that were collected, with their names filled in as here. */
const samples = (fixture('errors/errors.json') as { errors: Sample[] }).errors.flatMap(
  ({ body }) => body.error?.message ?? [],
);

describe('an extension', () => {
  it('is installed: 201, Creating, then Succeeded, and seen wherever it is told', async () => {
    const { manager, call } = machinesWith([readyFor('vm-a')]);
    const put = await call('PUT', extensionId('vm-a'), loginBody());
    expect(put.status).toBe(201);
    expect(put.json).toEqual({
      name: windowsLogin,
      id: extensionId('vm-a'),
      type: 'Microsoft.Compute/virtualMachines/extensions',
      location: 'westeurope',
      properties: {
        autoUpgradeMinorVersion: true,
        provisioningState: 'Creating',
        publisher: 'Microsoft.Azure.ActiveDirectory',
        type: windowsLogin,
        typeHandlerVersion: '2.0',
        settings: { mdmId: '' },
      },
    });
    const poll = String(put.headers['azure-asyncoperation']);
    await time.pass(119_999);
    expect((await call('GET', poll)).json).toMatchObject({ status: 'InProgress' });
    expect((await call('GET', vmId('vm-a'))).json).toMatchObject({
      properties: { provisioningState: 'Updating' },
    });
    await time.pass(1);
    expect((await call('GET', poll)).json).toMatchObject({ status: 'Succeeded' });
    const seen = await call('GET', `${vmId('vm-a')}?$expand=instanceView`);
    expect(seen.json).toMatchObject({
      properties: {
        provisioningState: 'Succeeded',
        instanceView: {
          extensions: [{ name: windowsLogin, typeHandlerVersion: '2.2.0.0' }],
          vmAgent: { extensionHandlers: [{ status: { displayStatus: 'Ready' } }] },
        },
      },
      resources: [{ name: windowsLogin, properties: { provisioningState: 'Succeeded' } }],
    });
    const list = await call('GET', `${vmId('vm-a')}/extensions`);
    expect(list.json['value']).toHaveLength(1);
    const expanded = await call('GET', `${extensionId('vm-a')}?$expand=instanceView`);
    expect(expanded.json).toMatchObject({
      properties: { instanceView: { statuses: [{ code: 'ProvisioningState/succeeded' }] } },
    });
    expect(manager.writeLog.records).toMatchObject([
      {
        method: 'PUT',
        path: extensionId('vm-a'),
        status: 201,
        outcome: 'succeeded',
        before: null,
        after: { provisioningState: 'Succeeded' },
      },
    ]);
  });

  it('put again, unchanged, is 200 and takes a moment: its handler is not run', async () => {
    const { manager, call } = machinesWith([readyFor('vm-a')]);
    await call('PUT', extensionId('vm-a'), loginBody());
    await time.pass(120_000);
    const again = await call('PUT', extensionId('vm-a'), loginBody());
    expect([again.status, again.json['properties']]).toMatchObject([
      200,
      { provisioningState: 'Updating' },
    ]);
    await time.pass(5_000);
    expect(manager.writeLog.records.map(({ outcome }) => outcome)).toEqual([
      'succeeded',
      'succeeded',
    ]);
  });

  it('is taken away: 202 with both headers, 204 where it is not there', async () => {
    const { call } = machinesWith([readyFor('vm-a', { extensions: [loginExtension('Windows')] })]);
    const gone = await call('DELETE', extensionId('vm-a'));
    expect([gone.status, gone.body]).toEqual([202, undefined]);
    const { location = '', 'azure-asyncoperation': poll = '' } = gone.headers;
    expect((await call('GET', location)).status).toBe(202);
    expect((await call('GET', extensionId('vm-a'))).json).toMatchObject({
      properties: { provisioningState: 'Deleting' },
    });
    await time.pass(60_000);
    expect((await call('GET', location)).status).toBe(204);
    expect((await call('GET', poll)).json).toMatchObject({ status: 'Succeeded' });
    expect((await call('GET', extensionId('vm-a'))).status).toBe(404);
    expect((await call('DELETE', extensionId('vm-a'))).status).toBe(204);
  });

  it('is patched: what is not sent stays, and a missing one is 404', async () => {
    const { call } = machinesWith([readyFor('vm-a', { extensions: [loginExtension('Windows')] })]);
    const settings = { mdmId: '0000000a-0000-0000-c000-000000000000' };
    const patched = await call('PATCH', extensionId('vm-a'), { properties: { settings } });
    expect([patched.status, patched.json]).toMatchObject([
      200,
      { properties: { settings, typeHandlerVersion: '2.0', provisioningState: 'Updating' } },
    ]);
    const missing = await call('PATCH', extensionId('vm-a', 'Other'), { properties: {} });
    expect(missing.status).toBe(404);
  });

  it('tells nobody what was protected', async () => {
    const { call } = machinesWith([readyFor('vm-a')]);
    const secret = { protectedSettings: { word: 'hidden' } };
    await call('PUT', extensionId('vm-a'), loginBody(windowsLogin, secret));
    const { body } = await call('GET', `${vmId('vm-a')}?$expand=instanceView`);
    expect(body).not.toContain('hidden');
  });
});

describe('an install is refused at once', () => {
  const login = loginExtension('Windows');
  const failed = { ...loginExtension('Linux'), provisioningState: 'Failed' };
  const running = 'OperationNotAllowed';
  type Refusal = [
    what: string,
    vm: Parameters<typeof readyFor>[1],
    body: unknown,
    status: number,
    code: string,
    sample: RegExp | null,
  ];
  const refusals: Refusal[] = [
    [
      'a VM that is off',
      { powerState: 'deallocated' },
      loginBody(),
      409,
      running,
      /not running\.$/,
    ],
    ['a VM without agent', { agent: 'absent' }, loginBody(), 409, running, /disallowed/],
    [
      'a VM that forbids extensions',
      { allowExtensionOperations: false },
      loginBody(),
      409,
      running,
      /disallowed/,
    ],
    [
      'an unknown type',
      {},
      loginBody('AADLoginForWindowsX', { typeHandlerVersion: '2.0' }),
      404,
      'ArtifactNotFound',
      /AADLoginForWindowsX/,
    ],
    [
      'an unknown version',
      {},
      loginBody(windowsLogin, { typeHandlerVersion: '9.9' }),
      404,
      'ArtifactVersionNotFound',
      /'9\.9'/,
    ],
    [
      'another version of one that is there',
      { extensions: [login] },
      loginBody(windowsLogin, { typeHandlerVersion: '1.0' }),
      409,
      running,
      /Cannot update handlerVersion/,
    ],
    [
      'a second name for a handler',
      { extensions: [{ ...login, name: 'AADLogin' }] },
      loginBody(),
      400,
      'BadRequest',
      null,
    ],
    [
      'one that has failed on Linux',
      { osType: 'Linux', extensions: [{ ...failed, name: windowsLogin }] },
      loginBody(linuxLogin),
      409,
      running,
      null,
    ],
    [
      'another place',
      {},
      { ...Object(loginBody()), location: 'eastus' },
      400,
      'InvalidParameter',
      null,
    ],
    ['no place', {}, { properties: {} }, 400, 'LocationRequired', null],
    ['no properties', {}, { location: 'westeurope' }, 400, 'InvalidRequestContent', null],
    ['no type', {}, { location: 'westeurope', properties: {} }, 400, 'InvalidParameter', null],
  ];
  it.each(refusals)('%s', async (_what, vm, body, status, code, sample) => {
    const { manager, call } = machinesWith([readyFor('vm-a', vm)]);
    const before = manager.estate.vms.get(vmId('vm-a').toLowerCase());
    const refused = await call('PUT', extensionId('vm-a'), body);
    expect([refused.status, refused.json['error']]).toMatchObject([status, { code }]);
    const { message = '' } = refused.json['error'] as { message?: string };
    if (sample !== null) {
      expect(samples).toContain(message);
      expect(message).toMatch(sample);
    }
    await time.pass(7_200_000);
    expect(manager.estate.vms.get(vmId('vm-a').toLowerCase())).toBe(before);
    expect(manager.writeLog.records).toMatchObject([{ status, code }]);
  });

  it('while another operation runs on the VM, and without a VM', async () => {
    const { call } = machinesWith([readyFor('vm-a')]);
    await call('PUT', extensionId('vm-a'), loginBody());
    const again = await call('PUT', extensionId('vm-a'), loginBody());
    expect(again).toMatchObject({ status: 409, json: { error: { code: 'Conflict' } } });
    expect((await call('DELETE', extensionId('vm-a'))).status).toBe(409);
    const missing = await call('PUT', extensionId('vm-b'), loginBody());
    expect(missing.json).toMatchObject({ error: { code: 'ParentResourceNotFound' } });
    for (const path of [extensionId('vm-b'), `${vmId('vm-b')}/extensions`]) {
      expect((await call('GET', path)).status).toBe(404);
    }
  });

  it('for want of a role', async () => {
    const principalId = callers['nobody']?.objectId ?? '';
    const roleDefinitionGuid = '0f0f0f0f-0000-4000-8000-00000000000a';
    const scope = `/subscriptions/${subscriptionId}`;
    const { manager } = machinesWith([readyFor('vm-a')], {
      roleSource: rolesOf([{ principalId, roleDefinitionGuid, scope }]),
    });
    const actions = ['Microsoft.Compute/virtualMachines/extensions/write'];
    manager.defineRole({ guid: roleDefinitionGuid, name: 'part', actions, notActions: [] });
    const call = clientOf(manager, 'nobody');
    const tries: [method: string, path: string, action: string][] = [
      ['GET', vmId('vm-a'), 'virtualMachines/read'],
      ['PATCH', vmId('vm-a'), 'virtualMachines/write'],
      ['GET', `${vmId('vm-a')}/instanceView`, 'virtualMachines/instanceView/read'],
      ['GET', extensionId('vm-a'), 'virtualMachines/extensions/read'],
      ['DELETE', extensionId('vm-a'), 'virtualMachines/extensions/delete'],
    ];
    for (const [method, path, action] of tries) {
      const refused = await call(method, path, method === 'PATCH' ? {} : undefined);
      expect(refused.json['error']).toMatchObject({ code: 'AuthorizationFailed' });
      expect(refused.body).toContain(`Microsoft.Compute/${action}'`);
    }
    expect((await call('PUT', extensionId('vm-a'), loginBody())).status).toBe(201);
  });
});
