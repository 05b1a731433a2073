import { MemoryStore } from '../../../local/functions/index';
import type { Crossing, Moment } from '../boundaries';
import { widePolicyOf } from '../policies';
import type { FaultKind } from '../stage';

const kinds = (...names: Crossing['kind'][]): ((crossing: Crossing) => boolean) => {
  return ({ kind }) => names.includes(kind);
};
const anywhere = kinds('request', 'ledger', 'start', 'activity', 'episode', 'trigger', 'timer');
/** Where an effect can be cut from its acknowledgement. */
const effects = kinds('request', 'ledger', 'start', 'activity');

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
  death('worker dies in an activity', 'worker', 'before', kinds('request', 'ledger'), [0, 0]),
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
    name: 'deployment of a policy that is too wide',
    group: 'deploy',
    aim: 'opening',
    forMs: [120_000, 400_000],
    install: (stage, fault) => {
      const dice = stage.dice(fault);
      stage.at(Math.max(0, fault.atMs - 20_000), () => {
        if (!stage.simulation().isRunning()) return;
        stage.took(fault, fault.forMs);
        const changes = { policy: widePolicyOf(stage.plan), policyRefused: true };
        stage.restart(dice.int(1_000, 10_000), changes);
        // Whoever deployed it sees what it says of itself, and takes it back.
        stage.clock.at(stage.clock.now() + fault.forMs, () => {
          const { policyText: policy } = stage;
          stage.restart(1_000, { policy, policyRefused: false });
        });
      });
    },
  },
  {
    name: 'deployment in mid-window',
    group: 'deploy',
    aim: 'open',
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        if (!stage.simulation().isRunning()) return;
        stage.took(fault);
        // Another version of the policy that allows the same: a comment is version enough.
        const policy = `${stage.policyText}\n# deployed once more: ${fault.id}\n`;
        stage.restart(stage.dice(fault).int(1_000, 30_000), { policy });
      });
    },
  },
];
