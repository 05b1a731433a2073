import * as z from 'zod';
import type { Inventory, RuleSighting, TargetRow } from '../ports/inventory';
import type { Arm } from './arm';
import { badId, rebuilt } from './ids';
import { managementGroupOf } from './managementGroup';
import { checkedAs } from './readAs';
import { createConnectQuery } from './connectQuery';
import { createDiscoveryQueries } from './discoveryQueries';
import { createLocalAccountsQuery } from './localAccountsQuery';
import { createAskPage, createRunQuery } from './resourceGraph';
import { wireTags, wireText } from './wireMachine';

const rulesMax = 20_000;
/** A query's text is limited, and so are the interfaces and addresses that one machine can have. */
const machinesPerQuery = 100;
const nicsPerMachine = 40;

/**
 * Resource Graph. Each query projects `id` and sorts, because paging needs both
 * (learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data). The first line of a
 * query names it, for whoever reads a log of queries.
 */
export function createInventory(arm: Arm): Inventory {
  const runQuery = createRunQuery(arm);

  const listRules = async (query: string) => {
    const rows = await runQuery(query, {}, rulesMax);
    return checkedAs(ruleRows, rows, 'listing rules');
  };

  return {
    ...createDiscoveryQueries(runQuery),
    ...createConnectQuery(runQuery),
    ...createLocalAccountsQuery(createAskPage(arm)),
    listMachines: async (vmIds) => {
      const rows: TargetRow[] = [];
      for (let from = 0; from < vmIds.length; from += machinesPerQuery) {
        const query = machinesQuery(vmIds.slice(from, from + machinesPerQuery));
        const found = await runQuery(query, {}, machinesPerQuery * nicsPerMachine);
        rows.push(...checkedAs(targetRows, found, 'listing known machines'));
      }
      return rows;
    },
    listTargets: async (scope, rowsMax) => {
      const { query, within } = targetsQuery(scope);
      const rows = await runQuery(query, within, rowsMax);
      return checkedAs(targetRows, rows, 'listing machines');
    },
    listOurRules: () =>
      listRules(
        rulesQuery('rules', `ruleName startswith 'postern-' or description startswith 'postern1|'`),
      ),
    findRule: async (ruleName) => {
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(ruleName)) throw badId('a rule name');
      return listRules(rulesQuery('ruleByName', `ruleName =~ '${ruleName}'`));
    },
  };
}

/** Ids are rebuilt from parts whose grammar has no quote. */
function machinesQuery(vmIds: readonly string[]): string {
  const ids = vmIds.map((id) => `'${rebuilt(id).text}'`).join(', ');
  const head = targetsHead.replace('postern:targets', 'postern:machines');
  return `${head}| where id in~ (${ids})\n${targetsTail}`;
}

/** Scope ids are rebuilt from parts whose grammar has no quote: they may stand inside a query. */
function targetsQuery(scope: string) {
  const { parsed, text } = rebuilt(scope);
  const group = managementGroupOf(parsed);
  if (parsed.subscriptionId === '' && group === null) throw badId('a scope');
  const isSubscription = parsed.resourceGroup === '' && parsed.providers.length === 0;
  const under = `| where id =~ '${text}' or id startswith '${text}/'\n`;
  return {
    query: targetsHead + (group !== null || isSubscription ? '' : under) + targetsTail,
    within:
      group === null ? { subscriptions: [parsed.subscriptionId] } : { managementGroups: [group] },
  };
}

const targetsHead = `// postern:targets v1
resources
| where type =~ 'microsoft.compute/virtualmachines'
`;

const targetsTail = `| extend powerState = tostring(properties.extended.instanceView.powerState.code)
| extend vmGuid = tostring(properties.vmId)
| extend osType = tostring(properties.storageProfile.osDisk.osType)
| extend scaleSetId = tostring(properties.virtualMachineScaleSet.id)
| mv-expand nic = properties.networkProfile.networkInterfaces
| extend nicId = tolower(tostring(nic.id))
| join kind=leftouter (
  resources
  | where type =~ 'microsoft.network/networkinterfaces'
  | mv-expand ipc = properties.ipConfigurations
  | project nicId = tolower(id),
      nicNsgId = tostring(properties.networkSecurityGroup.id),
      subnetId = tolower(tostring(ipc.properties.subnet.id)),
      privateIp = tostring(ipc.properties.privateIPAddress)
) on nicId
| join kind=leftouter (
  resources
  | where type =~ 'microsoft.network/virtualnetworks'
  | mv-expand subnet = properties.subnets
  | project subnetId = tolower(tostring(subnet.id)),
      subnetNsgId = tostring(subnet.properties.networkSecurityGroup.id)
) on subnetId
| project id, name, subscriptionId, resourceGroup, location, tags, powerState, vmGuid, osType,
    scaleSetId, nicId, nicNsgId, subnetId, subnetNsgId, privateIp
| order by id asc, nicId asc, privateIp asc`;

function rulesQuery(name: string, condition: string): string {
  return `// postern:${name} v1
resources
| where type =~ 'microsoft.network/networksecuritygroups'
| mv-expand rule = properties.securityRules
| extend ruleName = tostring(rule.name), description = tostring(rule.properties.description)
| where ${condition}
| project id, name, subscriptionId, resourceGroup, location, ruleName, description
| order by id asc, ruleName asc`;
}

const targetRows: z.ZodType<TargetRow[]> = z.array(
  z
    .object({
      id: z.string().min(1),
      name: wireText,
      location: wireText,
      tags: wireTags,
      powerState: wireText,
      vmGuid: wireText,
      osType: wireText,
      scaleSetId: wireText,
      nicId: wireText,
      nicNsgId: wireText,
      subnetId: wireText,
      subnetNsgId: wireText,
      privateIp: wireText,
    })
    .transform(({ id, ...row }) => ({ vmId: id, ...row })),
);

const ruleRows: z.ZodType<RuleSighting[]> = z.array(
  z
    .object({ id: z.string().min(1), ruleName: z.string().min(1), description: wireText })
    .transform(({ id, ruleName, description }) => ({ nsgId: id, ruleName, description })),
);
