import { resourceId, vmId } from '../../../../local/estate';
import { loginExtension } from '../../../../local/estateConnect';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { estateOf } from '../../../../local/estate';
import { fixture } from './harness';
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

type Plan = Partial<Parameters<typeof readyFor>[1]>;
type Body = { error?: { code: string; message: string } };
const samples = (fixture('errors/errors.json') as { errors: { body: Body }[] }).errors.flatMap(
  ({ body }) => body.error ?? [],
);

/** A text without what differs from machine to machine: versions, paths, names. */
function shape(text: string): string {
  return text
    .replaceAll(/\d+\.\d+\.\d+(?:\.\d+)?/g, 'V')
    .replaceAll(/Command .* has exited/g, 'Command … has exited')
    .replaceAll(/extension 'AADLogin'/g, `extension '${windowsLogin}'`)
    .replaceAll("VM 'vm1'", "VM 'vm-a'");
}

const silent = /has not reported status/;
const minuteMs = 60_000;

/** How an install ends, and after how long. */
async function outcome(vm: Plan, body: unknown = loginBody(), name = windowsLogin) {
  const { manager, call } = machinesWith([readyFor('vm-a', vm)]);
  const put = await call('PUT', extensionId('vm-a', name), body);
  expect(put.status).toBe(201);
  const startMs = time.now();
  const record = manager.writeLog.records[0];
  await time.passUntil(() => record?.outcome !== undefined, 120 * minuteMs);
  const poll = await call('GET', String(put.headers['azure-asyncoperation']));
  const seen = await call('GET', `${vmId('vm-a')}?$expand=instanceView`);
  const error = poll.json['error'] as Body['error'];
  return { manager, call, poll: poll.json, error, seen: seen.json, afterMs: time.now() - startMs };
}

