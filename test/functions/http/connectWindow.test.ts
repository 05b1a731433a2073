import type { ConnectView } from '../../../shared/contract/connectView';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import { apiOf, type Answer } from '../../support/callApi';
import { linuxVm, windowsVm } from '../../support/connecting';
import { faultOf, group, instanceOf, vmRow } from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { activated, look, windows } from '../../support/intakeStories';

const vmIdOf = (name: string) => vmRow(name).vmId;
const asWindows = (name: string) =>
  windowsVm({ vmId: vmIdOf(name), vmGuid: `guid-of-${name}` }, name);
const userLogin = 'fb879df8-f326-4884-b1cf-06f3ad86be52';

describe('GET /api/windows/{id}/connect', () => {
  it('tells what to type, and asks the index once', async () => {
    const world = await granted();
    const { status, headers, view } = await help(world);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-store' });
    const [row] = await windows(world);
    expect(view).toMatchObject({
      window: row?.id,
      phase: 'planned',
      until: new Date(row?.wantedUntil ?? 0).toISOString(),
      closingBegins: new Date((row?.wantedUntil ?? 0) - 40_000).toISOString(),
      sessions: expect.stringContaining('established'),
      ports: ['tcp/22', 'tcp/3389'],
      missing: [{ code: 'windowNotOpenYet' }],
      self: `/api/windows/${row?.id}/connect`,
      vms: [
        {
          name: 'vm-1',
          login: 'administrator',
          os: { family: 'windows', entraLogin: 'older' },
          rdp: { fileName: 'VM-1.rdp', find: expect.stringContaining('hosts file') },
          missing: [],
        },
      ],
    });
    expect(asked(world)).toEqual(['connect facts']);
  });

  it('asks for the roles of the person where the window does not tell', async () => {
    const world = await granted();
    await asReader(world);
    expect(codes((await help(world)).view)).toEqual(['loginRoleMissing']);
    expect(asked(world).toSorted()).toEqual([
      `active ${subscription()}`,
      'connect facts',
      `instances ${subscription()}`,
    ]);
    world.instances = [instanceOf({ roleDefinitionGuid: userLogin })];
    const { view } = await help(world);
    expect([codes(view), view?.vms[0]?.login]).toEqual([[], 'user']);
  });

  it.each(['throttled', 'unavailable', 'denied'] as const)(
    'says what is unknown when an answer is %s, and gives the lines that hold all the same',
    async (kind) => {
      const world = await granted([linuxVm({ vmId: vmIdOf('vm-1'), vmGuid: 'guid-of-vm-1' })]);
      const lines = (await help(world)).view?.vms[0]?.lines.map(({ line }) => line);
      world.faults.push(faultOf(kind));
      const { status, view } = await help(world);
      expect([status, codes(view)]).toEqual([200, ['factsUnknown']]);
      expect(view?.vms[0]?.lines.map(({ line }) => line)).toEqual(lines);
      expect(lines?.length).toBe(3);
    },
  );

  it('is not kept from the other VMs by an id that is none', async () => {
    const world = await granted();
    const [row] = await windows(world);
    if (row === undefined) throw new Error('There is no window.');
    const [first] = row.grant.targets;
    const strange = { ...first, vmId: "/x'; id; '", name: '$(id)' } as never;
    await change(world, { grant: { ...row.grant, targets: [...row.grant.targets, strange] } });
    const { view } = await help(world);
    expect(codes(view)).toEqual([]);
    expect(view?.vms[1]).toMatchObject({ lines: [], missing: [{ code: 'strangeId' }] });
  });

  it('says that roles are unknown when they cannot be asked', async () => {
    const world = await granted();
    await asReader(world);
    Object.assign(world.directory, {
      listInstances: async () => {
        throw faultOf('unavailable');
      },
    });
    const { view } = await help(world);
    expect([codes(view), view?.vms[0]?.login]).toEqual([['loginRoleUnknown'], 'unknown']);
  });

  it('asks nothing while closes may need the requests', async () => {
    const world = await granted();
    await asReader(world);
    Object.assign(world, {
      budget: { ...world.budget, queryPauseMs: () => 1_000, pauseMs: () => 1_000 },
    });
    expect(codes((await help(world)).view)).toEqual(['factsUnknown', 'loginRoleUnknown']);
    expect(asked(world)).toEqual([]);
  });

  it.each<[string, Partial<WindowRow>]>([
    ['closed', { wish: 'closed', closeReason: 'expired', concludedAt: 1 }],
    ['refused', { closeReason: 'planFailed', wish: 'closed', concludedAt: 1 }],
  ])('of a %s window tells that, and asks nothing', async (phase, changes) => {
    const world = await granted();
    await change(world, changes);
    const { status, view } = await help(world);
    expect([status, view?.phase, view?.vms]).toEqual([200, phase, []]);
    expect(view?.missing.map(({ code }) => code)).toEqual([
      phase === 'closed' ? 'windowClosed' : 'windowRefused',
    ]);
    expect(asked(world)).toEqual([]);
  });

  it('narrows to one VM by name or id, in any case', async () => {
    const world = await granted([asWindows('vm-1'), asWindows('vm-2')]);
    for (const vm of ['vm-2', 'VM-2', encodeURIComponent(vmIdOf('vm-2').toUpperCase())]) {
      expect((await help(world, `?vm=${vm}`)).view?.vms.map(({ name }) => name)).toEqual(['vm-2']);
    }
    expect((await help(world)).view?.vms).toHaveLength(2);
    expect(await ask('connectWindow', world, '?vm=vm-3')).toMatchObject({
      status: 404,
      body: { code: 'notFound' },
    });
  });

  it.each(['?x=1', '?vm=a&vm=b', '?VM=vm-1'])('does not understand %s', async (query) => {
    const world = await granted();
    expect(await ask('connectWindow', world, query)).toMatchObject({
      status: 400,
      body: { code: 'badQuery' },
    });
    expect(asked(world)).toEqual([]);
  });

  it.each(['', 'x', 'a'.repeat(20), '../x', "a'b"])('knows no window %j', async (id) => {
    const world = await granted();
    for (const door of ['connectWindow', 'connectRdp']) {
      expect(await ask(door, world, '', id)).toMatchObject({
        status: 404,
        body: { code: 'notFound' },
      });
    }
  });

  it('says when the ledger cannot be reached', async () => {
    const world = await granted();
    const get = async (): Promise<never> => {
      throw faultOf('unavailable');
    };
    const broken = {
      ...world,
      ledger: { ...world.ledger, windows: { ...world.ledger.windows, get } },
    };
    expect(await ask('connectWindow', broken)).toMatchObject({
      status: 503,
      body: { code: 'unavailable' },
    });
  });

  it('gives the same answer twice, and a bug is not told as something unknown', async () => {
    const world = await granted();
    expect((await help(world)).view).toEqual((await help(world)).view);
    Object.assign(world.inventory, {
      readConnectFacts: async () => {
        throw new TypeError('ours');
      },
    });
    await expect(help(world)).rejects.toThrow('ours');
  });
});

