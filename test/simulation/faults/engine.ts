import type { Crossing } from '../boundaries';
import type { FaultKind, Stage } from '../stage';

const isActivity = ({ kind }: Crossing): boolean => kind === 'activity';

function managed(name: string, verbs: readonly string[]): FaultKind {
  return {
    name,
    group: 'engine',
    aim: 'open',
    times: [1, 1],
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        const simulation = stage.simulation();
        if (!simulation.isRunning()) return;
        const { instances } = simulation.host().engine;
        const running = [...instances.values()].filter((one) => !one.isOver);
        if (running.length === 0) return;
        const { id } = stage.dice(fault).pick(running);
        stage.took(fault);
        void manage(stage, id, verbs);
      });
    },
  };
}

async function manage(stage: Stage, id: string, verbs: readonly string[]): Promise<void> {
  const host = stage.simulation().host();
  const { origin, systemKey } = host.address;
  for (const verb of verbs) {
    const isPurge = verb === 'purge';
    const path = `instances/${id}${isPurge ? '' : `/${verb}`}`;
    const url = `${origin}/runtime/webhooks/durabletask/${path}?reason=x&code=${systemKey}`;
    await host.http({ method: isPurge ? 'DELETE' : 'POST', url });
  }
}

function stepsFail(name: string, forMs: readonly [number, number]): FaultKind {
  return {
    name,
    group: 'engine',
    aim: 'opening',
    forMs,
    times: [100_000, 100_000],
    skip: 0,
    install: (stage, fault) => {
      stage.strike(
        fault,
        ({ kind, name: called }) => kind === 'activity' && called === 'advanceWindow',
        () => ({
          at: 'before',
          deed: { do: 'fail', error: () => new Error('Out of memory.') },
        }),
      );
    },
  };
}

function timing(
  name: string,
  early: number,
  earlyMs: number,
  late: readonly [number, number],
): FaultKind {
  return {
    name,
    group: 'engine',
    aim: 'anywhere',
    forMs: [300_000, 1_500_000],
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        const dice = stage.dice(fault);
        const before = { ...stage.timing };
        Object.assign(stage.timing, {
          earlyShare: early,
          timerEarlyMs: { min: 0, max: earlyMs },
          timerLateMs: { min: late[0], max: late[1] },
          chance: () => {
            stage.took(fault);
            return dice.next();
          },
        });
        const back = (): void => {
          Object.assign(stage.timing, before);
        };
        stage.clock.at(stage.clock.now() + fault.forMs, back);
      });
    },
  };
}

/** What the Durable engine does by itself. */
export const engineFaults: readonly FaultKind[] = [
  {
    name: 'activity executed twice at once',
    group: 'engine',
    aim: 'anywhere',
    skip: 6,
    install: (stage, fault) => {
      stage.strike(fault, isActivity, () => ({
        at: 'before',
        deed: { do: 'again', afterMs: 0 },
      }));
    },
  },
  {
    name: 'activity executed again later',
    group: 'engine',
    aim: 'anywhere',
    skip: 6,
    install: (stage, fault) => {
      const dice = stage.dice(fault);
      stage.strike(fault, isActivity, () => ({
        at: 'before',
        deed: { do: 'again', afterMs: dice.int(1_000, 900_000) },
      }));
    },
  },
  {
    name: 'result redelivered late',
    group: 'engine',
    aim: 'closing',
    skip: 3,
    install: (stage, fault) => {
      const dice = stage.dice(fault);
      stage.strike(fault, isActivity, () => ({
        at: 'unacknowledged',
        deed: { do: 'delay', ms: dice.int(5_000, 240_000) },
      }));
    },
  },
  {
    name: 'startNew lost',
    group: 'engine',
    aim: 'opening',
    times: [1, 2],
    install: (stage, fault) => {
      stage.strike(
        fault,
        ({ kind }) => kind === 'start',
        () => ({ at: 'before', deed: { do: 'answer', answer: acceptedStart } }),
      );
    },
  },
  {
    name: 'startNew fails',
    group: 'engine',
    aim: 'opening',
    times: [1, 2],
    install: (stage, fault) => {
      const at = stage.dice(fault).pick(['before', 'unacknowledged'] as const);
      stage.strike(
        fault,
        ({ kind }) => kind === 'start',
        () => ({
          at,
          deed: {
            do: 'fail',
            error: () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
          },
        }),
      );
    },
  },
  // A sleeper whose step fails looks again soon, and so comes to the last of its turns.
  { ...stepsFail('steps fail for a quarter of an hour', [900_000, 1_000_000]), onlyNamed: true },
  stepsFail('steps fail for four minutes', [200_000, 280_000]),
  timing('timers 0.84 s early, 30 s late', 0.4, 840, [0, 30_000]),
  timing('timers 20 to 80 s late', 0, 0, [20_000, 80_000]),
  managed('instance terminated', ['terminate']),
  managed('instance purged', ['terminate', 'purge']),
  managed('instance stuck', ['suspend']),
];

/** What a host says that has accepted a start, here one that then forgets it. */
function acceptedStart(): unknown {
  return { status: 202, statusText: '', headers: {}, data: '{"id":"lost"}', config: {} };
}
