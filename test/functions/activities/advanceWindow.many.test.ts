import { advanceWindow } from '../../../functions/activities/advanceWindow';
import { sweep } from '../../../functions/sweep/sweep';
import type { Grant } from '../../../shared/domain/grant';
import { windowPhase } from '../../../shared/domain/window/phase';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import { anotherActivation } from '../../support/anotherActivation';
import {
  addNsg,
  addVm,
  createTestWorld,
  foreignRule,
  grantWindow,
  live,
  minute,
  nsgId,
  nsgNic,
  nsgSubnet,
  readRow,
  standing,
  targetOf,
  type TestWorld,
} from '../../support/windowWorld';

/** Another activation of the same role, with a start of its own. */
function another(world: TestWorld, number: number, lifeMinutes = 30): Partial<Grant> {
  const untilAt = world.time.now + lifeMinutes * minute;
  return { ...anotherActivation(world.time, number), untilAt };
}

/** Lets all these windows live, each woken at its own looks. */
async function liveAll(world: TestWorld, ids: readonly string[], untilAt: number): Promise<void> {
  const looks = new Map(ids.map((id) => [id, world.time.now]));
  while (looks.size > 0) {
    const [next] = [...looks].sort(([, one], [, other]) => one - other);
    if (next === undefined || next[1] > untilAt) break;
    const [id, at] = next;
    world.time.moveTo(at);
    const look = await advanceWindow(world, { id });
    if (look.done) looks.delete(id);
    else looks.set(id, Math.max(world.time.now + 1, Date.parse(look.nextLook)));
  }
  world.time.moveTo(untilAt);
}

describe('several windows', () => {
  it('of the same person on the same VM: closing one leaves the other open', async () => {
    const world = createTestWorld();
    const short = await grantWindow(world, another(world, 1, 20));
    const long = await grantWindow(world, another(world, 2, 60));
    await liveAll(world, [short.id, long.id], short.wantedUntil);
    expect(windowPhase(await readRow(world, short.id))).toBe('closed');
    expect(windowPhase(await readRow(world, long.id))).toBe('open');
    expect(standing(world, nsgNic).map(({ name }) => name)).toEqual([
      `postern-abc123-${long.id}-0`,
    ]);
    await liveAll(world, [long.id], long.wantedUntil);
    expect(standing(world, nsgNic)).toEqual([]);
  });

  it('thirty at once on one NSG that takes one operation at a time: all open, all closed in time', async () => {
    const world = createTestWorld();
    world.network.operationMs = 1_000;
    const rows: WindowRow[] = [];
    for (let number = 0; number < 30; number++) {
      rows.push(await grantWindow(world, another(world, number)));
    }
    const ids = rows.map(({ id }) => id);
    await liveAll(world, ids, world.time.now + 10 * minute);
    const phases = await Promise.all(ids.map(async (id) => windowPhase(await readRow(world, id))));
    expect(phases.filter((phase) => phase === 'open')).toHaveLength(30);
    const priorities = standing(world, nsgNic).map(({ priority }) => priority);
    expect(new Set(priorities).size).toBe(30);
    const until = rows[0]?.wantedUntil ?? 0;
    await liveAll(world, ids, until + minute);
    const late = world.network.history.filter(({ at, rule }) => rule === null && at > until);
    expect(late).toEqual([]);
    expect(standing(world, nsgNic)).toEqual([]);
  });
});

