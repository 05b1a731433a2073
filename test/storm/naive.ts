import { NetworkManagementClient } from '@azure/arm-network';
import { seededChance } from '../../local/chance';
import type { NamedRule } from '../../local/azure/resourceManager/securityRule';
import { createLocalAzure } from '../../local/localAzure';
import { identities } from '../../local/tenant';
import { inProcess } from '../support/inProcess';
import { customRoles } from '../support/simulatedSettings';
import { installVirtualTime } from '../virtualTime';
import { operationMs } from './bound';
import type { StormLayout } from './layouts';
import { outcomeOf, type StormOutcome } from './outcome';
import { faultsOf, type Weather } from './weather';

const deadlineInMs = 600_000;
const watchedMs = 24 * 3_600_000;
const ruleForm = /\/securityrules\/naive-\d+$/;

/**
 * The program that one writes in an afternoon: a timer for each window, and a delete when it fires,
 * through the official client with its own retries and its own waiting. It gets what we get: the
 * same Azure, seed and weather, and rules that stand already, so that opening costs it nothing.
 */
export async function playNaive(
  layout: StormLayout,
  weather: Weather,
  seed: number,
): Promise<StormOutcome> {
  const time = installVirtualTime('2026-01-01T10:50:20.000Z');
  const deadlineMs = time.now() + deadlineInMs;
  const { estate, rules } = withRules(layout);
  const azure = createLocalAzure({
    estate,
    seed,
    customRoles: customRoles(),
    eventGrid: { subscriptions: [], deliver: async () => ({ status: 200, headers: {}, body: '' }) },
    resourceManager: { latency: { rulePut: operationMs, ruleDelete: operationMs } },
  });
  try {
    const { faults, writeLog } = azure.resourceManager;
    for (const fault of faultsOf(weather, deadlineMs, seededChance(seed + 1))) faults.add(fault);
    const credential = {
      getToken: async () => {
        const { token, expiresAt } = azure.login.issueToken(identities.opener);
        return { token, expiresOnTimestamp: expiresAt };
      },
    };
    const clients = new Map(
      estate.subscriptions.map(({ subscriptionId: id }) => [
        id,
        new NetworkManagementClient(credential, id, { httpClient: inProcess(azure) }),
      ]),
    );
    let open = rules.length;
    const close = async ({ subscription, group, nsg, name }: NaiveRule): Promise<void> => {
      const client = clients.get(subscription)?.securityRules;
      // What it gives up on stays open: that is counted by the network, not by the program.
      await Promise.allSettled([client?.beginDeleteAndWait(group, nsg, name)]);
      open -= 1;
    };
    for (const rule of rules) setTimeout(() => void close(rule), deadlineInMs);
    await time.pass(deadlineInMs);
    await time.passUntil(() => open === 0, watchedMs);
    await time.pass(operationMs);
    const paths = rules.map(({ path }) => path);
    return outcomeOf(writeLog.records, deadlineMs, (path) => ruleForm.test(path), paths);
  } finally {
    azure.close();
    time.uninstall();
  }
}

type NaiveRule = { subscription: string; group: string; nsg: string; name: string; path: string };

/** The layout with a rule for each window in the NSG of its machine. */
function withRules({ estate, scopes }: StormLayout) {
  const nsgOf = new Map(
    estate.networkInterfaces.map((nic) => [nic.virtualMachineId, nic.networkSecurityGroupId]),
  );
  const added = new Map<string, NamedRule[]>();
  const rules = scopes.map((vm, at): NaiveRule => {
    const nsgId = nsgOf.get(vm) ?? '';
    const known = added.get(nsgId) ?? [];
    added.set(nsgId, known);
    const name = `naive-${at}`;
    known.push(ruleOf(name, 200 + known.length));
    const parts = nsgId.split('/');
    return {
      subscription: parts[2] ?? '',
      group: parts[4] ?? '',
      nsg: parts[8] ?? '',
      name,
      path: `${nsgId}/securityRules/${name}`,
    };
  });
  const networkSecurityGroups = estate.networkSecurityGroups.map((group) => ({
    ...group,
    rules: [...group.rules, ...(added.get(group.id) ?? [])],
  }));
  return { estate: { ...estate, networkSecurityGroups }, rules };
}

function ruleOf(name: string, priority: number): NamedRule {
  return {
    name,
    properties: {
      protocol: 'Tcp',
      sourcePortRange: '*',
      destinationPortRange: '22',
      sourceAddressPrefix: '203.0.113.10/32',
      destinationAddressPrefix: '*',
      access: 'Allow',
      priority,
      direction: 'Inbound',
    },
  };
}
