import { approve, codeOf, outlive } from '../../support/approving';
import {
  byLeads,
  type ClaimWorld,
  createClaimWorld,
  idOf,
  open,
  personNamed,
} from '../../support/claimWorld';
import { addVm, live, minute, policy, readRow, vmIdOf } from '../../support/windowWorld';

describe('a role whose rule wants a second person', () => {
  const allow = policy.allow.map((rule) => ({ ...rule, approval: byLeads }));

  function activated(world: ClaimWorld): void {
    world.instances.push({
      assignmentType: 'Activated',
      originRoleAssignmentId: '55555555-5555-4555-8555-555555555555',
      scope: policy.allow[0]?.scopes[0] ?? '',
      roleDefinitionGuid: policy.allow[0]?.roles[0] ?? '',
      principalId: personNamed('sam').objectId,
      principalType: 'User',
      memberType: 'Direct',
      startAt: world.time.now - minute,
      endAt: world.time.now + 120 * minute,
      scheduleName: '',
      principalName: '',
      principalMail: '',
    });
  }

  async function asked(): Promise<{ world: ClaimWorld; id: string }> {
    const world = createClaimWorld();
    world.adopt({ allow });
    activated(world);
    const answer = await world.ask('sam');
    expect(answer.body).toMatchObject({ phase: 'awaitingApproval', askedBy: 'request' });
    return { world, id: idOf(answer) };
  }

  it('opens when it is approved, while the activation still stands', async () => {
    const { world, id } = await asked();
    expect((await approve(world, 'lea', id)).status).toBe(202);
    await live(world, id, world.time.now + minute);
    expect(open(world)).toBe(1);
  });

  it('opens nothing when the activation has ended before the approval', async () => {
    const { world, id } = await asked();
    world.instances.length = 0;
    expect(codeOf(await approve(world, 'lea', id))).toBe('noActiveRole');
    await outlive(world, id);
    expect(world.puts()).toBe(0);
  });

  it('opens nothing when the activation ends between approval and PUT', async () => {
    const { world, id } = await asked();
    await approve(world, 'lea', id);
    world.time.moveTo(world.time.now + minute);
    world.instances.length = 0;
    await live(world, id, world.time.now + 60 * minute);
    expect(world.puts()).toBe(0);
    expect((await readRow(world, id)).closeReason).toBe('confirmationLost');
  });

  it('opens nothing where somebody has struck the approval out of the row', async () => {
    const { world, id } = await asked();
    await world.tamper(id, ({ approval: _gone, voucher: _too, ...row }) => ({ ...row, schema: 1 }));
    await live(world, id, world.time.now + 40 * minute);
    expect(world.puts()).toBe(0);
    expect((await readRow(world, id)).closeReason).toBe('policyChanged');
  });

  it('is not approved for another activation than the one that was shown', async () => {
    const { world, id } = await asked();
    world.instances.length = 0;
    world.time.moveTo(world.time.now + 5 * minute);
    activated(world);
    expect(codeOf(await approve(world, 'lea', id))).toBe('approvalStale');
  });

  it('closes windows that were opened before, when policy begins to want one', async () => {
    const world = createClaimWorld();
    activated(world);
    const id = idOf(await world.ask('sam'));
    await live(world, id, world.time.now + minute);
    expect(open(world)).toBe(1);
    world.adopt({ allow });
    await world.reconcile();
    await live(world, id, world.time.now + 5 * minute);
    expect([open(world), (await readRow(world, id)).closeReason]).toEqual([0, 'policyChanged']);
  });

  it('shows machines that are planned one by one, all of them', async () => {
    const { world } = await asked();
    addVm(world.network, 'vm-2', ['10.0.0.5'], { subnet: 'subnet-1' });
    const machines = [vmIdOf('vm-1'), vmIdOf('vm-2')];
    expect(codeOf(await world.ask('sam', { vms: machines }, 'two'))).toBe('vmNotCovered');
  });
});
