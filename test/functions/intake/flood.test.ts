import { createConfirmationTurns } from '../../../shared/domain/intake/confirmationTurns';
import { assignmentId, createIntakeWorld, type IntakeWorld } from '../../support/intakeWorld';
import { deleteEvent, requestEvent, writeEvent } from '../../support/events';

/** Looks a second, and looks again a second, as the app gives them. */
const rates = { first: { burst: 20, everyMs: 100 }, again: { burst: 20, everyMs: 200 } };
const forged = 2_000;

describe('two thousand forged hints', () => {
  it('cost no more reads a second than their share, and the true one among them still opens', async () => {
    const world = createIntakeWorld();
    limit(world);
    for (let n = 0; n < forged; n++) {
      if (n === forged / 2) {
        world.activate();
        await world.receive(requestEvent());
        await world.receive(writeEvent());
      }
      await world.receive(nobodys(n % 10 === 0 ? deleteEvent() : writeEvent(), n));
    }
    const from = world.at;
    const { readsAt, endedAt } = await play(world);

    const outcomes = await Promise.all(
      [...endedAt.keys()].map(async (id) => (await world.ledger.hints.get(id))?.row.outcome),
    );
    // None is lost: each has its one end.
    expect(outcomes).toHaveLength(forged + 1);
    expect(outcomes.filter((one) => one === 'granted')).toHaveLength(1);
    expect(outcomes.filter((one) => one === null || one === undefined)).toEqual([]);
    const granted = [...endedAt].find((_, at) => outcomes[at] === 'granted')?.[1] ?? 0;
    // The thousand before it, ten a second, and what is asked of its own.
    expect(granted - from).toBeLessThan((forged / 2) * rates.first.everyMs + 30_000);
    expect(busiestSecond(readsAt)).toBeLessThanOrEqual(10 + 5 + 2 * 20 + 5);
    const perSecond = readsAt.length / ((Math.max(...readsAt) - from) / 1_000);
    expect(perSecond).toBeLessThan(16);
    expect(world.writes).toBe(0);
  });

  it('wait while requests are short, and are asked about when they are not', async () => {
    const world = createIntakeWorld();
    let shortMs = 2_000;
    Object.assign(world, { budget: { ...world.budget, pauseMs: () => shortMs } });
    world.activate();
    await world.receive(requestEvent());
    await world.receive(writeEvent());
    const [{ instanceId } = { instanceId: '' }] = world.starts;
    expect(await world.run(instanceId, 60_000)).toBe('waiting');
    expect(world.reads).toEqual([]);
    expect((await world.ledger.hints.get(instanceId))?.row.looks).toBe(0);
    shortMs = 0;
    expect(await world.run(instanceId)).toBe('granted');
  });
});

function limit(world: IntakeWorld): void {
  const turns = {
    first: createConfirmationTurns(rates.first.burst, rates.first.everyMs),
    again: createConfirmationTurns(rates.again.burst, rates.again.everyMs),
  };
  Object.assign(world, {
    budget: {
      ...world.budget,
      confirmationPauseMs: (id: string, which: 'first' | 'again') =>
        turns[which].pauseMs(id, world.at),
    },
  });
}

/** An event about an assignment that nobody ever made. */
function nobodys(event: ReturnType<typeof writeEvent>, n: number): object {
  const number = String(n).padStart(12, '0');
  const id = assignmentId().replace(/[0-9a-f]{12}$/i, number);
  return {
    ...event,
    id: `f0000000-0000-4000-8000-${number}`,
    subject: id,
    data: { ...event.data, authorization: { scope: id }, resourceUri: id },
  };
}

/** Every intake as its sleeper would run it, each at its time. */
async function play(world: IntakeWorld): Promise<{
  readsAt: number[];
  endedAt: Map<string, number>;
}> {
  const readsAt: number[] = [];
  const endedAt = new Map<string, number>();
  const due = world.starts.map(({ instanceId }) => ({ id: instanceId, at: world.at }));
  while (due.length > 0) {
    due.sort((one, other) => other.at - one.at);
    const next = due.pop();
    if (next === undefined) break;
    world.at = Math.max(world.at, next.at);
    const before = world.reads.length;
    const look = await world.advance(next.id);
    for (let n = before; n < world.reads.length; n++) readsAt.push(world.at);
    if (look.done) endedAt.set(next.id, world.at);
    else due.push({ id: next.id, at: Date.parse(look.nextLook) });
  }
  return { readsAt, endedAt };
}

function busiestSecond(times: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const at of times) {
    const second = Math.floor(at / 1_000);
    counts.set(second, (counts.get(second) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}
