import * as fc from 'fast-check';
import { intakeIdOf } from '../../../shared/domain/identity';
import type { LiveRow } from '../../../shared/domain/live';
import { judgeCaps } from '../../../shared/domain/intake/caps';
import type { Policy } from '../../../shared/domain/policy/policy';
import {
  assignmentId,
  assignmentOf,
  createIntakeWorld,
  instanceOf,
  policyWithRule,
} from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { writeEvent } from '../../support/events';

const caps: Policy['caps'] = { vmsPerActivation: 10, windowsPerPerson: 1, windows: 2 };

describe('the caps', () => {
  it('let one window per person through, and refuse the second by its name', async () => {
    const world = await withActivations(2, caps);
    expect(await world.run(intakeIdOf('event-0'))).toBe('granted');
    world.at += 1_000;
    expect(await world.run(intakeIdOf('event-1'))).toBe('refused');
    expect(await codes(world)).toEqual(['windowsPerPerson']);
    expect((await world.ledger.live.list()).length).toBe(1);
  });

  it('count all people together', async () => {
    const world = await withActivations(3, caps, (at) => personOf(at));
    const outcomes = [];
    for (let at = 0; at < 3; at++) outcomes.push(await world.run(intakeIdOf(`event-${at}`)));
    expect(outcomes).toEqual(['granted', 'granted', 'refused']);
    expect(await codes(world)).toEqual(['windowsInAll']);
  });

  it('hold when two intakes run at once: one opens, one withdraws itself', async () => {
    const world = await withActivations(2, caps);
    const ids = [intakeIdOf('event-0'), intakeIdOf('event-1')];
    const outcomes = await Promise.all(ids.map((id) => world.run(id)));
    expect(outcomes.sort()).toEqual(['granted', 'refused']);
    expect((await world.ledger.live.list()).length).toBe(1);
  });

  it('never let more through than they say, however inserts and counts interleave', () => {
    const person = (id: string, createdAt: number): LiveRow => ({
      id,
      kind: 'window',
      assignmentKey: id,
      personId: 'ada',
      nsgIds: [],
      guardMs: 0,
      closeFrom: null,
      closes: [],
      until: 0,
      createdAt,
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(7), { maxLength: 40 }),
        (windowsPerPerson, createdAts, schedule) => {
          const limits = { ...caps, windowsPerPerson, windows: 100 };
          const all = createdAts.map((createdAt, at) => person(`w${at}`, createdAt));
          const live: LiveRow[] = [];
          const passed = new Set<string>();
          const withdrawn = new Set<string>();
          // Each turn one worker does its next thing: inserts its row, or counts.
          for (const turn of schedule) {
            const row = all[turn % all.length];
            if (row === undefined || passed.has(row.id) || withdrawn.has(row.id)) continue;
            if (!live.includes(row)) {
              live.push(row);
              continue;
            }
            const { kind } = judgeCaps(live, row, limits);
            if (kind === 'within') passed.add(row.id);
            if (kind === 'above') {
              withdrawn.add(row.id);
              live.splice(live.indexOf(row), 1);
            }
          }
          expect(passed.size).toBeLessThanOrEqual(windowsPerPerson);
        },
      ),
    );
  });

  it('let the oldest through in the end: the newer ones make room', () => {
    const rows: LiveRow[] = [0, 1, 2].map((at) => ({
      id: `w${at}`,
      kind: 'window',
      assignmentKey: '',
      personId: 'ada',
      nsgIds: [],
      guardMs: 0,
      closeFrom: null,
      closes: [],
      until: 0,
      createdAt: 5,
    }));
    const [oldest, ...newer] = rows;
    if (oldest === undefined) throw new Error('There is no row.');
    expect(judgeCaps(rows, oldest, caps).kind).toBe('crowded');
    for (const row of newer) expect(judgeCaps(rows, row, caps).kind).toBe('above');
    expect(judgeCaps([oldest], oldest, caps).kind).toBe('within');
  });
});

// Helpers

function personOf(at: number): string {
  return `33333333-3333-4333-8333-${String(at).padStart(12, '0')}`;
}

/** A world with several activations, each told by an event of its own. */
async function withActivations(
  count: number,
  limits: Policy['caps'],
  person: (at: number) => string = () => personOf(0),
): Promise<IntakeWorld> {
  const sources = {
    ranges: [{ name: 'vpn', prefixes: ['198.51.100.7/32'] }],
    fromActivation: null,
  };
  const world = createIntakeWorld({ ...policyWithRule({ sources }), caps: limits });
  for (let at = 0; at < count; at++) {
    const id = assignmentId(`55555555-5555-4555-8555-${String(at).padStart(12, '0')}`);
    world.assignments.push(assignmentOf({ id, principalId: person(at) }));
    world.instances.push(instanceOf({ originRoleAssignmentId: id, principalId: person(at) }));
    const { data } = writeEvent();
    await world.receive(
      writeEvent({ id: `event-${at}`, subject: id, data: { ...data, resourceUri: id } }),
    );
  }
  return world;
}

async function codes(world: IntakeWorld): Promise<string[]> {
  const rows = (await world.ledger.windows.list()).map(({ row }) => row);
  return rows.flatMap(({ refusals }) => refusals.map(({ code }) => code));
}