describe('GET /api/windows/{id}/connect.rdp', () => {
  it('is the file, to be saved under the name of the host', async () => {
    const world = await granted();
    const { status, headers, text: body } = await ask('connectRdp', world);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/x-rdp; charset=utf-8',
      'content-disposition': 'attachment; filename="VM-1.rdp"',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(body).toMatch(/^full address:s:VM-1\r\nenablerdsaadauth:i:1\r\n/);
  });

  it('wants to know which, where there are several VMs', async () => {
    const world = await granted([asWindows('vm-1'), asWindows('vm-2')]);
    expect(await ask('connectRdp', world)).toMatchObject({ status: 400 });
    const { headers } = await ask('connectRdp', world, '?vm=vm-2');
    expect(headers).toMatchObject({ 'content-disposition': 'attachment; filename="VM-2.rdp"' });
  });

  it.each([
    [linuxVm({ vmId: vmIdOf('vm-1'), vmGuid: 'guid-of-vm-1' }), 'not open yet'],
    [{ ...asWindows('vm-1'), computerName: 'a\r\nfull address:s:evil' }, 'host name'],
    [{ ...asWindows('vm-1'), computerName: '"; x="' }, 'host name'],
    [{ ...asWindows('vm-1'), computerName: 'x'.repeat(10_000) }, 'host name'],
  ])('is refused with what is missing, %#', async (machine, why) => {
    const world = await granted([machine]);
    const { status, body: jsonBody } = await ask('connectRdp', world);
    expect(status).toBe(409);
    expect(jsonBody).toMatchObject({ code: 'noRdpFile', detail: expect.stringContaining(why) });
    expect(JSON.stringify(jsonBody)).not.toContain('evil');
  });

  it('is refused for a window that is over', async () => {
    const world = await granted();
    await change(world, { wish: 'closed', closeReason: 'expired', concludedAt: 1 });
    expect(await ask('connectRdp', world)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('closed') },
    });
  });
});

// Helpers

/** A window is granted for the machines that the index knows. */
async function granted(machines = [asWindows('vm-1')]): Promise<IntakeWorld> {
  const world = await activated();
  world.vms = machines.map(({ vmId }) => vmRow(vmId.slice(vmId.lastIndexOf('/') + 1)));
  world.connectFacts = { machines, bastions: [] };
  await world.run(look);
  world.reads.length = 0;
  return world;
}

/** The window was opened by a role that lets nobody sign in. */
async function asReader(world: IntakeWorld): Promise<void> {
  const [row] = await windows(world);
  if (row?.grant.origin.kind !== 'activation') throw new Error('There is no window.');
  const origin = {
    ...row.grant.origin,
    roleDefinitionGuid: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  };
  await change(world, { grant: { ...row.grant, origin } });
  world.instances = [];
}

async function change(world: IntakeWorld, changes: Partial<WindowRow>): Promise<void> {
  const [stored] = await world.ledger.windows.list();
  if (stored === undefined) throw new Error('There is no window.');
  await world.ledger.windows.replace({ ...stored.row, ...changes }, stored.etag);
}

async function ask(door: string, world: IntakeWorld, query = '', id?: string): Promise<Answer> {
  const known = id ?? (await world.ledger.windows.list())[0]?.row.id ?? '';
  return apiOf(world, world.starter).call(door, { id: known, query });
}

async function help(world: IntakeWorld, query = '') {
  const { status, headers, body } = await ask('connectWindow', world, query);
  return { status, headers, view: body as unknown as ConnectView | undefined };
}

function codes(view: ConnectView | undefined): string[] {
  return (view?.vms[0]?.missing ?? []).map(({ code }) => code);
}

function asked(world: IntakeWorld): string[] {
  return world.reads;
}

function subscription(): string {
  return group.slice(0, group.indexOf('/resourceGroups'));
}