describe('an install that fails', () => {
  const none = { identity: { system: false, userAssigned: [] } };
  const old = { ...loginExtension('Linux'), name: 'AADLoginForLinux', type: 'AADLoginForLinux' };
  const linux: Plan = { osType: 'Linux' };
  const putLinux = loginBody(linuxLogin);
  const noMdm = loginBody(windowsLogin, { settings: { mdmid: '' } });
  const rows: [what: string, vm: Plan, body: unknown, text: RegExp, known: boolean][] = [
    ['without a system identity', none, loginBody(), /'1007'.*-2145648574/, true],
    ['on an old Windows', { osVersion: '10.0.14393.0' }, loginBody(), /Exit code: 51/, true],
    ['with settings without mdmId', {}, noMdm, /'mdmId' setting was not found/, true],
    ['in a domain', { guest: { joined: 'Domain' } }, loginBody(), /join state/, false],
    ['by plan: no tenant', { guest: { login: 'noTenant' } }, loginBody(), /-2145648574/, true],
    ['by plan: no discovery', { guest: { login: 'discovery' } }, loginBody(), /-2145648607/, true],
    [
      'by plan: refused',
      { guest: { login: 'invalidParameter' } },
      loginBody(),
      /-2145648639/,
      false,
    ],
    ['by plan: a taken name', { guest: { login: 'hostNameTaken' } }, loginBody(), /hostname/, true],
    ['for Windows on Linux', linux, loginBody(), /Exit code: 51/, true],
    ['Linux without identity', { ...linux, ...none }, putLinux, /code: 22,/, false],
    ['Linux beside the old one', { ...linux, extensions: [old] }, putLinux, /code: 23,/, false],
    [
      'an unknown Linux',
      { ...linux, osName: 'flatcar', osVersion: '3815' },
      putLinux,
      /exit code: 51,/,
      true,
    ],
    ['an old Ubuntu', { ...linux, osVersion: '14.04' }, putLinux, /exit code: 51,/, true],
    [
      'Linux by plan',
      { ...linux, guest: { login: 'packageManager' } },
      putLinux,
      /exit code: 51,/,
      true,
    ],
  ];
  it.each(rows)('%s', async (_what, vm, body, text, known) => {
    const name = body === putLinux ? linuxLogin : windowsLogin;
    const { manager, poll, error, seen, afterMs } = await outcome(vm, body, name);
    expect(poll['status']).toBe('Failed');
    expect(error?.message).toMatch(text);
    if (known)
      expect(samples.map(({ message }) => shape(message))).toContain(shape(error?.message ?? ''));
    expect(afterMs).toBe(120_000);
    expect(seen).toMatchObject({
      properties: {
        provisioningState: 'Failed',
        instanceView: {
          statuses: [
            { code: `ProvisioningState/failed/${error?.code}`, message: error?.message },
            { code: 'PowerState/running' },
          ],
        },
      },
    });
    const extension = (seen['resources'] as { name: string; properties: object }[]).at(-1);
    expect(extension).toMatchObject({ name, properties: { provisioningState: 'Failed' } });
    expect(manager.writeLog.records).toMatchObject([
      { status: 201, outcome: 'failed', code: error?.code, after: { provisioningState: 'Failed' } },
    ]);
  });

  it('never ends: after 90 minutes it is given up, and its handler has said nothing', async () => {
    const { error, afterMs, seen } = await outcome({ guest: { login: 'neverEnds' } });
    expect(samples).toContainEqual(error);
    expect([error?.code, afterMs]).toEqual(['VMExtensionProvisioningTimeout', 90 * minuteMs]);
    expect(seen).toMatchObject({
      properties: { instanceView: { extensions: [{ statuses: [] }] } },
    });
  });

  it.each([
    ['an agent that was silent from the beginning', { agent: 'notReady' }],
    ['an agent that falls silent', { guest: { login: 'agentSilent' } }],
  ] as const)('%s', async (_what, vm) => {
    const { error, afterMs } = await outcome(vm);
    expect(error?.message).toMatch(silent);
    expect(samples.map(({ message }) => shape(message))).toContain(error?.message);
    expect(afterMs).toBe(20 * minuteMs);
  });

  it('is overtaken: the VM is stopped, deleted or made anew while it runs', async () => {
    const acts = ['stop', 'delete', 'replace'] as const;
    for (const act of acts) {
      const { manager, call } = machinesWith([readyFor('vm-a')]);
      const { headers } = await call('PUT', extensionId('vm-a'), loginBody());
      const vm = manager.estate.vms.get(vmId('vm-a').toLowerCase());
      if (vm === undefined) throw new Error('The VM is gone before its time.');
      if (act === 'stop') manager.estate.setPowerState(vm.id, 'deallocated');
      if (act === 'delete') manager.estate.removeVm(vm.id);
      const { extensions: _none, ...anew } = vm;
      if (act === 'replace')
        manager.estate.setVm({ ...anew, vmId: 'ffffffff-0000-4000-8000-00000000000f' });
      const poll = await call('GET', String(headers['azure-asyncoperation']));
      expect(poll.json).toMatchObject({ status: 'Failed', error: { code: 'OperationPreempted' } });
      expect(manager.writeLog.records).toMatchObject([{ outcome: 'failed' }]);
      const now = manager.estate.vms.get(vmId('vm-a').toLowerCase());
      expect(now?.extensions?.map(({ provisioningState }) => provisioningState)).toEqual(
        act === 'stop' ? ['Failed'] : undefined,
      );
      await time.pass(10 * minuteMs);
      expect(manager.writeLog.records).toHaveLength(1);
    }
  });

  it('again once its cause is gone: the identity is there on the second try', async () => {
    const { manager, call } = await outcome(none);
    await call('PATCH', vmId('vm-a'), { identity: { type: 'SystemAssigned' } });
    await time.pass(10_000);
    await call('PUT', extensionId('vm-a'), loginBody());
    await time.pass(120_000);
    expect(manager.writeLog.records.map((record) => record.outcome)).toEqual([
      'failed',
      'succeeded',
      'succeeded',
    ]);
  });
});

