import { subscriptionOf } from '../../../shared/domain/armId';
import type { BastionFacts, ConnectFacts, Told } from '../../../shared/domain/connect/facts';
import type { MachineReading } from '../../../shared/domain/remediation/machineReading';
import type { Candidate } from '../../../shared/domain/remediation/candidate';
import {
  bastionOf,
  type NsgRules,
} from '../../../shared/domain/remediation/readiness/bastionParts';
import type { ReadinessKnowledge } from '../../../shared/domain/remediation/readiness/readinessOf';
import type { RoleHolders } from '../../../shared/domain/remediation/readiness/rolesPart';
import type { World } from '../../../shared/ports/world';
import { orUnknown } from '../connectKnowledge';
import { accountsOf, readLocalAccounts } from './readLocalAccounts';

/** More assignments than this at one VM and above it are not listed. */
const pagesMax = 5;

/** What the doors of readiness ask of the outside: reads alone. */
export type ReadinessWorld = Pick<
  World,
  'machines' | 'candidates' | 'inventory' | 'network' | 'directory' | 'budget' | 'remediation'
>;

/**
 * Everything that is asked about one VM: itself, the index, who holds a role, what policy says of
 * its local accounts, and the NSGs between a Bastion and it. What fails is unknown and costs no
 * other part; while closes may need the requests nothing is asked. `null`: Resource Manager says
 * that there is no such VM.
 */
export async function readinessKnowledge(
  world: ReadinessWorld,
  vmId: string,
): Promise<ReadinessKnowledge | null> {
  const { machines, candidates, inventory, budget } = world;
  const pauseMs = budget.pauseMs(subscriptionOf(vmId));
  const [machine, candidate, connect, roles, targetNsgs, accounts] = await Promise.all([
    orUnknown(pauseMs, () => machines.readMachine(vmId)),
    orUnknown(budget.queryPauseMs(), () => candidates.listCandidates([vmId], null)),
    orUnknown(budget.queryPauseMs(), () => inventory.readConnectFacts([vmId])),
    rolesAbove(world, vmId, pauseMs),
    nsgsOf(world, vmId, pauseMs),
    readLocalAccounts(world, vmId, async () => budget.queryPauseMs() === 0),
  ]);
  const read = machineOf(machine);
  if (read === null) return null;
  const index = indexOf(connect, vmId);
  return {
    machine: read,
    candidate: mapTold(candidate, ({ candidates: found }) => sameVm(found, vmId)),
    index,
    roles,
    ownNsg: await bastionNsg(world, index),
    targetNsgs,
    localAccounts: accountsOf(accounts, vmId),
    cloud:
      world.remediation === null || 'faults' in world.remediation
        ? 'AzureCloud'
        : world.remediation.cloud,
  };
}

/** `null`: 404. */
function machineOf(told: Told<MachineReading | null>): Told<Candidate> | null {
  if ('unknown' in told) return told;
  return told.facts === null ? null : { facts: told.facts.candidate };
}

function sameVm(found: readonly Candidate[], vmId: string): Candidate | null {
  return found.find((one) => one.vmId.toLowerCase() === vmId.toLowerCase()) ?? null;
}

function mapTold<From, To>(told: Told<From>, map: (facts: From) => To): Told<To> {
  return 'facts' in told ? { facts: map(told.facts) } : told;
}

function indexOf(connect: Told<ConnectFacts>, vmId: string): ReadinessKnowledge['index'] {
  return mapTold(connect, ({ bastions, machines }) => ({
    bastions,
    machine: machines.find((one) => one.vmId.toLowerCase() === vmId.toLowerCase()) ?? null,
  }));
}

async function rolesAbove(
  { directory }: ReadinessWorld,
  vmId: string,
  pauseMs: number,
): Promise<Told<RoleHolders>> {
  return orUnknown(pauseMs, async () => {
    const list = await directory.listActive({ scope: vmId, of: 'above' }, pagesMax);
    return { holders: list.instances, isWhole: !list.cut };
  });
}

/** The NSGs on the interfaces of a machine and on their subnets, each read once. */
async function nsgsOf(
  { inventory, network, budget }: ReadinessWorld,
  vmId: string,
  pauseMs: number,
): Promise<ReadinessKnowledge['targetNsgs']> {
  return orUnknown(Math.max(pauseMs, budget.queryPauseMs()), async () => {
    const rows = await inventory.listMachines([vmId]);
    const ids = rows.flatMap(({ nicNsgId, subnetNsgId }) => [nicNsgId, subnetNsgId]);
    const known = [...new Set(ids.map((id) => id.toLowerCase()))].filter((id) => id !== '');
    const read = await Promise.all(known.map((id) => nsgRules({ network }, id)));
    return read.filter((one) => one !== null);
  });
}

async function bastionNsg(
  { network, budget }: ReadinessWorld,
  index: ReadinessKnowledge['index'],
): Promise<ReadinessKnowledge['ownNsg']> {
  const way = bastionOf({ index });
  const vnetId = way === null || 'unknown' in index ? '' : vnetOf(index.facts.bastions, way.id);
  if (vnetId === '') return null;
  return orUnknown(budget.pauseMs(subscriptionOf(vnetId)), async () => {
    const nsgId = await network.readSubnetNsgId(`${vnetId}/subnets/AzureBastionSubnet`);
    return nsgId === null || nsgId === '' ? null : nsgRules({ network }, nsgId);
  });
}

function vnetOf(bastions: readonly BastionFacts[], bastionId: string): string {
  return bastions.find(({ id }) => id.toLowerCase() === bastionId)?.vnetId ?? '';
}

async function nsgRules({ network }: Pick<World, 'network'>, id: string): Promise<NsgRules> {
  const nsg = await network.readNsg(id);
  return nsg && { id: nsg.id, rules: [...nsg.rules, ...nsg.defaultRules] };
}
