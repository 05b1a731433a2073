import { intakeIdOf } from '../../../shared/domain/identity';
import { closingStartOf } from '../../../shared/domain/window/deadline';
import { writeEvent } from '../../support/events';
import { live, refusals, vpn, windows } from '../../support/intakeStories';
import {
  assignmentId,
  assignmentOf,
  createIntakeWorld,
  group,
  instanceOf,
  type IntakeWorld,
  policyWithRule,
  vmRow,
} from '../../support/intakeWorld';

const nsgId = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-shared`;
const hour = 3_600_000;

describe('Admission to the calendar of closes', () => {
  it('changes nothing while there is room', async () => {
    const { world, ids } = await withActivations(1, hour);
    await oneByOne(world, ids);
    expect((await windows(world)).map(({ closeFrom }) => closeFrom)).toEqual([null]);
    const closeFrom = world.at + hour - 40_000;
    const closes = [{ nsgId: nsgId.toLowerCase(), region: 'westeurope', rules: 1 }];
    expect(await live(world)).toMatchObject([{ guardMs: 40_000, closeFrom, closes }]);
  });

  it.each([
    ['one by one', oneByOne],
    [
      'all at once',
      async (world: IntakeWorld, ids: string[]) => {
        await Promise.all(ids.map((id) => world.run(id)));
      },
    ],
  ])('plans the closes of one NSG one after another: %s', async (_how, run) => {
    const { world, ids } = await withActivations(4, hour);
    await run(world, ids);
    const starts = (await windows(world)).map(closingStartOf).sort((one, other) => other - one);
    expect(starts.map((at) => (starts[0] ?? 0) - at)).toEqual([0, 12_000, 24_000, 36_000]);
  });

  it('refuses what would stand open for too short, says so, and gives its place back', async () => {
    // The guard takes 40 s, and 10 s is the least. The third would open after 24 s and close at 16.
    const { world, ids } = await withActivations(3, 80_000);
    await oneByOne(world, ids);
    expect(await refusals(world)).toEqual(['closesFull']);
    expect(await live(world)).toHaveLength(2);
  });

  it('ends the same when an intake runs again', async () => {
    const { world, ids } = await withActivations(3, hour);
    await oneByOne(world, ids);
    const before = await live(world);
    for (const [at] of ids.entries()) {
      const again = writeOf(at, `again-${at}`);
      await world.receive(again);
      await world.run(intakeIdOf(`again-${at}`));
    }
    expect(await live(world)).toEqual(before);
  });
});

// Helpers

async function withActivations(
  count: number,
  durationMs: number,
): Promise<{ world: IntakeWorld; ids: string[] }> {
  const world = createIntakeWorld(policyWithRule({ sources: vpn }));
  world.vms = [vmRow('vm-1', { nicNsgId: nsgId })];
  const endAt = world.at + durationMs;
  for (let at = 0; at < count; at++) {
    const principalId = `33333333-3333-4333-8333-${String(at).padStart(12, '0')}`;
    world.assignments.push(assignmentOf({ id: roleOf(at), principalId }));
    world.instances.push(instanceOf({ originRoleAssignmentId: roleOf(at), principalId, endAt }));
    await world.receive(writeOf(at, `event-${at}`));
  }
  return { world, ids: Array.from({ length: count }, (_item, at) => intakeIdOf(`event-${at}`)) };
}

function roleOf(at: number): string {
  return assignmentId(`55555555-5555-4555-8555-${String(at).padStart(12, '0')}`);
}

function writeOf(at: number, id: string) {
  const { data } = writeEvent();
  const subject = roleOf(at);
  return writeEvent({ id, subject, data: { ...data, resourceUri: subject } });
}

async function oneByOne(world: IntakeWorld, ids: readonly string[]): Promise<void> {
  for (const id of ids) await world.run(id);
}