describe('a window over several VMs', () => {
  it('opens ten VMs of one NSG with one rule', async () => {
    const world = createTestWorld();
    const names = Array.from({ length: 10 }, (_, n) => `web-${n}`);
    for (const [n, name] of names.entries()) {
      addVm(world.network, name, [`10.0.1.${n + 4}`], { subnet: 'subnet-2', subnetNsg: nsgSubnet });
    }
    const { id } = await grantWindow(world, { targets: names.map(targetOf) });
    await live(world, id, world.time.now + minute);
    expect(standing(world, nsgSubnet)).toHaveLength(1);
    expect(standing(world, nsgSubnet)[0]?.destinations).toHaveLength(10);
    expect(world.network.calls.filter(({ op }) => op === 'put')).toHaveLength(1);
  });

  it('opens what can be opened, and says of the rest why not', async () => {
    const world = createTestWorld();
    addNsg(world.network, nsgId('nsg-locked'));
    world.network.locks.set(nsgId('nsg-locked').toLowerCase(), [{ id: 'keep', level: 'ReadOnly' }]);
    addVm(world.network, 'vm-locked', ['10.0.2.4'], { nsg: nsgId('nsg-locked'), subnet: 's3' });
    addVm(world.network, 'vm-bare', ['10.0.3.4'], { subnet: 's4' });
    const names = ['vm-1', 'vm-locked', 'vm-bare', 'vm-gone'];
    const { id, wantedUntil } = await grantWindow(world, { targets: names.map(targetOf) });
    await live(world, id, world.time.now + minute);
    const row = await readRow(world, id);
    expect(windowPhase(row)).toBe('open');
    expect(row.refusals.map(({ vmId, code }) => [vmId.split('/').at(-1), code])).toEqual(
      [
        ['vm-bare', 'noNsg'],
        ['vm-gone', 'vanished'],
        ['vm-locked', 'locked'],
      ].sort(),
    );
    expect((await live(world, id, wantedUntil)).done).toBe(true);
  });

  it('is refused whole when no VM is left', async () => {
    const world = createTestWorld();
    world.network.locks.set(nsgNic.toLowerCase(), [{ id: 'keep', level: 'CanNotDelete' }]);
    const { id } = await grantWindow(world);
    const end = await live(world, id, world.time.now + minute);
    expect(end).toEqual({ done: true, outcome: 'refused' });
    expect(await readRow(world, id)).toMatchObject({ closeReason: 'planFailed', placements: [] });
    expect(world.network.calls.some(({ op }) => op === 'put' || op === 'delete')).toBe(false);
    expect(await world.ledger.live.get(id)).toBeNull();
  });

  it('writes nothing but its own rules', async () => {
    const world = createTestWorld();
    const before = [foreignRule(), foreignRule({ name: 'other', priority: 301, access: 'Deny' })];
    world.network.nsg(nsgNic).rules.push(...before);
    const { id, wantedUntil } = await grantWindow(world);
    await live(world, id, wantedUntil);
    expect(world.network.nsg(nsgNic).rules).toEqual(before);
    const written = world.network.calls.filter(({ op }) => op === 'put' || op === 'delete');
    expect(written.every(({ ruleName }) => ruleName.startsWith('postern-abc123-'))).toBe(true);
  });
});

describe('an opening half that is not in order', () => {
  it('opens nothing until it is, and closes all the same', async () => {
    const world = createTestWorld();
    const { opening } = world;
    Object.assign(world, { opening: { faults: ['policy.yaml:3:1 unknown key'] } });
    const { id, wantedUntil } = await grantWindow(world);
    await live(world, id, world.time.now + 5 * minute);
    expect(world.network.calls).toEqual([]);
    Object.assign(world, { opening });
    await live(world, id, world.time.now + minute);
    expect(windowPhase(await readRow(world, id))).toBe('open');
    Object.assign(world, { opening: { faults: ['gone again'] } });
    expect((await live(world, id, wantedUntil)).done).toBe(true);
    expect(standing(world, nsgNic)).toEqual([]);
  });
});

describe('a row of a newer version', () => {
  it('is left to that version; its rule is closed by the marker', async () => {
    const world = createTestWorld();
    const { id, wantedUntil } = await grantWindow(world);
    await live(world, id, world.time.now + minute);
    const stored = await world.ledger.windows.get(id);
    if (stored === null) throw new Error('no row');
    const newer = JSON.parse(JSON.stringify({ ...stored.row, schema: 3 })) as WindowRow;
    await world.ledger.windows.replace(newer, stored.etag);
    const sent = world.network.calls.length;
    world.time.moveTo(wantedUntil - 2 * minute);
    expect((await advanceWindow(world, { id })).done).toBe(false);
    expect(world.network.calls).toHaveLength(sent);
    expect(await sweep(world)).toMatchObject({ deleted: 2 });
  });
});
