import * as fc from 'fast-check';
import { limits, minute } from '../../support/windowWorld';
import {
  isExplained,
  type Lease,
  type Leases,
  mayStand,
  type Operation,
  type Seen,
} from './referenceModel';
import { createSystem, type System } from './system';

const people = 2;
const openUntil = (until: number): Seen[number] => ({ until, isClosed: false });
const closedBy = (until: number): Seen[number] => ({ until, isClosed: true });
/** A close that nothing disturbs is effective within this time. */
const closeMs = 210_000;

/** What the model knows: the leases, and when each was last asked to end. */
type Model = { leases: Leases; closedAt: (number | null)[]; told: Map<string, number> };
type Command = fc.AsyncCommand<Model, System>;

/** Asked relative to now, so that a command makes sense whenever it comes. */
type Asked = { kind: Operation['kind']; person: number; minutes: number };

function operationOf({ kind, person, minutes }: Asked, system: System, model: Model): Operation {
  const lease = model.leases[person] ?? null;
  if (kind === 'close') return { kind, person };
  if (kind === 'extend') {
    return { kind, person, until: (lease?.until ?? system.now()) + (minutes - 15) * minute };
  }
  const until = system.now() + (minutes + 10) * minute;
  return { kind, person, until, activationEnd: until + 30 * minute };
}

/** People ask at the same moment, while sleepers are at work. */
class Together implements Command {
  constructor(private readonly asked: readonly Asked[]) {}
  check = (): boolean => true;
  async run(model: Model, system: System): Promise<void> {
    const before = await withOver(model.leases, system);
    const distinct = new Map(this.asked.map((one) => [`${one.kind} ${one.person}`, one]));
    const operations = [...distinct.values()].map((one) => operationOf(one, system, model));
    const at = system.now();
    const answered = await system.ask(operations);
    const seen = await system.seen();
    for (const { operation, answer } of answered) {
      const name = `${operation.kind} ${answer}`;
      model.told.set(name, (model.told.get(name) ?? 0) + 1);
    }
    const told = JSON.stringify({ before, answered, seen });
    expect([told, isExplained(before, answered, at, seen)]).toEqual([told, true]);
    model.leases = seen.map((one, person): Lease | null => {
      const known = before[person] ?? null;
      const granted = answered.find(
        ({ operation, answer }) =>
          operation.kind === 'activate' && operation.person === person && answer === 'changed',
      );
      if (one === null) return null;
      if (one.isClosed) model.closedAt[person] ??= at;
      const { operation } = granted ?? {};
      const activationEnd =
        operation?.kind === 'activate' ? operation.activationEnd : (known?.activationEnd ?? 0);
      return { ...one, activationEnd, isProved: known?.isProved ?? false };
    });
    await checkRules(model, system);
  }
  toString = (): string => `together(${JSON.stringify(this.asked)})`;
}

/** Time passes; in small steps, so that what stands in between is seen. */
class Wait implements Command {
  constructor(private readonly seconds: number) {}
  check = (): boolean => true;
  async run(model: Model, system: System): Promise<void> {
    for (let left = this.seconds; left > 0; left -= 30) {
      await system.pass(Math.min(left, 30) * 1_000);
      model.leases = (await withOver(model.leases, system)).map((lease, person) =>
        lease === null
          ? null
          : { ...lease, isProved: lease.isProved || system.rulesOf(person) === 2 },
      );
      await checkRules(model, system);
    }
  }
  toString = (): string => `wait(${this.seconds} s)`;
}

/** From its guard on a lease ends by itself, and its row says so when a sleeper has been there. */
async function withOver(leases: Leases, system: System): Promise<Leases> {
  const seen = await system.seen();
  return leases.map((lease, person) => {
    const isDue = lease !== null && system.now() >= lease.until - limits.guardMs;
    return isDue ? { ...lease, isClosed: seen[person]?.isClosed ?? true } : lease;
  });
}

