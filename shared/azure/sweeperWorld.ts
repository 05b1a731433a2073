import type { SweeperConfig } from '../config/sweeper';
import type { SweeperWorld } from '../ports/world';
import { createClock } from './clock';
import { connect } from './connect';
import { createInventory } from './inventory';
import { createNetwork } from './network';
import { createVerifier } from './verifier';
import type { WorldParts } from './worldParts';

/**
 * The world of the sweeper app, as Azure gives it: of the ledger it reads windows and writes one
 * heartbeat, of the network it reads NSGs and deletes rules. Sends nothing by itself.
 */
export function createSweeperWorld(config: SweeperConfig, parts: WorldParts): SweeperWorld {
  const { meter, arm, ledger } = connect(config, parts);
  const { windows, heartbeats } = ledger;
  const network = createNetwork(arm);
  return {
    clock: createClock(meter),
    log: parts.log,
    ledger: { windows: { get: (id) => windows.get(id) }, heartbeats },
    // Handed on one by one: what is not in this list, this app cannot do.
    network: {
      readNsg: (nsgId) => network.readNsg(nsgId),
      deleteRule: (nsgId, ruleName) => network.deleteRule(nsgId, ruleName),
      visibleSubscriptions: () => network.visibleSubscriptions(),
      listOurRulesIn: (subscriptionId) => network.listOurRulesIn(subscriptionId),
    },
    inventory: createInventory(arm),
    verifier: createVerifier(config.publicKeys),
    deployment: config.deployment,
    sweepSchedule: config.sweep.text,
    sweepPeriodMs: config.sweep.gapMs,
    sweep: config.sweepSettings,
    version: config.version,
    keyVersions: [...config.publicKeys.keys()],
    settingFaults: config.settingFaults,
  };
}
