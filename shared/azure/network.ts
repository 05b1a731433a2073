import { isIP } from 'node:net';
import * as z from 'zod';
import type { Network, NicReading } from '../ports/network';
import type { Arm } from './arm';
import { read, readFirstPage, submit } from './arm';
import { badId, groupOf, partsOf } from './ids';
import { createReadLocks } from './locks';
import { createRuleLists } from './ruleLists';
import { perSubscription } from './perSubscription';
import type { Answer } from './pipeline';
import { readAs, readPageAs } from './readAs';
import { rememberParsed } from './rememberParsed';
import { wireParametersOf, wireRule } from './ruleMapping';

const provider = 'Microsoft.Network';

/** Clients by subscription, and where an NSG is. */
function createClients(arm: Arm) {
  const { credential, clientOptions } = arm;
  const clientFor = perSubscription(async (id) => {
    const { NetworkManagementClient } = await import('@azure/arm-network');
    return arm.governed(new NetworkManagementClient(credential, id, clientOptions));
  });
  const nsgOf = async (nsgId: string) => {
    const parts = partsOf(nsgId, provider, 'networkSecurityGroups');
    const { subscriptionId, resourceGroup, names } = parts;
    const client = await clientFor(subscriptionId);
    return { client, subscriptionId, resourceGroup, nsg: names[0] ?? '' };
  };
  return { clientFor, nsgOf };
}

/** What the client puts into every request; it keeps that to itself, so a test compares. */
const apiVersion = '2025-05-01';

/** The network provider, and the locks above its resources. */
export function createNetwork(arm: Arm): Network {
  const { clientFor, nsgOf } = createClients(arm);
  const nsgFrom = rememberParsed((answer: Answer) => readAs(nsgAnswer, answer, 'reading an NSG'));
  return {
    readNsg: async (nsgId) => {
      const { client, resourceGroup, nsg } = await nsgOf(nsgId);
      const startedAt = Date.now();
      const answer = await read('reading a network security group', (asItCame) =>
        client.networkSecurityGroups.get(resourceGroup, nsg, asItCame),
      );
      return answer && { ...nsgFrom(nsgId, answer), startedAt };
    },
    readNic: async (nicId) => {
      const { subscriptionId, resourceGroup, names } = partsOf(
        nicId,
        provider,
        'networkInterfaces',
      );
      const client = await clientFor(subscriptionId);
      const answer = await read('reading a network interface', (asItCame) =>
        client.networkInterfaces.get(resourceGroup, names[0] ?? '', asItCame),
      );
      return answer && readAs(nicAnswer, answer, 'reading a network interface');
    },
    listNics: async (groupId) => {
      const { subscriptionId, resourceGroup } = groupOf(groupId);
      const client = await clientFor(subscriptionId);
      const answer = await readFirstPage('listing network interfaces', (asItCame) =>
        client.networkInterfaces.list(resourceGroup, asItCame).byPage(),
      );
      return answer && readPageAs(nicAnswer, answer, 'listing network interfaces');
    },
    readSubnetNsgId: async (subnetId) => {
      const parts = partsOf(subnetId, provider, 'virtualNetworks', 'subnets');
      const { subscriptionId, resourceGroup, names } = parts;
      const [vnet = '', subnet = ''] = names;
      const client = await clientFor(subscriptionId);
      const answer = await read('reading a subnet', (asItCame) =>
        client.subnets.get(resourceGroup, vnet, subnet, asItCame),
      );
      return answer && readAs(subnetAnswer, answer, 'reading a subnet');
    },
    readLocks: createReadLocks(arm),
    ...createRuleLists(arm),
    ...createRuleWrites(nsgOf, arm.endpoint),
  };
}

/** The only writes there are: one rule by its name. */
function createRuleWrites(
  nsgOf: ReturnType<typeof createClients>['nsgOf'],
  endpoint: string,
): Pick<Network, 'putRule' | 'deleteRule' | 'describeWrite'> {
  return {
    describeWrite: async (nsgId, write) => {
      const { resourceGroup, nsg, subscriptionId } = await nsgOf(nsgId);
      const name = requireRuleName(typeof write === 'string' ? write : write.name);
      const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
      const path = `${group}/providers/${provider}/networkSecurityGroups/${nsg}/securityRules/${name}`;
      const url = `${endpoint}${path}?api-version=${apiVersion}`;
      return typeof write === 'string'
        ? { method: 'DELETE', url, body: null }
        : { method: 'PUT', url, body: { properties: wireParametersOf(write) } };
    },
    putRule: async (nsgId, rule) => {
      const { client, resourceGroup, nsg } = await nsgOf(nsgId);
      const name = requireRuleName(rule.name);
      const parameters = wireParametersOf(rule);
      await submit('putting a rule', (asItCame) =>
        client.securityRules.beginCreateOrUpdate(resourceGroup, nsg, name, parameters, asItCame),
      );
      return 'accepted';
    },
    deleteRule: async (nsgId, ruleName) => {
      const { client, resourceGroup, nsg } = await nsgOf(nsgId);
      const name = requireRuleName(ruleName);
      const answer = await submit('deleting a rule', (asItCame) =>
        client.securityRules.beginDelete(resourceGroup, nsg, name, asItCame),
      );
      return answer.status === 204 ? 'absent' : 'accepted';
    },
  };
}

/** Names of rules are ours or were read from Azure; nothing else may become a part of a path. */
function requireRuleName(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(name)) throw badId('a rule name');
  return name;
}

const reference = z.object({ id: z.string().min(1) });
const referenceId = reference.nullish().transform((value) => value?.id ?? '');
const references = z
  .array(reference)
  .nullish()
  .transform((list) => (list ?? []).map(({ id }) => id));

const nsgAnswer = z
  .object({
    id: z.string().min(1),
    location: z.string(),
    properties: z.object({
      provisioningState: z.string(),
      // Required: an NSG without rules says so by an empty list, and absence would be taken for closed.
      securityRules: z.array(wireRule),
      defaultSecurityRules: z.array(wireRule).nullish(),
      networkInterfaces: references,
      subnets: references,
    }),
  })
  .transform(({ id, location, properties }) => ({
    id,
    location,
    provisioningState: properties.provisioningState,
    rules: properties.securityRules,
    defaultRules: properties.defaultSecurityRules ?? [],
    networkInterfaceIds: properties.networkInterfaces,
    subnetIds: properties.subnets,
  }));

const nicAnswer = z
  .object({
    id: z.string().min(1),
    properties: z.object({
      virtualMachine: referenceId,
      networkSecurityGroup: referenceId,
      ipConfigurations: z.array(
        z.object({
          properties: z.object({ privateIPAddress: z.string().nullish(), subnet: referenceId }),
        }),
      ),
    }),
  })
  .transform(({ id, properties }): NicReading => ({
    id,
    vmId: properties.virtualMachine,
    nsgId: properties.networkSecurityGroup,
    ipConfigurations: properties.ipConfigurations.flatMap(({ properties: configuration }) => {
      const address = configuration.privateIPAddress ?? '';
      // A block of addresses (`172.20.2.16/28`) belongs to no single machine.
      return isIP(address) === 0 ? [] : [{ address, subnetId: configuration.subnet }];
    }),
  }));

const subnetAnswer = z
  .object({ id: z.string(), properties: z.object({ networkSecurityGroup: referenceId }) })
  .transform(({ properties }) => properties.networkSecurityGroup);
