import { askToClose } from '../../../functions/wishes/askToClose';
import { intakeIdOf } from '../../../shared/domain/identity';
import { look, vpn, windows, refusals } from '../../support/intakeStories';
import { begin, createIntakeWorld, instanceOf, policyWithRule } from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { requestEvent, writeEvent } from '../../support/events';

describe('the address', () => {
  it.each([0, 3_000, 11_000, 18_000])('may come %d ms after the assignment', async (afterMs) => {
    const world = createIntakeWorld();
    world.activate();
    await world.receive(writeEvent());
    expect(await world.run(look, afterMs)).toBe('waiting');
    world.at = Math.max(world.at, begin + afterMs);
    await world.receive(requestEvent());
    expect(await world.run(look)).toBe('granted');
    expect((await windows(world))[0]?.grant.source.prefixes).toEqual(['203.0.113.10/32']);
  });

  it('is waited for for twenty seconds, then its lack is refused with what completes it', async () => {
    const world = createIntakeWorld();
    world.activate();
    await world.receive(writeEvent());
    expect(await world.run(look)).toBe('refused');
    expect(world.at - begin).toBe(20_000);
    expect((await windows(world))[0]?.refusals[0]).toMatchObject({
      code: 'noAddress',
      next: expect.stringContaining('POST /api/windows {"vms":["vm-1"],"duration":"1h"'),
    });
  });

  it('that comes too late is used when another event asks again', async () => {
    const world = createIntakeWorld();
    world.activate();
    await world.receive(writeEvent());
    await world.run(look);
    world.at += 60_000;
    await world.receive(requestEvent());
    await world.receive(writeEvent({ id: 'second' }));
    expect(await world.run(intakeIdOf('second'))).toBe('granted');
    expect(await windows(world)).toMatchObject([{ wish: 'open', refusals: [] }]);
  });

  it.each([1, 2])('that comes too late opens nothing where %d asked for the end', async (times) => {
    const world = createIntakeWorld();
    world.activate();
    await world.receive(writeEvent());
    await world.run(look);
    const [refused] = await windows(world);
    const id = refused?.id ?? '';
    for (let at = 0; at < times; at++) {
      const asked = await askToClose(world, id, { by: 'somebody', reason: 'not needed' });
      expect(asked).toMatchObject({ kind: 'accepted', changed: at === 0 });
    }
    world.at += 60_000;
    await world.receive(requestEvent());
    await world.receive(writeEvent({ id: 'second' }));
    expect(await world.run(intakeIdOf('second'))).toBe('sameWindow');
    expect(await windows(world)).toMatchObject([{ id, wish: 'closed', closeReason: 'asked' }]);
  });

  it('is replaced by the ranges where the rule has some, and the row says which won', async () => {
    const world = createIntakeWorld(
      policyWithRule({ sources: { ...vpn, fromActivation: { within: ['203.0.113.0/24'] } } }),
    );
    world.activate();
    await world.receive(writeEvent());
    expect(await world.run(look)).toBe('granted');
    expect((await windows(world))[0]?.grant.source).toEqual({
      prefixes: ['198.51.100.7/32'],
      wonBy: 'range vpn of rule operators',
    });
  });

  it('is not asked for where the rule does not want it', async () => {
    const world = createIntakeWorld(policyWithRule({ sources: vpn }));
    world.activate();
    await world.receive(writeEvent());
    expect(await world.run(look, 0)).toBe('granted');
  });

  const disbelieved: readonly (readonly [string, (world: IntakeWorld) => void])[] = [
    ['nobody knows of the request', (world) => (world.requests = [])],
    ['the request is of another person', (world) => change(world, { principalId: other })],
    ['another person made it', (world) => change(world, { requestorId: other })],
    ['it was made at another time', (world) => change(world, { createdAt: begin - 70_000 })],
    ['nobody knows when it was made', (world) => change(world, { createdAt: null })],
    ['it was no activation', (world) => change(world, { requestType: 'SelfDeactivate' })],
    [
      'this activation came out of another request',
      (world) => (world.instances = [instanceOf({ scheduleName: other })]),
    ],
    [
      'it is not known what the activation came out of',
      (world) => (world.instances = [instanceOf({ scheduleName: '' })]),
    ],
    [
      'it was approved an hour later',
      (world) => {
        world.at += 3_600_000;
        world.instances = [instanceOf({ startAt: begin + 3_590_000 })];
      },
    ],
  ];

  it.each(disbelieved)('does not count when %s', async (_why, disbelieve) => {
    const world = createIntakeWorld();
    world.activate();
    await world.receive(requestEvent());
    disbelieve(world);
    await world.receive(writeEvent());
    expect(await world.run(look)).toBe('refused');
    expect(await refusals(world)).toEqual(['noAddress']);
  });

  it('does not count when two different ones were told', async () => {
    const world = createIntakeWorld();
    world.activate();
    await world.receive(requestEvent());
    await world.receive(requestEvent({ ipaddr: '203.0.113.11' }));
    await world.receive(writeEvent());
    expect(await world.run(look)).toBe('refused');
    expect(await refusals(world)).toEqual(['noAddress']);
  });

  it.each(['192.0.2.1', '198.51.100.9', '10.0.0.5', '2001:db8::5'])(
    'outside the fence of the policy is refused: %s',
    async (ipaddr) => {
      const world = createIntakeWorld();
      world.activate();
      await world.receive(requestEvent({ ipaddr }));
      await world.receive(writeEvent());
      expect(await world.run(look)).toBe('refused');
      expect(await refusals(world)).toEqual(['addressNotInRange']);
    },
  );

  it('is found among a hundred forged ones', async () => {
    const world = createIntakeWorld();
    world.activate();
    await world.receive(requestEvent());
    for (let at = 0; at < 100; at++) {
      const name = `66666666-6666-4666-8666-${String(at).padStart(12, '0')}`;
      const forged = requestEvent({ ipaddr: '203.0.113.99' }, { id: `forged-${at}` });
      const id = String(forged['subject']).replace(/[^/]+$/, name);
      await world.receive({ ...forged, subject: id, data: { ...forged.data, resourceUri: id } });
    }
    await world.receive(writeEvent());
    expect(await world.run(look)).toBe('granted');
    expect((await windows(world))[0]?.grant.source.prefixes).toEqual(['203.0.113.10/32']);
  });

  it('of others is forgotten after an hour', async () => {
    const world = createIntakeWorld();
    await world.receive(requestEvent());
    world.at += 3_700_000;
    world.activate({ startAt: world.at - 1_000, endAt: world.at + 3_600_000 });
    await world.receive(writeEvent());
    expect(await world.run(look)).toBe('refused');
    expect(await world.ledger.addresses.list()).toEqual([]);
  });
});

// Helpers

const other = '77777777-7777-4777-8777-777777777777';

function change(world: IntakeWorld, changes: Partial<IntakeWorld['requests'][number]>): void {
  world.requests = world.requests.map((one) => ({ ...one, ...changes }));
}
