import { intakeIdOf } from '../../../shared/domain/identity';
import { createIntakeWorld } from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { requestEvent, writeEvent } from '../../support/events';

const look = intakeIdOf('a0000000-0000-4000-8000-000000000002');

describe('an activation', () => {
  it('becomes a window row whose sleeper is started', async () => {
    const world = createIntakeWorld();
    world.activate();
    await world.receive(requestEvent());
    await world.receive(writeEvent());
    expect(await world.run(look)).toBe('granted');
    const rows = await windows(world);
    expect(rows).toMatchObject([
      {
        wish: 'open',
        concludedAt: null,
        placements: [],
        grant: {
          policyRule: 'operators',
          reason: 'Patch vm-app-01',
          ticket: 'INC0012345',
          person: { name: 'Ada Example' },
          source: { prefixes: ['203.0.113.10/32'], wonBy: 'address of the activation request' },
          targets: [{ name: 'vm-1' }],
        },
      },
    ]);
    expect(world.starts.at(-1)).toMatchObject({ name: 'accessWindow', instanceId: rows[0]?.id });
  });
});

async function windows(world: IntakeWorld) {
  return (await world.ledger.windows.list()).map(({ row }) => row);
}
