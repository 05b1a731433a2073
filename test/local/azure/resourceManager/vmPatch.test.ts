import { subscriptionId, vmId } from '../../../../local/estate';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { callers, clientOf, rolesOf } from './harness';
import { machinesWith, systemAssigned, userAssigned } from './machines';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

const one = userAssigned('one');
const two = userAssigned('two');
const both = { system: false, userAssigned: [one, two] };

describe('PATCH of a VM', () => {
  it('turns the system identity on, shows it at once and ends later, with another etag', async () => {
    const { manager, call } = machinesWith([{ name: 'vm-a' }]);
    const before = await call('GET', vmId('vm-a'));
    expect(before.json).not.toHaveProperty('identity');
    const patched = await call('PATCH', vmId('vm-a'), systemAssigned);
    expect(patched.status).toBe(200);
    expect(patched.json).toMatchObject({
      identity: { type: 'SystemAssigned', tenantId: '22222222-2222-4222-8222-222222222222' },
      properties: { provisioningState: 'Updating' },
    });
    expect([before.json['etag'], patched.json['etag']]).toEqual(['"1"', '"2"']);
    const poll = String(patched.headers['azure-asyncoperation']);
    expect(poll).toContain('/providers/Microsoft.Compute/locations/westeurope/operations/');
    expect((await call('GET', poll)).json).toMatchObject({ status: 'InProgress' });
    await time.pass(10_000);
    expect((await call('GET', poll)).json).toEqual({
      startTime: '2026-01-01T10:00:00.0000000+00:00',
      endTime: '2026-01-01T10:00:10.0000000+00:00',
      status: 'Succeeded',
      name: new URL(poll).pathname.split('/').at(-1),
    });
    const after = await call('GET', vmId('vm-a'));
    expect(after.json).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
    expect(after.headers['etag']).toBe('"2"');
    expect(manager.writeLog.records).toMatchObject([
      {
        method: 'PATCH',
        path: vmId('vm-a'),
        outcome: 'succeeded',
        effectiveAt: '2026-01-01T10:00:10.000Z',
        before: { identity: null },
        after: { identity: { type: 'SystemAssigned' } },
      },
    ]);
  });

  it('works on a VM that is off', async () => {
    const { manager, call } = machinesWith([{ name: 'vm-a', powerState: 'deallocated' }]);
    await call('PATCH', vmId('vm-a'), systemAssigned);
    await time.pass(10_000);
    expect(manager.estate.vms.get(vmId('vm-a').toLowerCase())).toMatchObject({
      identity: { system: true },
      powerState: 'deallocated',
    });
  });

  const identities: [what: string, sent: Record<string, unknown>, left: unknown][] = [
    ['drops those that are not sent', { type: 'SystemAssigned' }, [true, []]],
    [
      'keeps what is sent and no more',
      { type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { [two]: {} } },
      [true, [two]],
    ],
    [
      'keeps all that are sent, whatever the blanks',
      { type: 'systemassigned,userassigned', userAssignedIdentities: { [one]: {}, [two]: {} } },
      [true, [one, two]],
    ],
    [
      'drops one by null',
      { type: 'UserAssigned', userAssignedIdentities: { [one]: null, [two]: {} } },
      [false, [two]],
    ],
    ['drops all', { type: 'None' }, undefined],
  ];
  it.each(identities)('%s', async (_what, identity, left) => {
    const { manager, call } = machinesWith([{ name: 'vm-a', identity: both }]);
    expect((await call('PATCH', vmId('vm-a'), { identity })).status).toBe(200);
    await time.pass(10_000);
    const now = manager.estate.vms.get(vmId('vm-a').toLowerCase())?.identity;
    expect(now && [now.system, now.userAssigned]).toEqual(left);
  });

  const refusals: [what: string, body: unknown, status: number, code: string][] = [
    ['no body', undefined, 400, 'InvalidRequestContent'],
    ['an unknown type', { identity: { type: 'Assigned' } }, 400, 'InvalidRequestContent'],
    ['no type', { identity: {} }, 400, 'InvalidRequestContent'],
    [
      'UserAssigned without any',
      { identity: { type: 'UserAssigned' } },
      400,
      'InvalidIdentityValues',
    ],
    [
      'one that the type does not name',
      { identity: { type: 'SystemAssigned', userAssignedIdentities: { [one]: {} } } },
      400,
      'InvalidIdentityValues',
    ],
    [
      'an id that is none',
      { identity: { type: 'UserAssigned', userAssignedIdentities: { mine: {} } } },
      400,
      'FailedIdentityOperation',
    ],
    ['tags that are no texts', { tags: { a: 1 } }, 400, 'InvalidRequestContent'],
    ['what is not imitated', { properties: { priority: 'Spot' } }, 501, 'NotImplemented'],
  ];
  it.each(refusals)('refuses %s', async (_what, body, status, code) => {
    const { manager, call } = machinesWith([{ name: 'vm-a', identity: both }]);
    const refused = await call('PATCH', vmId('vm-a'), body);
    expect([refused.status, refused.json['error']]).toMatchObject([status, { code }]);
    await time.pass(10_000);
    expect(manager.estate.vms.get(vmId('vm-a').toLowerCase())?.identity).toEqual(both);
    expect(manager.writeLog.records).toMatchObject([{ status, code }]);
  });

  it('goes by If-Match: 412 for another state, and the state of the answer is the next', async () => {
    const { call } = machinesWith([{ name: 'vm-a' }]);
    const patch = (etag: string) =>
      call('PATCH', vmId('vm-a'), { tags: { at: etag } }, { 'if-match': etag });
    expect(await patch('"7"')).toMatchObject({
      status: 412,
      json: { error: { code: 'PreconditionFailed' } },
    });
    expect((await patch('"1"')).status).toBe(200);
    await time.pass(10_000);
    expect((await patch('"1"')).status).toBe(412);
    expect((await patch('"2"')).status).toBe(200);
    await time.pass(10_000);
    expect((await call('GET', vmId('vm-a'))).json).toMatchObject({ tags: { at: '"2"' } });
  });

  it('has another etag when somebody else has changed the VM, not when it was stopped', async () => {
    const { manager, call } = machinesWith([{ name: 'vm-a' }]);
    manager.estate.setPowerState(vmId('vm-a'), 'stopped');
    expect((await call('GET', vmId('vm-a'))).json['etag']).toBe('"1"');
    const vm = manager.estate.vms.get(vmId('vm-a').toLowerCase());
    if (vm !== undefined) manager.estate.setVm({ ...vm, tags: { by: 'others' } });
    expect((await call('GET', vmId('vm-a'))).json['etag']).toBe('"2"');
  });

  it('is refused while another operation runs on the VM, and for a VM that is not there', async () => {
    const { call } = machinesWith([{ name: 'vm-a' }]);
    await call('PATCH', vmId('vm-a'), systemAssigned);
    const second = await call('PATCH', vmId('vm-a'), { tags: {} });
    expect(second).toMatchObject({ status: 409, json: { error: { code: 'Conflict' } } });
    const missing = await call('PATCH', vmId('vm-b'), systemAssigned);
    expect(missing).toMatchObject({ status: 404, json: { error: { code: 'ResourceNotFound' } } });
  });

  it('wants the right to assign each identity that it sends, those that are there too', async () => {
    const principalId = callers['nobody']?.objectId ?? '';
    const scope = `/subscriptions/${subscriptionId}`;
    const grant = (guid: string, place = scope) => ({
      principalId,
      roleDefinitionGuid: `0f0f0f0f-0000-4000-8000-00000000000${guid}`,
      scope: place,
    });
    const { manager } = machinesWith([{ name: 'vm-a', identity: both }], {
      roleSource: rolesOf([grant('a'), grant('b', one.toLowerCase())]),
    });
    const define = (guid: string, action: string): void => {
      const { roleDefinitionGuid } = grant(guid);
      manager.defineRole({
        guid: roleDefinitionGuid,
        name: guid,
        actions: [action],
        notActions: [],
      });
    };
    define('a', 'Microsoft.Compute/virtualMachines/write');
    define('b', 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action');
    const call = clientOf(manager, 'nobody');
    const send = (...ids: string[]) =>
      call('PATCH', vmId('vm-a'), {
        identity: {
          type: 'SystemAssigned, UserAssigned',
          userAssignedIdentities: Object.fromEntries(ids.map((id) => [id, {}])),
        },
      });
    const refused = await send(one, two);
    expect(refused).toMatchObject({
      status: 403,
      json: { error: { code: 'LinkedAuthorizationFailed' } },
    });
    expect(refused.body).toContain(two);
    expect(refused.body).not.toContain(`${one},`);
    expect((await send(one)).status).toBe(200);
  });

  it('ends as a fault wants: taken back, or carried out although it is told to have failed', async () => {
    for (const lands of [false, true]) {
      const { manager, call } = machinesWith([{ name: 'vm-a' }]);
      const error = { code: 'InternalExecutionError', message: 'An internal error occurred.' };
      manager.faults.add({
        when: ({ method }) => method === 'PATCH',
        operation: { status: 'Failed', error, lands },
      });
      const { headers } = await call('PATCH', vmId('vm-a'), systemAssigned);
      await time.pass(10_000);
      const poll = await call('GET', String(headers['azure-asyncoperation']));
      expect(poll.json).toMatchObject({ status: 'Failed', error });
      const { json } = await call('GET', vmId('vm-a'));
      expect('identity' in json).toBe(lands);
      expect(manager.writeLog.records).toMatchObject([{ outcome: 'failed', code: error.code }]);
    }
  });
});