describe('a Windows machine that has the extension', () => {
  it('is a device: a second machine of its host name is refused by the directory', async () => {
    const { call } = machinesWith([
      readyFor('vm-a', { computerName: 'HOST' }),
      readyFor('vm-b', { computerName: 'host' }),
      readyFor('vm-c', { osType: 'Linux', computerName: 'host' }),
    ]);
    const end = async (vm: string, type = windowsLogin): Promise<unknown> => {
      const put = await call('PUT', extensionId(vm, type), loginBody(type));
      await time.pass(120_000);
      return (await call('GET', String(put.headers['azure-asyncoperation']))).json['status'];
    };
    expect([await end('vm-a'), await end('vm-b'), await end('vm-c', linuxLogin)]).toEqual([
      'Succeeded',
      'Failed',
      'Succeeded',
    ]);
  });

  it('stays a device when it is deleted: a new one of its name has the name taken', async () => {
    const { manager, call } = machinesWith([
      readyFor('vm-a', { extensions: [loginExtension('Windows')] }),
    ]);
    const vm = manager.estate.vms.get(vmId('vm-a').toLowerCase());
    if (vm === undefined) throw new Error('The VM is not there.');
    const { extensions: _none, ...anew } = vm;
    manager.estate.removeVm(vm.id);
    manager.estate.setVm({ ...anew, vmId: 'ffffffff-0000-4000-8000-00000000000f' });
    const put = await call('PUT', extensionId('vm-a'), loginBody());
    await time.pass(120_000);
    const poll = await call('GET', String(put.headers['azure-asyncoperation']));
    expect(poll.body).toContain('already used by another device');
  });
});

describe('the way out of a machine', () => {
  const natGatewayId = resourceId('rg-net', 'Microsoft.Network', 'natGateways', 'nat-1');
  const closed = { defaultOutboundAccess: false };
  const rows = [
    ['by default', {}, {}, 'Succeeded'],
    ['none', {}, closed, 'Failed'],
    ['a public address', { publicIpId: '/ip' }, closed, 'Succeeded'],
    ['a load balancer', { loadBalanced: true }, closed, 'Succeeded'],
    ['a NAT gateway', {}, { ...closed, natGatewayId }, 'Succeeded'],
    ['a route', {}, { ...closed, routeTableId: '/routes' }, 'Succeeded'],
  ] as const;
  it.each(rows)('%s', async (_what, nic, subnet, status) => {
    const estate = estateOf({
      vms: [readyFor('vm-a', { nics: [nic] })],
      subnetWays: { 'snet-app': subnet },
    });
    const { call } = machinesWith([], { estate });
    const put = await call('PUT', extensionId('vm-a'), loginBody());
    await time.pass(120_000);
    const poll = await call('GET', String(put.headers['azure-asyncoperation']));
    expect(poll.json['status']).toBe(status);
    if (status === 'Failed') expect(poll.body).toContain('-2145648607');
  });
});

describe('times', () => {
  it('depend on seed, VM and turn alone, and are log-normal around two minutes', async () => {
    const names = Array.from({ length: 400 }, (_item, at) => `vm-${at}`);
    const latency = {};
    const run = async (machineSeed: number, order: string[]) => {
      const { manager, call } = machinesWith(
        names.map((name) => readyFor(name)),
        {
          latency,
          machineSeed,
          isThrottled: false,
        },
      );
      for (const name of order) await call('PUT', extensionId(name), loginBody());
      const startMs = time.now();
      await time.pass(30 * minuteMs);
      const times = new Map(
        manager.writeLog.records.map(({ path, effectiveAt = '' }) => [
          path,
          Date.parse(effectiveAt) - startMs,
        ]),
      );
      return names.map((name) => times.get(extensionId(name)) ?? Number.NaN);
    };
    const first = await run(1, names);
    expect(await run(1, names.toReversed())).toEqual(first);
    expect(await run(2, names)).not.toEqual(first);
    const sorted = first.toSorted((one, other) => one - other);
    // Median 120 s and sigma 0.35: half within ± 24 %, and 99 % below 120 s · e^(0.35 · 2.33).
    expect(Math.abs((sorted[200] ?? 0) - 120_000)).toBeLessThan(10_000);
    expect(sorted[395]).toBeLessThan(290_000);
    expect(sorted[395]).toBeGreaterThan(200_000);
  });
});
