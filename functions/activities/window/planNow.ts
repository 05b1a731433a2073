import type { FaultFacts } from '../../../shared/domain/fault';
import { parseArmId, subscriptionOf } from '../../../shared/domain/armId';
import type { GrantTarget } from '../../../shared/domain/grant';
import { pauseAfter } from '../../../shared/domain/reaction';
import { groupBy } from '../../../shared/domain/group';
import type { NsgReading } from '../../../shared/domain/networkSecurityGroup';
import {
  type Attachment,
  attachmentsOf,
  isDoubtful,
} from '../../../shared/domain/window/attachments';
import { openingDisabledMs, shortPauseMs } from '../../../shared/domain/window/pace';
import type { Refusal } from '../../../shared/domain/refusal';
import { planWindow } from '../../../shared/domain/window/plan';
import type { PlanReadings, Reading } from '../../../shared/domain/window/planReadings';
import { beginningOf } from '../../../shared/domain/window/approval';
import { withSeals } from '../../../shared/domain/window/voucher';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { Lock, NicReading } from '../../../shared/ports/network';
import type { World } from '../../../shared/ports/world';
import { isPassing, patientReads, type ReadEach, type Readings } from './patientReads';
import { readTogether, resourceGroupOf } from './readTogether';
import type { Run } from './run';
import { signingRefusal } from './signingRefusal';

/** How long faults of reads are waited out before the VMs they concern are refused. */
const patienceMs = 60_000;
/** How long before a plan that could not be made is tried again, at least. */
const planAgainMs = 5_000;
/** Rows of the index that are looked through for a second machine of the same address. */
const neighboursMax = 5_000;

/** How long one run asks again for what could not be read, before the sleeper pauses. */
const askAgainForMs = 10_000;

/** A read failed that may yet succeed: plan again after this pause. */
export type NotYet = { readonly laterMs: number };

/**
 * Reads everything that a plan needs, fresh, and plans. The NSGs read here serve the rest of the
 * run as well. What passes is waited for: a minute where it keeps single VMs, and to the end of the
 * window's own time where it keeps all of them or where Resource Manager only asks us to wait.
 */
export async function planNow(run: Run, row: WindowRow): Promise<WindowRow | NotYet> {
  const { world } = run;
  if (!('policy' in world.opening)) return { laterMs: openingDisabledMs };
  const unsigned = await signingRefusal(world);
  if (unsigned === 'later') return { laterMs: planAgainMs };
  if (unsigned !== null) return refused(row, unsigned);
  const heldMs = heldBackMs(world, row);
  if (heldMs > 0) return { laterMs: Math.max(heldMs, shortPauseMs) };
  const readings = await readAll(run, row);
  const passing = passingFaults(readings);
  const pauses = passing.map((fault) => pauseAfter(fault, 'open', row.plans + 1));
  const notYet = { laterMs: Math.max(planAgainMs, ...pauses) };
  const patient = world.clock.now() - (row.openFrom ?? beginningOf(row)) < patienceMs;
  const heldBack = passing.some(({ kind }) => kind === 'throttled' || kind === 'unauthenticated');
  if (passing.length > 0 && (patient || heldBack)) return notYet;
  const { placements, refusals } = planWindow(
    row,
    world.deployment,
    world.opening.signer,
    readings,
  );
  if (passing.length > 0 && placements.length === 0) return notYet;
  const planned = { ...row, plans: row.plans + 1, placements };
  const sealed = withSeals(planned, world.deployment, world.opening.signer);
  return { ...sealed, refusals: [...row.refusals, ...refusals] };
}

/** Nothing is planned, and the row says why. */
function refused(row: WindowRow, why: Refusal): WindowRow {
  return {
    ...row,
    plans: row.plans + 1,
    placements: [],
    refusals: [...row.refusals, ...row.grant.targets.map(({ vmId }) => ({ vmId, ...why }))],
  };
}

/** A plan reads in every subscription that holds a target. */
function heldBackMs({ budget }: World, { grant }: WindowRow): number {
  const subscriptions = new Set(grant.targets.map(({ vmId }) => subscriptionOf(vmId)));
  return Math.max(0, ...[...subscriptions].map((id) => budget.pauseMs(id)));
}

function passingFaults(readings: PlanReadings): FaultFacts[] {
  const all = [
    ...readings.vms.values(),
    ...readings.nics.values(),
    ...readings.subnetNsgIds.values(),
    ...readings.nsgs.values(),
    ...readings.locks.values(),
    ...readings.neighbours.values(),
  ];
  return all.flatMap((one) => (isPassing(one) ? [one.fault] : []));
}

