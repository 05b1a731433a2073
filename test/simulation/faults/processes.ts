import { MemoryStore } from '../../../local/functions/index';
import type { Crossing, Moment } from '../boundaries';
import type { FaultKind } from '../stage';

const kinds = (...names: Crossing['kind'][]): ((crossing: Crossing) => boolean) => {
  return ({ kind }) => names.includes(kind);
};
const anywhere = kinds(
  'request',
  'ledger',
  'audit',
  'start',
  'activity',
  'episode',
  'trigger',
  'timer',
);
/** Where an effect can be cut from its acknowledgement. */
const effects = kinds('request', 'ledger', 'audit', 'start', 'activity');

function death(
  name: string,
  who: 'host' | 'worker',
  at: Moment,
  on: (crossing: Crossing) => boolean,
  downMs: readonly [number, number],
): FaultKind {
  return {
    name,
    group: 'process',
    aim: at === 'after' ? 'opening' : 'closing',
    times: [1, 2],
    skip: 12,
    install: (stage, fault) => {
      const dice = stage.dice(fault);
      stage.strike(fault, on, () => ({
        at,
        deed: { do: 'die', who, downMs: dice.int(downMs[0], downMs[1]) },
      }));
    },
  };
}

const soon = [1_000, 14_000] as const;

/** What dies, and what is wiped meanwhile. */
export const processFaults: readonly FaultKind[] = [
  death('host dies before an effect', 'host', 'before', anywhere, soon),
  death('host dies before the acknowledgement', 'host', 'unacknowledged', effects, soon),
  death('host dies between two effects', 'host', 'after', effects, soon),
  death('host dies in an activity', 'host', 'unacknowledged', kinds('activity'), soon),
  death('app dead for some time', 'host', 'before', anywhere, [120_000, 480_000]),
  death(
    'worker dies in an activity',
    'worker',
    'before',
    kinds('request', 'ledger', 'audit'),
    [0, 0],
  ),
  death(
    'worker dies at the end of an activity',
    'worker',
    'unacknowledged',
    kinds('activity'),
    [0, 0],
  ),
  death('worker dies in an episode', 'worker', 'before', kinds('episode'), [0, 0]),
  {
    name: 'worker dies asleep',
    group: 'process',
    aim: 'open',
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        if (!stage.simulation().isRunning() || stage.boundaries.open().functions > 0) return;
        stage.took(fault);
        stage.killWorker();
      });
    },
  },
  {
    name: 'task hub wiped',
    group: 'engine',
    aim: 'open',
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        if (!stage.simulation().isRunning()) return;
        stage.took(fault);
        stage.restart(stage.dice(fault).int(1_000, 20_000), { store: new MemoryStore() });
      });
    },
  },
  {
    name: 'ledger lost',
    group: 'ledger',
    aim: 'open',
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        if (!stage.simulation().isRunning()) return;
        stage.took(fault);
        stage.restart(stage.dice(fault).int(1_000, 20_000), { ledger: stage.newLedger() });
      });
    },
  },
  {
    // Neither the index nor a list: what it deletes then it remembers, and it says nothing of itself.
    name: 'sweeper app is shown nothing',
    group: 'resourceManager',
    aim: 'open',
    forMs: [300_000, 600_000],
    onlyNamed: true,
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        stage.took(fault, fault.forMs);
        stage.withSweeper(stage.clock.now() + fault.forMs);
      });
    },
  },
  {
    name: 'main app dead for ever',
    group: 'process',
    aim: 'open',
    install: (stage, fault) => {
      // Beside it from the first minute: it is there for the day on which this happens.
      stage.at(0, () => stage.withSweeper());
      stage.at(fault.atMs, () => {
        if (!stage.simulation().isRunning()) return;
        stage.took(fault);
        stage.die();
      });
    },
  },
];
