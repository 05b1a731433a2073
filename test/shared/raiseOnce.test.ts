import { raiseOnce } from '../../shared/raiseOnce';
import { advanceWindow } from '../../functions/activities/advanceWindow';
import { nothing } from '../support/intakeStories';
import { assignmentId, createIntakeWorld } from '../support/intakeWorld';
import { writeEvent } from '../support/events';
import { createTestWorld, grantWindow, live, minute, assignment } from '../support/windowWorld';

describe('an alarm about the app as a whole', () => {
  it('is raised once in ten minutes, each name on its own, and again when the clock is set back', () => {
    const world = createTestWorld();
    const startedAt = world.time.now;
    const raise = () => raiseOnce(world, 'skew', {});
    for (let n = 0; n < 1_000; n++) raise();
    raiseOnce(world, 'openingsDisabled', {});
    expect(world.alarms()).toEqual(['skew', 'openingsDisabled']);
    world.time.moveTo(startedAt + 10 * minute - 1);
    raise();
    expect(world.alarms()).toHaveLength(2);
    world.time.moveTo(startedAt + 10 * minute);
    raise();
    expect(world.alarms()).toHaveLength(3);
    world.time.now = startedAt;
    raise();
    expect(world.alarms()).toHaveLength(4);
  });

  it('is each process’s own', () => {
    for (const world of [createTestWorld(), createTestWorld()]) {
      raiseOnce(world, 'skew', {});
      expect(world.alarms()).toEqual(['skew']);
    }
  });

  it.each(['openingsDisabled', 'skew'] as const)('%s: a flood of hints is one', async (name) => {
    const world = createIntakeWorld();
    if (name === 'skew') {
      const skew = () => ({ skewMs: 90_000, measuredAt: world.at });
      Object.assign(world, { clock: { ...world.clock, skew } });
    } else {
      Object.assign(world, { opening: { faults: ['policy'] } });
    }
    for (let n = 0; n < 200; n++) await world.receive(forged(n));
    const before = world.at;
    for (const { instanceId } of world.starts) await world.run(instanceId, 1_000);
    expect(world.at - before).toBeLessThan(10 * minute);
    expect(world.lines.filter(({ event }) => event === name)).toHaveLength(1);
    expect(await nothing(world)).toBe(true);
  });

  it('skew: windows that close for it are one, and each says why it closes', async () => {
    const world = createTestWorld();
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) {
      const origin = originOf(n, world.time.now);
      ids.push((await grantWindow(world, { origin })).id);
    }
    for (const id of ids) await live(world, id, world.time.now + 30_000);
    world.skewMs = 90_000;
    for (const id of ids) await advanceWindow(world, { id });
    expect(world.alarms()).toEqual(['skew']);
    const closing = world.lines.filter(({ event }) => event === 'window.closing');
    expect(closing.map(({ fields }) => fields['reason'])).toEqual(ids.map(() => 'clockSkew'));
  });
});

/** An event about an assignment of its own. */
function forged(n: number): object {
  const number = String(n).padStart(12, '0');
  const id = assignmentId().replace(/[0-9a-f]{12}$/i, number);
  const event = writeEvent();
  const data = { ...event.data, authorization: { scope: id }, resourceUri: id };
  return { ...event, id: `f0000000-0000-4000-8000-${number}`, subject: id, data };
}

function originOf(n: number, now: number) {
  return {
    kind: 'activation' as const,
    roleAssignmentId: assignment.replace(/.$/, String(n)),
    scope: assignment.split('/providers/')[0] ?? '',
    roleDefinitionGuid: '1c0163c0-47e6-4577-8991-ea5c82e286e4',
    principalId: '33333333-3333-4333-8333-333333333333',
    startAt: now - 10_000,
    endAt: now + 120 * minute,
  };
}
