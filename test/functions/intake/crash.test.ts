import type { Ledger } from '../../../shared/ports/ledger';
import { createIntakeWorld, policyWithRule } from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { Crash, crashAt } from '../../support/crashes';
import { gone, look } from '../../support/intakeStories';
import { deleteEvent, requestEvent, writeEvent } from '../../support/events';

/** What somebody does to the app, from the door on; each step may be repeated after a crash. */
type Story = {
  readonly prepare: (world: IntakeWorld) => void;
  readonly steps: readonly ((world: IntakeWorld) => Promise<unknown>)[];
};

const activation: Story = {
  prepare: (world) => world.activate(),
  steps: [
    (world) => world.receive(requestEvent()),
    (world) => world.receive(writeEvent()),
    (world) => world.run(look),
  ],
};

const stories: Readonly<Record<string, Story>> = {
  activation,
  refusal: {
    prepare: (world) => {
      world.activate();
      world.vms = [];
    },
    steps: activation.steps,
  },
  deactivation: {
    prepare: activation.prepare,
    steps: [
      ...activation.steps,
      async (world) => {
        if (world.instances.length > 0) world.at += 300_000;
        world.deactivate();
        const eventTime = '2026-01-01T10:05:05.000Z';
        await world.receive(deleteEvent({ eventTime }));
      },
      (world) => world.run(gone),
    ],
  },
  forgery: {
    prepare: activation.prepare,
    steps: [
      ...activation.steps,
      (world) => world.receive(deleteEvent({ eventTime: '2026-01-01T10:00:05.000Z' })),
      (world) => world.run(gone),
    ],
  },
};

describe('a crash at any call, followed by a repeat, ends as if there had been none', () => {
  it.each(Object.entries(stories))('%s', async (_name, story) => {
    const undisturbed = createIntakeWorld();
    const { calls, ledger } = crashAt(undisturbed, 0, 'before');
    const wanted = await endOf(undisturbed, ledger, story);
    const count = calls();
    expect(count).toBeGreaterThan(15);
    for (let point = 1; point <= count; point++) {
      for (const when of ['before', 'after'] as const) {
        const world = createIntakeWorld();
        const seen = crashAt(world, point, when).ledger;
        expect({ point, when, end: await endOf(world, seen, story) }).toEqual({
          point,
          when,
          end: wanted,
        });
      }
    }
  });

  it('also when every step is run twice at once', async () => {
    const world = createIntakeWorld(
      policyWithRule({
        sources: { ranges: [{ name: 'vpn', prefixes: ['198.51.100.7/32'] }], fromActivation: null },
      }),
    );
    world.activate();
    await Promise.all([world.receive(writeEvent()), world.receive(writeEvent())]);
    const outcomes = await Promise.all([world.run(look), world.run(look), world.run(look)]);
    expect(new Set(outcomes)).toEqual(new Set([expect.stringMatching('granted|sameWindow')]));
    expect((await world.ledger.windows.list()).length).toBe(1);
    expect((await world.ledger.live.list()).length).toBe(1);
  });
});

/** Plays a story, repeating a step that died; then says where everything stands, times aside. */
async function endOf(world: IntakeWorld, ledger: Ledger, { prepare, steps }: Story) {
  prepare(world);
  for (const step of steps) {
    try {
      await step(world);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      await step(world);
    }
  }
  const { windows, live, hints, endHints, addresses } = ledger;
  return {
    windows: (await windows.list()).map(({ row }) => ({
      id: row.id,
      wish: row.wish,
      closeReason: row.closeReason,
      generation: row.generation,
      endHintAt: row.endHintAt,
      concluded: row.concludedAt !== null,
      refusals: row.refusals.map(({ code }) => code),
      source: row.grant.source,
    })),
    live: (await live.list()).map(({ row }) => [row.kind, row.id]),
    hints: (await hints.list()).map(({ row }) => [row.kind, rounded(row.outcome)]),
    endHints: (await endHints.list()).map(({ row }) => row.state),
    addresses: (await addresses.list()).map(({ row }) => row.void),
    started: [...new Set(world.starts.map(({ instanceId }) => instanceId))].sort(),
    writes: world.writes,
  };
}

/** A crash after the row was written and before the hint was: the repeat finds its own window. */
function rounded(outcome: string | null): string | null {
  if (outcome === 'sameWindow') return 'granted';
  return outcome === 'refusedBefore' ? 'refused' : outcome;
}
