import {
  assignmentOf,
  begin,
  createIntakeWorld,
  instanceOf,
  policyWithRule,
} from '../../support/intakeWorld';
import { look } from '../../support/intakeStories';
import { writeEvent } from '../../support/events';

const ranges = [{ name: 'vpn', prefixes: ['198.51.100.7/32'] }];
const policy = policyWithRule({ sources: { ranges, fromActivation: null } });
const secondsBefore = (seconds: number): string => new Date(begin - seconds * 1_000).toISOString();

/** The activation began 1.5 s before `begin`; its event says `eventTime`. */
async function outcomeOf(bornAt: number, eventTime: string) {
  const world = createIntakeWorld(policy, bornAt);
  world.assignments = [assignmentOf()];
  world.instances = [instanceOf({ startAt: begin - 1_500 })];
  await world.receive(writeEvent({ eventTime }));
  const outcome = await world.run(look);
  return { world, outcome };
}

describe('an event about an activation that is older than the ledger', () => {
  it('opens nothing if it is older as well: nobody knows whether the window has been closed', async () => {
    const { world, outcome } = await outcomeOf(begin - 1_000, secondsBefore(1.2));
    expect(outcome).toBe('beforeLedger');
    expect(await world.ledger.windows.list()).toEqual([]);
    expect(world.starts.filter(({ name }) => name === 'accessWindow')).toEqual([]);
    const said = world.lines.filter(({ event }) => event === 'intake.beforeLedger');
    expect(said).toMatchObject([{ level: 'warn', fields: { began: secondsBefore(1.5) } }]);
  });

  it('opens its window if it is of today: a new deployment has a young ledger', async () => {
    const { outcome } = await outcomeOf(begin - 1_000, secondsBefore(0.5));
    expect(outcome).toBe('granted');
  });

  it('opens its window if the activation is younger, whatever time the event names', async () => {
    const { outcome } = await outcomeOf(begin - 60_000, secondsBefore(3_600));
    expect(outcome).toBe('granted');
  });

  it('changes nothing for a window that the ledger knows', async () => {
    const { world } = await outcomeOf(begin - 60_000, secondsBefore(0));
    const [window] = await world.ledger.windows.list();
    const again = { id: 'b0000000-0000-4000-8000-000000000009', eventTime: secondsBefore(3_600) };
    await world.receive(writeEvent(again));
    const [, second] = await world.ledger.hints.list();
    expect(await world.run(second?.row.id ?? '')).toBe('sameWindow');
    expect((await world.ledger.windows.list()).map(({ row }) => row.id)).toEqual([window?.row.id]);
  });
});
