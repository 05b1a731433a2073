import { advanceWindow } from '../../../functions/activities/advanceWindow';
import { sweep } from '../../../functions/sweep/sweep';
import { live, nsgNic, openedWindow, standing, wishClosed } from '../../support/windowWorld';

const second = 1_000;
const leadMs = 120 * second;

/** A window whose DELETEs are accepted and come to nothing for as long as `stuck` says. */
async function stuckClosing(beforeDeadlineMs?: number) {
  const { world, id, until } = await openedWindow();
  const deadline = Math.floor(until / second) * second;
  world.time.moveTo(
    beforeDeadlineMs === undefined ? world.time.now + 600 * second : deadline - beforeDeadlineMs,
  );
  await wishClosed(world, id);
  const stuck = { accepted: true };
  world.network.trouble = ({ op }) =>
    op === 'delete' && stuck.accepted ? { dropped: true } : undefined;
  const acceptedAt = world.time.now;
  await advanceWindow(world, { id });
  const deletes = () =>
    world.network.calls.filter(({ op, id: nsg }) => op === 'delete' && nsg === nsgNic);
  expect(deletes().map(({ at }) => at)).toEqual([acceptedAt]);
  stuck.accepted = false;
  return { world, deletes, acceptedAt, deadline };
}

describe('the sweep, of a rule whose DELETE was accepted', () => {
  it('just now, takes no token for a second one', async () => {
    const { world, deletes, acceptedAt } = await stuckClosing();
    world.time.moveTo(acceptedAt + 30 * second - 1);
    expect(await sweep(world)).toMatchObject({ deleted: 0, rules: 2 });
    expect(deletes()).toHaveLength(1);
  });

  it('30 s ago and stands all the same, deletes it', async () => {
    const { world, deletes, acceptedAt } = await stuckClosing();
    world.time.moveTo(acceptedAt + 30 * second);
    expect(await sweep(world)).toMatchObject({ deleted: 2 });
    expect(deletes()).toHaveLength(2);
    world.time.moveTo(world.time.now + 5 * second);
    expect(standing(world, nsgNic)).toEqual([]);
  });

  it('just now and is due, deletes it', async () => {
    const { world, deletes, deadline } = await stuckClosing(leadMs + 5 * second);
    world.time.moveTo(deadline - leadMs - 1);
    expect(await sweep(world)).toMatchObject({ deleted: 0 });
    world.time.moveTo(deadline - leadMs);
    expect(await sweep(world)).toMatchObject({ deleted: 2 });
    expect(deletes()).toHaveLength(2);
  });

  it('by a clock that has leapt back since, deletes it', async () => {
    const { world, deletes, acceptedAt } = await stuckClosing();
    world.time.now = acceptedAt - 1;
    expect(await sweep(world)).toMatchObject({ deleted: 2 });
    expect(deletes()).toHaveLength(2);
  });

  it('just now and was proved gone, deletes it when it is back', async () => {
    const { world, id } = await openedWindow();
    world.time.moveTo(world.time.now + 600 * second);
    const [rule] = standing(world, nsgNic);
    if (rule === undefined) throw new Error('no rule');
    await wishClosed(world, id);
    await live(world, id, world.time.now + 20 * second);
    expect(standing(world, nsgNic)).toEqual([]);
    world.network.nsg(nsgNic).rules.push(rule);
    expect(await sweep(world)).toMatchObject({ deleted: 1 });
    expect(world.alarms()).toEqual(['ruleAfterClose']);
  });
});
