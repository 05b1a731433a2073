import { reconcileDue } from '../../../functions/timers/reconcileDue';
import { createReconcileMemory } from '../../../functions/reconcile/reconcileRun';
import {
  assignmentId,
  begin,
  createIntakeWorld,
  faultOf,
  instanceOf,
  type IntakeWorld,
  policyWithRule,
} from '../../support/intakeWorld';

const ranges = [{ name: 'vpn', prefixes: ['198.51.100.7/32'] }];
const byRange = policyWithRule({ sources: { ranges, fromActivation: null } });

/** What the list of the subscription shows. */
async function worldWith(count: number): Promise<IntakeWorld> {
  const world = createIntakeWorld(byRange);
  world.instances = Array.from({ length: count }, (_, at) =>
    instanceOf({ originRoleAssignmentId: assignmentId(nameOf(at)), startAt: begin - 1_500 - at }),
  );
  return world;
}

const nameOf = (at: number): string => `55555555-5555-4555-8555-${String(at).padStart(12, '0')}`;

async function intakes({ ledger }: IntakeWorld): Promise<number> {
  return (await ledger.hints.list()).length;
}

describe('discovery', () => {
  it('takes up 500 activations of one list in a few runs, each once', async () => {
    const world = await worldWith(500);
    const memory = createReconcileMemory();
    for (let run = 0; run < 12; run++) {
      await reconcileDue(world, world.starter, memory);
      world.at += 60_000;
    }
    expect(await intakes(world)).toBe(500);
    const started = world.starts.filter(({ input }) => input.successor === 0);
    expect(new Set(started.map(({ input }) => input.id)).size).toBe(500);
  });

  it('finds the same again in a new process, and begins nothing twice', async () => {
    const world = await worldWith(3);
    await reconcileDue(world, world.starter);
    const { length } = world.starts;
    await reconcileDue(world, world.starter);
    expect(await intakes(world)).toBe(3);
    expect(world.starts).toHaveLength(length);
  });

  it('goes on where a run died between hint and start', async () => {
    const world = await worldWith(1);
    const dead = { start: () => Promise.reject(faultOf('unavailable')) };
    await reconcileDue(world, dead);
    expect(await intakes(world)).toBe(1);
    expect(world.starts).toEqual([]);
    world.at += 61_000;
    await reconcileDue(world, world.starter);
    expect(world.starts).toHaveLength(1);
    await reconcileDue(world, world.starter);
    expect(world.starts).toHaveLength(1);
  });

  it('rests after a 429, longer each time, and as long as it is told to', async () => {
    const world = await worldWith(1);
    const memory = createReconcileMemory();
    world.faults = [faultOf('throttled')];
    await reconcileDue(world, world.starter, memory);
    expect(await intakes(world)).toBe(0);
    world.at += 59_000;
    await reconcileDue(world, world.starter, memory);
    expect(world.reads).toHaveLength(1);
    world.at += 2_000;
    world.faults = [faultOf('throttled', 300_000)];
    await reconcileDue(world, world.starter, memory);
    world.at += 299_000;
    await reconcileDue(world, world.starter, memory);
    expect(world.reads).toHaveLength(2);
    world.at += 2_000;
    await reconcileDue(world, world.starter, memory);
    expect(await intakes(world)).toBe(1);
  });

  it('asks about no hit of the index, and for no list, while closes may need the requests', async () => {
    const world = await worldWith(0);
    const row = { ...instanceOf(), id: assignmentId(nameOf(0)), createdAt: begin - 1_500 };
    let pauseMs = 4_000;
    const short = {
      ...world,
      inventory: { ...world.inventory, listAssignments: async () => [row] },
      budget: { ...world.budget, pauseMs: (id_: string) => (id_ === '' ? 0 : pauseMs) },
    };
    expect(await reconcileDue(short, world.starter)).toMatchObject({ reads: 0, postponed: 2 });
    pauseMs = 0;
    expect(await reconcileDue(short, world.starter)).toMatchObject({ reads: 2, postponed: 0 });
  });

  it.each([
    ['PIM’s own assignments', instanceOf({ assignmentType: 'Assigned' })],
    ['groups', instanceOf({ principalType: 'Group' })],
    ['another role', instanceOf({ roleDefinitionGuid: '99999999-9999-4999-8999-999999999999' })],
    ['what has no end', instanceOf({ endAt: null })],
    ['what is over', instanceOf({ endAt: begin - 1 })],
    ['what begins later', instanceOf({ startAt: begin + 60_000 })],
    ['a name that is none', instanceOf({ originRoleAssignmentId: '../x' })],
    ['a scope that is none', instanceOf({ scope: '/subscriptions/x' })],
  ])('passes over %s', async (_name, instance) => {
    const world = await worldWith(0);
    world.instances = [instance];
    await reconcileDue(world, world.starter);
    expect(await intakes(world)).toBe(0);
  });

  it('reports once what began before the ledger', async () => {
    const world = createIntakeWorld(byRange, begin);
    world.instances = [instanceOf()];
    for (let run = 0; run < 3; run++) await reconcileDue(world, world.starter);
    expect(world.starts).toEqual([]);
    const said = world.lines.filter(({ event }) => event === 'discovery.beforeLedger');
    expect(said).toHaveLength(1);
  });
});