/** The port is open exactly for the leases that live: each has both of its rules, or none. */
async function checkRules({ leases, closedAt }: Model, system: System): Promise<void> {
  const now = system.now();
  for (const [person, lease] of leases.entries()) {
    const rules = system.rulesOf(person);
    const should = mayStand(lease, await system.isClosing(person), now);
    const asked = closedAt[person] ?? null;
    const isOver = should === 'no' || (asked !== null && now > asked + closeMs);
    if (isOver) expect([person, now, rules]).toEqual([person, now, 0]);
    else if (should === 'yes') expect([person, now, rules]).toEqual([person, now, 2]);
    // Nobody's rule is taken away because somebody else's lease ends.
    const last = system.changesOf(person).findLast(({ rule }) => rule === null);
    if (last === undefined || lease === null || asked !== null) continue;
    expect(last.at).toBeGreaterThanOrEqual(lease.until - limits.guardMs);
  }
}

const asked = fc.record({
  kind: fc.constantFrom<Operation['kind'][]>('activate', 'extend', 'extend', 'close'),
  person: fc.nat({ max: people - 1 }),
  minutes: fc.integer({ min: 5, max: 40 }),
});

const commands = fc.commands(
  [
    fc.array(asked, { minLength: 1, maxLength: 4 }).map((all) => new Together(all)),
    fc.integer({ min: 5, max: 200 }).map((seconds) => new Wait(seconds)),
    fc.integer({ min: 300, max: 1_500 }).map((seconds) => new Wait(seconds)),
  ],
  { maxCommands: 8 },
);

describe('leases of two people on the same machine and port', () => {
  it('are linearizable, and the port is open while at least one of them lives', async () => {
    const told = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), commands, async (scheduler, all) => {
        const setup = (): { model: Model; real: System } => ({
          model: {
            leases: Array.from({ length: people }, () => null),
            closedAt: Array.from({ length: people }, () => null),
            told,
          },
          real: createSystem(people, scheduler),
        });
        await fc.asyncModelRun(setup, all);
      }),
      { numRuns: 60, seed: 20260101 },
    );
    const answers = [...told.keys()];
    expect(answers).toEqual(expect.arrayContaining(['activate changed', 'activate same']));
    expect(answers).toEqual(
      expect.arrayContaining(['close changed', 'close same', 'close notFound']),
    );
    expect(answers).toEqual(
      expect.arrayContaining(['extend changed', 'extend extendNotOpen', 'extend extendClosing']),
    );
  });

  const now = Date.UTC(2026, 0, 1, 10);
  const lease: Lease = {
    until: now + 30 * minute,
    activationEnd: now + 60 * minute,
    isProved: true,
    isClosed: false,
  };
  const later = now + 40 * minute;
  const extend = { kind: 'extend', person: 0, until: later } as const;
  const close = { kind: 'close', person: 0 } as const;

  it.each<[string, boolean, readonly [Operation, string][], Seen[number]]>([
    [
      'extended, then closed',
      true,
      [
        [close, 'changed'],
        [extend, 'changed'],
      ],
      closedBy(later),
    ],
    [
      'closed, the extend refused',
      true,
      [
        [extend, 'extendClosing'],
        [close, 'changed'],
      ],
      closedBy(lease.until),
    ],
    [
      'closed, and open all the same',
      false,
      [
        [close, 'changed'],
        [extend, 'changed'],
      ],
      openUntil(later),
    ],
    ['extended, and nothing written', false, [[extend, 'changed']], openUntil(lease.until)],
    [
      'closed twice for the first time',
      false,
      [
        [close, 'changed'],
        [close, 'changed'],
      ],
      closedBy(lease.until),
    ],
    [
      'refused for a close nobody asked for',
      false,
      [[extend, 'extendClosing']],
      openUntil(lease.until),
    ],
    [
      "closed by somebody else's close",
      false,
      [[{ ...close, person: 1 }, 'changed']],
      closedBy(lease.until),
    ],
  ])('the model tells what has an order: %s', (_what, isRight, history, seen) => {
    const answered = history.map(([operation, answer]) => ({ operation, answer }));
    const other = { ...lease };
    const seenOther = {
      until: lease.until,
      isClosed: history.some(([{ person }]) => person === 1),
    };
    expect(isExplained([lease, other], answered, now, [seen, seenOther])).toBe(isRight);
  });
});
