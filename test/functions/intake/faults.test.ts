import { look, activated, nothing } from '../../support/intakeStories';
import { begin, faultOf } from '../../support/intakeWorld';

describe('when something is wrong outside, intake', () => {
  it('looks again after as long as it was told, and opens nothing meanwhile', async () => {
    const world = await activated();
    world.faults = [faultOf('throttled', 17_000)];
    const next = await world.advance(look);
    expect(next).toEqual({ done: false, nextLook: new Date(begin + 17_000).toISOString() });
    expect(await nothing(world)).toBe(true);
    expect(await world.run(look)).toBe('granted');
  });

  it('looks again ever more slowly while there is no answer, and goes on when there is', async () => {
    const world = await activated();
    world.faults = Array.from({ length: 9 }, () => faultOf('unavailable'));
    expect(await world.run(look, 3_600_000)).toBe('granted');
    expect(world.at - begin).toBeGreaterThan(120_000);
  });

  it('survives a fault of each read', async () => {
    for (let good = 0; good < 6; good++) {
      const world = await activated();
      let reads = 0;
      const failOnce = (): boolean => reads++ === good;
      const { directory, inventory } = world;
      const failing = {
        ...world,
        directory: {
          ...directory,
          listInstances: async (...args: Parameters<typeof directory.listInstances>) => {
            if (failOnce()) throw faultOf('unavailable');
            return directory.listInstances(...args);
          },
        },
        inventory: {
          ...inventory,
          listTargets: async (...args: Parameters<typeof inventory.listTargets>) => {
            if (failOnce()) throw faultOf('busy');
            return inventory.listTargets(...args);
          },
        },
      };
      Object.assign(world, { directory: failing.directory, inventory: failing.inventory });
      expect(await world.run(look)).toBe('granted');
    }
  });

  it('calls a missing licence by its name: nobody can be confirmed without it', async () => {
    const world = await activated();
    world.faults = [faultOf('licence')];
    expect(await world.run(look)).toBe('licenceMissing');
    expect(world.lines).toContainEqual(
      expect.objectContaining({ level: 'alarm', event: 'licenceMissing' }),
    );
    expect(await nothing(world)).toBe(true);
  });

  it('raises an alarm when it may not read', async () => {
    const world = await activated();
    world.faults = [faultOf('denied')];
    await world.advance(look);
    expect(world.lines).toContainEqual(
      expect.objectContaining({ level: 'alarm', event: 'intakeFault' }),
    );
    expect(await world.run(look)).toBe('granted');
  });

  it('opens nothing while the policy is faulty', async () => {
    const world = await activated();
    world.opening = { faults: ['Policy, line 1'] };
    expect(await world.run(look)).toBe('openingsDisabled');
    expect(world.reads).toEqual([]);
    expect(await nothing(world)).toBe(true);
  });

  it('opens nothing while the clocks disagree by more than a minute', async () => {
    const world = await activated();
    Object.assign(world.clock, { skew: () => ({ skewMs: -61_000, measuredAt: begin }) });
    expect(await world.run(look, 120_000)).toBe('waiting');
    expect(await nothing(world)).toBe(true);
  });

  it('gives up after a day, with an alarm', async () => {
    const world = await activated();
    Object.assign(world.clock, { skew: () => ({ skewMs: 90_000, measuredAt: begin }) });
    expect(await world.run(look, 30 * 3_600_000)).toBe('givenUp');
    expect(world.lines.at(-2)).toMatchObject({ level: 'alarm', event: 'intakeGivenUp' });
  });
});