async function readAll(run: Run, row: WindowRow): Promise<PlanReadings> {
  const { compute, network, clock } = run.world;
  const readEach = patientReads(clock, clock.now() + askAgainForMs);
  const { targets, locks: wantedLocks } = row.grant;
  const likelyNsgIds = targets.flatMap(({ subnetNsgIds }) => subnetNsgIds ?? []);
  const [vms, nics, likelyNsgs] = await Promise.all([
    readTogether(
      readEach,
      idsOf(targets, ({ vmId }) => [vmId]),
      (group) => compute.listVms(group),
      (id) => compute.readVm(id),
    ),
    readTogether(
      readEach,
      idsOf(targets, ({ nicIds }) => nicIds),
      (group) => network.listNics(group),
      (id) => network.readNic(id),
    ),
    readEach(likelyNsgIds, (id) => network.readNsg(id)),
  ]);
  const subnetNsgIds = await readSubnets(run.world, nics, likelyNsgs, readEach);
  const partial = { ...nothingRead, vms, nics, subnetNsgIds };
  const attachments = targets.flatMap((target) => {
    const found = attachmentsOf(target, partial);
    return Array.isArray(found) ? found : [];
  });
  const nsgIds = attachments.map(({ nsgId }) => nsgId);
  const unread = nsgIds.filter((id) => !likelyNsgs.has(id.toLowerCase()));
  const [moreNsgs, locks] = await Promise.all([
    readEach(unread, (id) => network.readNsg(id)),
    wantedLocks === 'refuse' ? readLocks(run.world, nsgIds, readEach) : new Map(),
  ]);
  const wanted = new Set(nsgIds.map((id) => id.toLowerCase()));
  const nsgs = new Map([...likelyNsgs, ...moreNsgs].filter(([key]) => wanted.has(key)));
  for (const [nsgId, nsg] of nsgs) {
    if (nsg.kind === 'ok') run.observations.set(nsgId, { kind: 'read', reading: nsg.value });
  }
  const neighbours = await readNeighbours(run.world, attachments, nsgs, readEach);
  return { vms, nics, subnetNsgIds, nsgs, locks, neighbours };
}

const nothingRead = { nsgs: new Map(), locks: new Map(), neighbours: new Map() };

function idsOf(
  targets: readonly GrantTarget[],
  of: (target: GrantTarget) => readonly string[],
): string[] {
  return targets.flatMap(of);
}

/**
 * Which NSG guards each subnet. A subnet has one NSG at most, so an NSG that names the subnet
 * answers for it; only subnets that no NSG read so far names are read themselves.
 */
async function readSubnets(
  { network }: World,
  nics: Readings<NicReading>,
  nsgs: Readings<NsgReading>,
  readEach: ReadEach,
): Promise<Readings<string>> {
  const named: Readings<string> = new Map();
  for (const nsg of nsgs.values()) {
    if (nsg.kind !== 'ok') continue;
    const { id, subnetIds } = nsg.value;
    for (const subnetId of subnetIds) named.set(subnetId.toLowerCase(), { kind: 'ok', value: id });
  }
  const subnetIds = [...nics.values()].flatMap((nic) =>
    nic.kind === 'ok' ? nic.value.ipConfigurations.map(({ subnetId }) => subnetId) : [],
  );
  const unnamed = subnetIds.filter((id) => !named.has(id.toLowerCase()));
  const read = await readEach(unnamed, (id) => network.readSubnetNsgId(id));
  return new Map([...named, ...read]);
}

/** The locks on each NSG, by one list for each resource group. */
async function readLocks(
  { network }: World,
  nsgIds: readonly string[],
  readEach: ReadEach,
): Promise<Readings<readonly Lock[]>> {
  const groups = groupBy([...new Set(nsgIds)], (id) => resourceGroupOf(id).toLowerCase());
  const lists = await readEach([...groups.keys()], (group) =>
    network.readLocks(groups.get(group) ?? []),
  );
  const locks: Readings<readonly Lock[]> = new Map();
  for (const [group, ids] of groups) {
    const list = lists.get(group) ?? { kind: 'missing' };
    for (const [at, id] of ids.entries()) {
      const own = list.kind === 'ok' ? { ...list, value: list.value[at] ?? [] } : list;
      locks.set(id.toLowerCase(), own);
    }
  }
  return locks;
}

/** The machines of a subscription, asked for once, and only where an NSG leaves a doubt. */
async function readNeighbours(
  { inventory, budget }: World,
  attachments: readonly Attachment[],
  nsgs: PlanReadings['nsgs'],
  readEach: ReadEach,
): Promise<PlanReadings['neighbours']> {
  const doubtful = [...groupBy(attachments, ({ nsgId }) => nsgId.toLowerCase())].flatMap(
    ([nsgId, guarded]) => {
      const nsg = nsgs.get(nsgId);
      return nsg?.kind === 'ok' && isDoubtful(nsg.value, guarded) ? [nsgId] : [];
    },
  );
  const pauseMs = budget.queryPauseMs();
  if (pauseMs > 0) return new Map(doubtful.map((nsgId) => [nsgId, queryReserved(pauseMs)]));
  const scopeOf = (nsgId: string): string => `/subscriptions/${parseArmId(nsgId)?.subscriptionId}`;
  const rows = await readEach(doubtful.map(scopeOf), (scope) =>
    inventory.listTargets(scope, neighboursMax),
  );
  return new Map(
    doubtful.map((nsgId) => [nsgId, rows.get(scopeOf(nsgId).toLowerCase()) ?? { kind: 'missing' }]),
  );
}

/** A query that is not made, because the few that are left are the sweep's. */
function queryReserved(retryAfterMs: number): Reading<never> {
  return {
    kind: 'fault',
    fault: { kind: 'throttled', code: 'QueriesReserved', status: 0, retryAfterMs },
  };
}
