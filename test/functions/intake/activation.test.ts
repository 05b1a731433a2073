import { intakeIdOf } from '../../../shared/domain/identity';
import {
  look,
  vpn,
  activated,
  openingOf,
  windows,
  live,
  refusals,
  nothing,
} from '../../support/intakeStories';
import {
  assignmentId,
  assignmentOf,
  begin,
  createIntakeWorld,
  instanceOf,
  policyWithRule,
  subscription,
  vmRow,
} from '../../support/intakeWorld';
import { requestEvent, writeEvent } from '../../support/events';

describe('an activation', () => {
  it('becomes a window row whose sleeper is started', async () => {
    const world = await activated();
    expect(await world.run(look)).toBe('granted');
    const rows = await windows(world);
    expect(rows).toMatchObject([
      {
        wish: 'open',
        concludedAt: null,
        placements: [],
        plans: 0,
        wantedUntil: world.at + 3 * 3_600_000,
        grant: {
          policyRule: 'operators',
          policyVersion: 'v1',
          reason: 'Patch vm-app-01',
          ticket: 'INC0012345',
          person: { name: 'Ada Example' },
          source: { prefixes: ['203.0.113.10/32'], wonBy: 'address of the activation request' },
          targets: [{ name: 'vm-1' }],
        },
      },
    ]);
    const id = rows[0]?.id;
    expect(world.starts.at(-1)).toMatchObject({ name: 'accessWindow', instanceId: id });
    expect((await live(world)).map((row) => row.id)).toEqual([id]);
  });

  it('is waited for while it is listed late', async () => {
    const world = await activated();
    const { instances } = world;
    world.instances = [];
    for (let turn = 0; turn < 4; turn++) {
      const next = await world.advance(look);
      expect(next.done).toBe(false);
      if (!next.done) world.at = Date.parse(next.nextLook);
    }
    world.instances = instances;
    expect(await world.run(look)).toBe('granted');
  });

  it('is none after about a minute without being listed', async () => {
    const world = await activated();
    world.instances = [];
    expect(await world.run(look)).toBe('notAnActivation');
    expect(world.at - begin).toBeGreaterThanOrEqual(55_000);
    expect(world.at - begin).toBeLessThan(90_000);
    expect(await nothing(world)).toBe(true);
  });

  const others = [
    ['assigned by an administrator', { assignmentType: 'Assigned' }],
    ['of the same name at another scope', { scope: subscription }],
    ['of another person', { principalId: '77777777-7777-4777-8777-777777777777' }],
    ['of another role', { roleDefinitionGuid: 'fb879df8-f326-4884-b1cf-06f3ad86be52' }],
    ['of another assignment', { originRoleAssignmentId: assignmentId('7'.repeat(8)) }],
  ] as const;

  it.each(others)('is not one that is %s', async (_how, changes) => {
    const world = await activated();
    world.instances = [instanceOf(changes)];
    expect(await world.run(look)).toBe('notAnActivation');
    expect(await nothing(world)).toBe(true);
  });

  it('opens nothing when its event comes three hours late and it is over', async () => {
    const world = createIntakeWorld();
    world.activate({ endAt: begin + 3_600_000 });
    world.at = begin + 3 * 3_600_000;
    await world.receive(writeEvent());
    expect(await world.run(look)).toBe('activationOver');
    expect(await nothing(world)).toBe(true);
  });

  it('opens for what is left of it when its event comes three hours late', async () => {
    const world = createIntakeWorld();
    world.activate();
    world.at = begin + 3 * 3_600_000;
    await world.receive(requestEvent());
    await world.receive(writeEvent());
    expect(await world.run(look)).toBe('granted');
    expect((await windows(world))[0]?.wantedUntil).toBe(begin + 4 * 3_600_000);
  });

  it('is waited for when it begins in a moment', async () => {
    const world = await activated();
    world.instances = [instanceOf({ startAt: begin + 90_000 })];
    expect(await world.run(look)).toBe('granted');
    expect(world.at).toBeGreaterThanOrEqual(begin + 90_000);
  });

  it('is left to an event of its own when it begins tomorrow', async () => {
    const world = await activated();
    world.instances = [instanceOf({ startAt: begin + 86_400_000 })];
    expect(await world.run(look)).toBe('startsLater');
    expect(await nothing(world)).toBe(true);
  });

  it('that waits for approval opens nothing: its request is only remembered', async () => {
    const world = createIntakeWorld();
    await world.receive(requestEvent());
    expect(world.starts).toEqual([]);
    expect(await nothing(world)).toBe(true);
  });

  it('covers the scope it was narrowed to, not the one it was eligible for', async () => {
    const vm = vmRow('vm-1').vmId;
    const world = await activated();
    world.assignments = [assignmentOf({ scope: vm })];
    world.instances = [instanceOf({ scope: vm })];
    world.opening = openingOf(policyWithRule({ sources: vpn }));
    expect(await world.run(look)).toBe('granted');
    expect(world.reads).toContain(`targets ${vm}`);
    expect((await windows(world))[0]?.grant.origin).toMatchObject({ scope: vm });
  });

  it('gets a window of its own when it is made again under the same name', async () => {
    const world = await activated();
    await world.run(look);
    world.at += 3_600_000;
    const startAt = world.at - 2_000;
    world.activate({ startAt, endAt: world.at + 7_200_000 });
    const opening = openingOf(policyWithRule({ sources: vpn }));
    world.opening = opening;
    await world.receive(writeEvent({ id: 'second' }));
    expect(await world.run(intakeIdOf('second'))).toBe('granted');
    expect(new Set((await windows(world)).map(({ id }) => id)).size).toBe(2);
  });

  it('keeps its one window when two events tell of it', async () => {
    const world = await activated();
    await world.run(look);
    await world.receive(writeEvent({ id: 'second' }));
    expect(await world.run(intakeIdOf('second'))).toBe('sameWindow');
    expect((await windows(world)).length).toBe(1);
  });

  it('of a group or an app opens nothing, with the reason', async () => {
    for (const principalType of ['Group', 'ServicePrincipal', 'ForeignGroup', '']) {
      const world = await activated();
      world.assignments = [assignmentOf({ principalType })];
      expect(await world.run(look)).toBe('notAUser');
      expect(world.lines.filter(({ event }) => event === 'intake.refused')).toMatchObject([
        { fields: { refusal: 'notAUser', next: expect.stringContaining('person') } },
      ]);
      expect(await nothing(world)).toBe(true);
    }
  });

  it('without an end is refused', async () => {
    const world = await activated();
    world.instances = [instanceOf({ endAt: null })];
    expect(await world.run(look)).toBe('refused');
    expect(await refusals(world)).toEqual(['noEnd']);
    expect(await live(world)).toEqual([]);
  });

  it('of a role that no rule names costs one read', async () => {
    const world = await activated();
    world.assignments = [
      assignmentOf({ roleDefinitionGuid: 'acdd72a7-3385-48ef-bd42-f606fba81ae7' }),
    ];
    expect(await world.run(look)).toBe('roleNotAllowed');
    expect(world.reads.length).toBe(1);
    expect(await nothing(world)).toBe(true);
  });

  it('at the root of the tenant is refused before anything is listed', async () => {
    const world = await activated();
    world.assignments = [assignmentOf({ scope: '/' })];
    expect(await world.run(look)).toBe('scopeNotAllowed');
    expect(world.reads.length).toBe(1);
  });

  it('on a thousand VMs is refused whole, with how to narrow it', async () => {
    const world = await activated();
    world.vms = Array.from({ length: 1_000 }, (_, at) => vmRow(`vm-${at}`));
    expect(await world.run(look)).toBe('refused');
    const [row] = await windows(world);
    expect(row).toMatchObject({
      wish: 'closed',
      closeReason: 'neverOpened',
      placements: [],
      refusals: [{ vmId: '', code: 'tooBroad', next: expect.stringContaining('narrow') }],
    });
    expect(world.starts.filter(({ name }) => name === 'accessWindow')).toEqual([]);
  });

  it('says which VMs it leaves out, and opens the rest', async () => {
    const world = await activated();
    world.vms = [
      vmRow('vm-1'),
      vmRow('vm-2', { tags: {} }),
      vmRow('vm-3', { nicId: '', privateIp: '' }),
      vmRow('vm-4', { privateIp: 'fd00::4' }),
      vmRow('vm-5', { powerState: 'PowerState/deallocated' }),
    ];
    expect(await world.run(look)).toBe('granted');
    const [row] = await windows(world);
    expect(row?.grant.targets.map(({ name, powerState }) => [name, powerState])).toEqual([
      ['vm-1', 'PowerState/running'],
      ['vm-5', 'PowerState/deallocated'],
    ]);
    expect(row?.refusals.map(({ vmId, code }) => [vmId.split('/').at(-1), code])).toEqual([
      ['vm-4', 'addressFamily'],
      ['vm-3', 'noNic'],
      ['vm-2', 'vmNotOptedIn'],
    ]);
  });

  it('keeps texts of others on one harmless line', async () => {
    const world = await activated();
    world.requests = world.requests.map((one) => ({
      ...one,
      justification: 'a\r\nb\u001b[31m\u202e</script>=HYPERLINK("x")\u0000\ud800',
      ticket: 'T'.repeat(1_000_000),
    }));
    await world.run(look);
    const [row] = await windows(world);
    expect(row?.grant.reason).toBe('a b [31m </script>=HYPERLINK("x")');
    expect(row?.grant.ticket.length).toBe(80);
  });
});
