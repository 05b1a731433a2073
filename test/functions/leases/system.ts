import type * as fc from 'fast-check';
import { advanceWindow } from '../../../functions/activities/advanceWindow';
import { askToClose } from '../../../functions/wishes/askToClose';
import { askToExtend } from '../../../functions/wishes/askToExtend';
import type { Origin } from '../../../shared/domain/grant';
import { windowIdOf } from '../../../shared/domain/identity';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { WishAnswer } from '../../../functions/wishes/wishAnswer';
import type { Change } from '../../support/fakeNetwork';
import {
  assignment,
  createTestWorld,
  grantOf,
  grantWindow,
  nsgNic,
  nsgSubnet,
  standing,
  type TestWorld,
} from '../../support/windowWorld';
import type { Answered, Operation, Seen } from './referenceModel';

/** The app on one machine behind two NSGs, for two people: what the model is compared with. */
export type System = {
  now(): number;
  /** All of these at once, in an order that the scheduler chooses call by call. */
  ask(operations: readonly Operation[]): Promise<Answered[]>;
  /** Sleepers do their steps, those that are due together at once, until so much time is over. */
  pass(ms: number): Promise<void>;
  seen(): Promise<Seen>;
  isClosing(person: number): Promise<boolean>;
  /** How many rules of a person stand, of the two that a window has. */
  rulesOf(person: number): number;
  /** Every change of a person's rules so far. */
  changesOf(person: number): Change[];
};

const roleAssignmentOf = (person: number): string => `${assignment.slice(0, -1)}${person}`;

const principalOf = (person: number): string => `33333333-3333-4333-8333-33333333333${person}`;

/** Puts the scheduler into every call of the ledger and the network. */
function scheduled(world: TestWorld, scheduler: fc.Scheduler): TestWorld {
  const wrap = <Calls extends object>(calls: Calls, names: readonly (keyof Calls)[]): Calls => {
    const wrapped = names.map((name) => {
      const call = calls[name] as (...args: unknown[]) => Promise<unknown>;
      const waiting = async (...args: unknown[]): Promise<unknown> => {
        await scheduler.schedule(Promise.resolve(), String(name));
        return call(...args);
      };
      return [name, waiting];
    });
    return { ...calls, ...(Object.fromEntries(wrapped) as Partial<Calls>) };
  };
  const { ledger, network } = world;
  const tableCalls = ['insert', 'get', 'replace', 'remove', 'list'] as const;
  return {
    ...world,
    ledger: {
      ...ledger,
      windows: wrap(ledger.windows, tableCalls),
      live: wrap(ledger.live, tableCalls),
    },
    network: wrap(network, ['readNsg', 'putRule', 'deleteRule']),
  };
}

/** A system in which nothing has been asked yet. */
export function createSystem(people: number, scheduler: fc.Scheduler): System {
  const base = createTestWorld();
  const world = scheduled(base, scheduler);
  const startAt = base.time.now - 10_000;
  const originOf = (person: number, endAt: number): Origin => {
    const { origin } = grantOf(base.time);
    if (origin.kind !== 'activation') throw new Error('Windows of this world are of activations.');
    const roleAssignmentId = roleAssignmentOf(person);
    return { ...origin, roleAssignmentId, principalId: principalOf(person), startAt, endAt };
  };
  const ids = Array.from({ length: people }, (_item, person) => windowIdOf(originOf(person, 0)));
  const rowFor = async (person: number): Promise<WindowRow | null> =>
    (await base.ledger.windows.get(ids[person] ?? ''))?.row ?? null;
  const pauses = new Map<number, number>();

  const activate = async (operation: Operation & { kind: 'activate' }): Promise<string> => {
    const { person, until: untilAt, activationEnd: endAt } = operation;
    const changes = {
      origin: originOf(person, endAt),
      person: { ...grantOf(base.time).person, objectId: principalOf(person) },
      untilAt,
    };
    if ((await world.ledger.windows.get(ids[person] ?? '')) !== null) return 'same';
    await grantWindow(world, changes);
    return 'changed';
  };

  const carryOut = async (operation: Operation): Promise<string> => {
    const { kind, person } = operation;
    const by = { by: `person ${person}`, reason: '' };
    const id = ids[person] ?? '';
    if (kind === 'activate') return activate(operation);
    if (kind === 'close') return told(await askToClose(world, id, by));
    return told(await askToExtend(world, id, { ...by, until: operation.until }));
  };

  const step = async (person: number): Promise<void> => {
    try {
      const look = await advanceWindow(world, { id: ids[person] ?? '' });
      pauses.set(person, look.done ? Number.POSITIVE_INFINITY : Date.parse(look.nextLook));
    } catch {
      pauses.set(person, base.time.now + 15_000);
    }
  };

  const together = async <Result>(work: readonly Promise<Result>[]): Promise<Result[]> =>
    scheduler.waitFor(Promise.all(work));

  const dueAt = async (person: number): Promise<number> => {
    const row = await rowFor(person);
    if (row === null || row.concludedAt !== null) return Number.POSITIVE_INFINITY;
    // A wish brings the next look forward; else it is what the last step said.
    return Math.min(pauses.get(person) ?? 0, row.wish === 'closed' ? row.nextLook : Infinity);
  };

  return {
    now: () => base.time.now,
    ask: async (operations) => {
      const stepping = ids.map((_id, person) => step(person));
      const asked = operations.map(async (operation) => ({
        operation,
        answer: await carryOut(operation),
      }));
      const [answers] = await scheduler.waitFor(
        Promise.all([Promise.all(asked), Promise.all(stepping)]),
      );
      for (const { person } of operations) pauses.set(person, base.time.now);
      return answers;
    },
    pass: async (ms) => {
      const end = base.time.now + ms;
      for (let turn = 0; turn < 500; turn++) {
        const times = await Promise.all(ids.map((_id, person) => dueAt(person)));
        const next = Math.min(...times);
        if (next > end) break;
        base.time.moveTo(Math.max(base.time.now + 1, next));
        const { now } = base.time;
        await together(times.flatMap((at, person) => (at <= now ? [step(person)] : [])));
      }
      base.time.moveTo(end);
    },
    seen: async () =>
      Promise.all(
        ids.map(async (_id, person) => {
          const row = await rowFor(person);
          return row && { until: row.wantedUntil, isClosed: row.wish === 'closed' };
        }),
      ),
    isClosing: async (person) => {
      const row = await rowFor(person);
      return row !== null && (row.closingAt !== null || row.concludedAt !== null);
    },
    rulesOf: (person) =>
      [nsgNic, nsgSubnet].reduce((sum, nsg) => {
        const own = standing(base, nsg).filter(({ name }) => isOf(name, ids[person]));
        return sum + own.length;
      }, 0),
    changesOf: (person) =>
      base.network.history.filter(({ ruleName }) => isOf(ruleName, ids[person])),
  };
}

function isOf(ruleName: string, id: string | undefined): boolean {
  return id !== undefined && ruleName.includes(id);
}

function told(answer: WishAnswer): string {
  if (answer.kind === 'notFound' || answer.kind === 'keyReused') return answer.kind;
  if (answer.kind === 'refused') return answer.refusal.code;
  return answer.changed ? 'changed' : 'same';
}
