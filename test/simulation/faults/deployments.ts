import { narrowPolicyOf, narrowings, widePolicyOf } from '../policies';
import type { FaultKind } from '../stage';
import { deployedTimers } from '../../support/deployedTimers';
import { settings } from '../../support/simulatedSettings';

/** Deployments while windows are open: of the same, of less, of what the app must refuse. */
export const deployFaults: readonly FaultKind[] = [
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
  {
    // The main app is given the new key, and the sweeper app is forgotten.
    name: 'signing key renewed',
    group: 'deploy',
    aim: 'opening',
    onlyNamed: true,
    install: (stage, fault) => {
      stage.at(0, () => stage.withSweeper());
      // The sweeper app's first sweep tells which keys it has.
      stage.at(Math.max(150_000, fault.atMs), () => {
        if (!stage.simulation().isRunning()) return;
        const known = settings({})['MARKER_PUBLIC_KEYS'] ?? '';
        const renewed = {
          ...deployedTimers,
          SWEEPER: 'watched',
          MARKER_KEY_VERSION: '2',
          MARKER_PUBLIC_KEYS: `${known},${known.replace(/^1:/, '2:')}`,
        };
        stage.took(fault);
        stage.restart(stage.dice(fault).int(1_000, 5_000), { settings: renewed });
      });
    },
  },
  {
    name: 'policy narrowed in mid-window',
    group: 'deploy',
    aim: 'opened',
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        if (!stage.simulation().isRunning()) return;
        const dice = stage.dice(fault);
        const narrowed = dice.pick(narrowings);
        const policy = narrowPolicyOf(stage.plan, narrowed);
        stage.took(fault);
        stage.restart(dice.int(1_000, 5_000), { policy, policyRefused: false }, narrowed);
      });
    },
  },
];
