import { assignmentKeyOf, intakeIdOf } from '../../../shared/domain/identity';
import {
  assignmentId,
  begin,
  createIntakeWorld,
  faultOf,
  instanceOf,
  policyWithRule,
} from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { gone, look } from '../../support/intakeStories';
import { deleteEvent, requestEvent, writeEvent } from '../../support/events';

describe('a delete hint', () => {
  it('closes the window once the activation is twice not listed', async () => {
    const world = await opened();
    await deactivated(world);
    const first = await world.advance(gone);
    expect(first.done).toBe(false);
    expect(await only(world)).toMatchObject({ wish: 'open', endHintAt: world.at });
    expect(await world.run(gone)).toBe('ended');
    const row = await only(world);
    expect(row).toMatchObject({
      wish: 'closed',
      closeReason: 'deactivated',
      generation: 1,
      nextLook: world.at,
      endHintAt: null,
    });
    expect(world.starts.at(-1)).toEqual({
      name: 'accessWindow',
      instanceId: `${row?.id}-g1`,
      input: { id: row?.id, successor: 0 },
    });
  });

  it('is not misled by a list that is stale for half a minute', async () => {
    const world = await opened();
    const { instances } = world;
    await deactivated(world);
    world.instances = instances;
    expect(await world.run(gone, 29_000)).toBe('waiting');
    expect(await only(world)).toMatchObject({ wish: 'open' });
    world.instances = [];
    expect(await world.run(gone)).toBe('ended');
    expect(await only(world)).toMatchObject({ wish: 'closed', closeReason: 'deactivated' });
  });

  it('that is forged closes nothing, and after two minutes withholds nothing', async () => {
    const world = await opened();
    const before = await only(world);
    world.at += 60_000;
    await world.receive(deleteEvent({ eventTime: new Date(world.at).toISOString() }));
    const from = world.at;
    expect(await world.run(gone)).toBe('unfounded');
    expect(world.at - from).toBeGreaterThanOrEqual(110_000);
    expect(await only(world)).toEqual(before);
    expect(await endHint(world)).toMatchObject({ state: 'unfounded' });
  });

  it('closes nothing while Resource Manager does not answer, and closes when it does', async () => {
    const world = await opened();
    await deactivated(world);
    world.faults = Array.from({ length: 40 }, () => faultOf('unavailable'));
    expect(await world.run(gone, 100_000)).toBe('waiting');
    expect(await only(world)).toMatchObject({ wish: 'open' });
    world.faults = [];
    expect(await world.run(gone)).toBe('ended');
  });

  it('takes one answer that lacks it for a slip when the next one shows it', async () => {
    const world = await opened();
    const { instances } = world;
    await deactivated(world);
    await world.advance(gone);
    world.instances = instances;
    world.at += 10_000;
    await world.advance(gone);
    world.instances = [];
    world.at += 10_000;
    expect((await world.advance(gone)).done).toBe(false);
    expect(await only(world)).toMatchObject({ wish: 'open' });
  });

  it('that comes before its write leaves nothing to open', async () => {
    const world = createIntakeWorld();
    world.at = begin + 600_000;
    await world.receive(deleteEvent({ eventTime: new Date(world.at - 1_000).toISOString() }));
    expect(await world.run(gone)).toBe('ended');
    await world.receive(requestEvent());
    await world.receive(writeEvent());
    expect(await world.run(look)).toBe('noAssignment');
    expect(await world.ledger.windows.list()).toEqual([]);
  });

  it('keeps a window from being made out of a stale list', async () => {
    const world = createIntakeWorld();
    world.at = begin + 600_000;
    await world.receive(deleteEvent({ eventTime: new Date(world.at - 1_000).toISOString() }));
    expect(await world.run(gone)).toBe('ended');
    world.activate();
    await world.receive(requestEvent());
    await world.receive(writeEvent());
    expect(await world.run(look)).toBe('endedAlready');
    expect(await world.ledger.windows.list()).toEqual([]);
  });

  it('makes intake wait until it is judged', async () => {
    const world = createIntakeWorld();
    world.activate();
    world.at = begin + 60_000;
    await world.receive(deleteEvent({ eventTime: new Date(world.at).toISOString() }));
    await world.advance(gone);
    await world.receive(requestEvent());
    await world.receive(writeEvent());
    expect(await world.run(look, 60_000)).toBe('waiting');
    expect(await world.ledger.windows.list()).toEqual([]);
    expect(await world.run(gone)).toBe('unfounded');
    expect(await world.run(look)).toBe('granted');
  });

  it('does not touch an activation that began after it, though it has the same name', async () => {
    const world = await opened();
    const again = begin + 900_000;
    await deactivated(world);
    world.instances = [instanceOf({ startAt: again, endAt: again + 3_600_000 })];
    expect(await world.run(gone)).toBe('ended');
    expect(await only(world)).toMatchObject({ closeReason: 'deactivated' });
    world.activate({ startAt: again, endAt: again + 3_600_000 });
    world.at = again + 2_000;
    world.opening = createIntakeWorld(vpnPolicy).opening;
    await world.receive(writeEvent({ id: 'second', eventTime: new Date(again).toISOString() }));
    expect(await world.run(intakeIdOf('second'))).toBe('granted');
    expect((await rows(world)).map(({ wish }) => wish).sort()).toEqual(['closed', 'open']);
  });

  it('applies to a window whose row was written while it was judged', async () => {
    const world = createIntakeWorld(vpnPolicy);
    world.activate();
    await world.receive(writeEvent());
    const { inventory } = world;
    const listTargets: typeof inventory.listTargets = async (...args) => {
      // Between the question whether a hint is there and the row: the whole life of the hint.
      world.deactivate();
      await world.receive(deleteEvent({ eventTime: new Date(world.at).toISOString() }));
      expect(await world.run(gone)).toBe('ended');
      return inventory.listTargets(...args);
    };
    Object.assign(world, { inventory: { ...inventory, listTargets } });
    expect(await world.run(look)).toBe('granted');
    expect(await only(world)).toMatchObject({ wish: 'closed', closeReason: 'deactivated' });
  });

  it('withholds confirmation from a window that was made while it is open', async () => {
    const world = createIntakeWorld(vpnPolicy);
    world.activate();
    await world.receive(writeEvent());
    const { inventory } = world;
    const listTargets: typeof inventory.listTargets = async (...args) => {
      await world.receive(deleteEvent({ eventTime: new Date(world.at).toISOString() }));
      await world.advance(gone);
      return inventory.listTargets(...args);
    };
    Object.assign(world, { inventory: { ...inventory, listTargets } });
    expect(await world.run(look)).toBe('granted');
    expect(await only(world)).toMatchObject({ wish: 'open', endHintAt: expect.any(Number) });
  });

  it('leaves the reason of a window that closes already', async () => {
    const world = await opened();
    const [stored] = await world.ledger.windows.list();
    if (stored === undefined) throw new Error('There is no window.');
    const expired = { ...stored.row, wish: 'closed', closeReason: 'expired' } as const;
    await world.ledger.windows.replace(expired, stored.etag);
    await deactivated(world);
    expect(await world.run(gone)).toBe('ended');
    expect(await only(world)).toMatchObject({ closeReason: 'expired', generation: 0 });
  });

  it('is judged anew when a later one comes', async () => {
    const world = await opened();
    world.at += 60_000;
    await world.receive(deleteEvent({ eventTime: new Date(world.at).toISOString() }));
    expect(await world.run(gone)).toBe('unfounded');
    world.at += 60_000;
    const eventTime = new Date(world.at).toISOString();
    world.deactivate();
    await world.receive(deleteEvent({ id: 'later', eventTime }));
    expect(await world.run(intakeIdOf('later'))).toBe('ended');
    expect(await only(world)).toMatchObject({ closeReason: 'deactivated' });
  });

  it('with a time ahead of ours counts from when it came', async () => {
    const world = await opened();
    await world.receive(deleteEvent({ eventTime: '2027-01-01T00:00:00Z' }));
    await world.advance(gone);
    expect((await endHint(world))?.eventAt).toBeLessThanOrEqual(world.at);
  });
});

// Helpers

const vpnPolicy = policyWithRule({
  sources: { ranges: [{ name: 'vpn', prefixes: ['198.51.100.7/32'] }], fromActivation: null },
});

async function opened(): Promise<IntakeWorld> {
  const world = createIntakeWorld();
  world.activate();
  await world.receive(requestEvent());
  await world.receive(writeEvent());
  await world.run(look);
  return world;
}

async function deactivated(world: IntakeWorld): Promise<void> {
  world.at += 300_000;
  world.deactivate();
  await world.receive(deleteEvent({ eventTime: new Date(world.at).toISOString() }));
}

async function rows(world: IntakeWorld) {
  return (await world.ledger.windows.list()).map(({ row }) => row);
}

async function only(world: IntakeWorld) {
  const all = await rows(world);
  expect(all.length).toBe(1);
  return all[0];
}

async function endHint(world: IntakeWorld) {
  return (await world.ledger.endHints.get(assignmentKeyOf(assignmentId())))?.row;
}
