import type { InvocationContext } from '@azure/functions';
import { activationDoor } from '../../../functions/events/activationDoors';
import { assignmentId, createIntakeWorld, faultOf } from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { look } from '../../support/intakeStories';
import {
  asCloudEvent,
  cancelEvent,
  deleteEvent,
  requestEvent,
  writeEvent,
} from '../../support/events';

describe('the doors', () => {
  const forms = [
    ['an object', writeEvent()],
    ['a batch', [writeEvent()]],
    ['text', JSON.stringify(writeEvent())],
    ['text of a batch', JSON.stringify([writeEvent()])],
    ['a CloudEvent', asCloudEvent(writeEvent())],
    ['a CloudEvent as text', JSON.stringify(asCloudEvent(writeEvent()))],
  ] as const;

  it.each(forms)('take %s, and start the same intake', async (_form, delivered) => {
    const world = createIntakeWorld();
    await deliver(world, delivered);
    expect(world.starts).toEqual([
      { name: 'activationIntake', instanceId: look, input: { id: look, successor: 0 } },
    ]);
    expect((await world.ledger.hints.get(look))?.row).toMatchObject({
      kind: 'look',
      roleAssignmentId: assignmentId(),
      outcome: null,
    });
    expect((await world.ledger.live.get(look))?.row.kind).toBe('intake');
  });

  it('ask nothing of Resource Manager, so that they answer whatever it does', async () => {
    const world = createIntakeWorld();
    await deliver(world, [writeEvent(), requestEvent(), deleteEvent(), cancelEvent()]);
    expect(world.reads).toEqual([]);
  });

  it('make one intake of fifty deliveries at once', async () => {
    const world = createIntakeWorld();
    world.activate();
    await deliver(world, requestEvent());
    await Promise.all(Array.from({ length: 50 }, () => deliver(world, writeEvent())));
    expect((await world.ledger.hints.list()).length).toBe(1);
    expect(new Set(world.starts.map(({ instanceId }) => instanceId))).toEqual(new Set([look]));
    expect(await world.run(look)).toBe('granted');
    expect((await world.ledger.windows.list()).length).toBe(1);
  });

  it('start the intake again when the same event comes again before its end', async () => {
    const world = createIntakeWorld();
    expect(await world.receive(writeEvent())).toBe('started');
    expect(await world.receive(writeEvent())).toBe('running');
  });

  it('do nothing for an event that was worked on to its end', async () => {
    const world = createIntakeWorld();
    world.activate();
    await world.receive(requestEvent());
    await world.receive(writeEvent());
    await world.run(look);
    const before = world.starts.length;
    world.at += 3_600_000;
    expect(await world.receive(writeEvent())).toBe('repeat');
    expect(world.starts.length).toBe(before);
    expect(await world.ledger.live.get(look)).toBeNull();
  });

  it('ignore another body under a known id, and say so', async () => {
    const world = createIntakeWorld();
    await world.receive(writeEvent());
    const other = assignmentId('77777777-7777-4777-8777-777777777777');
    const { data } = writeEvent();
    const forged = writeEvent({ subject: other, data: { ...data, resourceUri: other } });
    expect(await world.receive(forged)).toBe('otherBody');
    expect((await world.ledger.hints.get(look))?.row.roleAssignmentId).toBe(assignmentId());
    expect(world.lines.map(({ event }) => event)).toContain('hint.otherBody');
  });

  it('fail when the engine fails, so that Event Grid repeats; the repeat succeeds', async () => {
    const world = createIntakeWorld();
    let failures = 1;
    const starter: IntakeWorld['starter'] = {
      start: async (...args) => {
        if (failures-- > 0) throw faultOf('unavailable');
        return world.starter.start(...args);
      },
    };
    const door = activationDoor(world, () => starter);
    await expect(door(writeEvent(), {} as InvocationContext)).rejects.toThrow('unavailable');
    await door(writeEvent(), {} as InvocationContext);
    expect(world.starts.map(({ instanceId }) => instanceId)).toEqual([look]);
  });

  it('fail when the ledger fails at any of its writes, and leave nothing half done', async () => {
    for (const failing of ['live', 'hints'] as const) {
      const world = createIntakeWorld();
      const table = { ...world.ledger[failing] };
      const insert = async (): Promise<never> => {
        throw faultOf('unavailable');
      };
      const broken = {
        ...world,
        ledger: { ...world.ledger, [failing]: { ...table, insert } },
      };
      const door = activationDoor(broken, () => world.starter);
      await expect(door(writeEvent(), {} as InvocationContext)).rejects.toThrow('unavailable');
      expect(world.starts).toEqual([]);
      await deliver(world, writeEvent());
      expect(world.starts.length).toBe(1);
    }
  });
});

describe('an address hint', () => {
  it('is kept once, however often it comes', async () => {
    const world = createIntakeWorld();
    expect(await world.receive(requestEvent())).toBe('addressKept');
    expect(await world.receive(requestEvent())).toBe('addressKept');
    expect(await addresses(world)).toMatchObject([{ address: '203.0.113.10', void: false }]);
  });

  it('is voided by a different one under the same name, in either order', async () => {
    const world = createIntakeWorld();
    await world.receive(requestEvent());
    expect(await world.receive(requestEvent({ ipaddr: '203.0.113.66' }))).toBe('addressVoided');
    expect(await world.receive(requestEvent())).toBe('addressVoided');
    expect(await addresses(world)).toMatchObject([{ address: '203.0.113.10', void: true }]);
  });

  it('is forgotten when the request is cancelled, whichever comes first', async () => {
    for (const events of [
      [requestEvent(), cancelEvent()],
      [cancelEvent(), requestEvent()],
    ]) {
      const world = createIntakeWorld();
      for (const event of events) await world.receive(event);
      expect(await addresses(world)).toMatchObject([{ void: true }]);
    }
  });

  const forms = [
    ['with a port', '203.0.113.10:51234', '203.0.113.10'],
    ['IPv6 in brackets with a port', '[2001:db8::10]:443', '2001:db8::10'],
    ['IPv6 in capitals', '2001:0DB8:0::0010', '2001:db8::10'],
  ] as const;

  it.each(forms)('is brought into one spelling: %s', async (_form, ipaddr, address) => {
    const world = createIntakeWorld();
    await world.receive(requestEvent({ ipaddr }));
    expect(await addresses(world)).toMatchObject([{ address }]);
  });

  it('takes the address of the call before that of the token', async () => {
    const world = createIntakeWorld();
    const event = requestEvent();
    const httpRequest = JSON.stringify({ clientIpAddress: '203.0.113.77', method: 'PUT' });
    await world.receive({ ...event, data: { ...event.data, httpRequest } });
    expect(await addresses(world)).toMatchObject([{ address: '203.0.113.77' }]);
  });
});

async function deliver(world: IntakeWorld, delivered: unknown): Promise<void> {
  await activationDoor(world, () => world.starter)(delivered, {} as InvocationContext);
}

async function addresses(world: IntakeWorld) {
  return (await world.ledger.addresses.list()).map(({ row }) => row);
}
