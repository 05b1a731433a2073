import { type FaultFacts, factsOf } from '../../../shared/domain/fault';
import { parseArmId } from '../../../shared/domain/armId';
import { pauseAfter, reactionTo } from '../../../shared/domain/reaction';
import { groupBy } from '../../../shared/domain/group';
import {
  type Attachment,
  attachmentsOf,
  isDoubtful,
} from '../../../shared/domain/window/attachments';
import { openingDisabledMs } from '../../../shared/domain/window/pace';
import { planWindow } from '../../../shared/domain/window/plan';
import type { PlanReadings, Reading } from '../../../shared/domain/window/planReadings';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { World } from '../../../shared/ports/world';
import { eachOf } from './eachOf';
import type { Run } from './run';

/** How long faults of reads are waited out before the VMs they concern are refused. */
const patienceMs = 60_000;
/** How long before a plan that could not be made is tried again, at least. */
const planAgainMs = 5_000;
/** Rows of the index that are looked through for a second machine of the same address. */
const neighboursMax = 5_000;

/** How long one run asks again for what could not be read, before the sleeper pauses. */
const askAgainForMs = 10_000;

type Mutable<Value> = Map<string, Reading<Value>>;
type ReadEach = <Value>(
  ids: readonly string[],
  read: (id: string) => Promise<Value | null>,
) => Promise<Mutable<Value>>;

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
  const readings = await readAll(run, row);
  const passing = passingFaults(readings);
  const pauses = passing.map((fault) => pauseAfter(fault, 'open', row.plans + 1));
  const notYet = { laterMs: Math.max(planAgainMs, ...pauses) };
  const patient = world.clock.now() - row.createdAt < patienceMs;
  const heldBack = passing.some(({ kind }) => kind === 'throttled' || kind === 'unauthenticated');
  if (passing.length > 0 && (patient || heldBack)) return notYet;
  const { placements, refusals } = planWindow(
    row,
    world.deployment,
    world.opening.signer,
    readings,
  );
  if (passing.length > 0 && placements.length === 0) return notYet;
  return { ...row, plans: row.plans + 1, placements, refusals: [...row.refusals, ...refusals] };
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

function isPassing(one: Reading<unknown>): one is Extract<Reading<unknown>, { kind: 'fault' }> {
  return one.kind === 'fault' && reactionTo(one.fault, 'open', 1).do !== 'refuse';
}

async function readAll(run: Run, row: WindowRow): Promise<PlanReadings> {
  const { network, clock } = run.world;
  const readEach = patientReads(clock, clock.now() + askAgainForMs);
  const { targets, locks: wantedLocks } = row.grant;
  const [vms, nics] = await Promise.all([
    readEach(
      targets.map(({ vmId }) => vmId),
      (id) => run.world.compute.readVm(id),
    ),
    readEach(
      targets.flatMap(({ nicIds }) => nicIds),
      (id) => network.readNic(id),
    ),
  ]);
  const subnetIds = [...nics.values()].flatMap((nic) =>
    nic.kind === 'ok' ? nic.value.ipConfigurations.map(({ subnetId }) => subnetId) : [],
  );
  const subnetNsgIds = await readEach(subnetIds, (id) => network.readSubnetNsgId(id));
  const partial = {
    vms,
    nics,
    subnetNsgIds,
    nsgs: new Map(),
    locks: new Map(),
    neighbours: new Map(),
  };
  const attachments = targets.flatMap((target) => {
    const found = attachmentsOf(target, partial);
    return Array.isArray(found) ? found : [];
  });
  const nsgIds = attachments.map(({ nsgId }) => nsgId);
  const [nsgs, locks] = await Promise.all([
    readEach(nsgIds, (id) => network.readNsg(id)),
    readEach(wantedLocks === 'refuse' ? nsgIds : [], (id) => network.readLocks(id)),
  ]);
  for (const [nsgId, nsg] of nsgs) {
    if (nsg.kind === 'ok') run.observations.set(nsgId, { kind: 'read', reading: nsg.value });
  }
  const neighbours = await readNeighbours(run.world, attachments, nsgs, readEach);
  return { vms, nics, subnetNsgIds, nsgs, locks, neighbours };
}

/** The machines of a subscription, asked for once, and only where an NSG leaves a doubt. */
async function readNeighbours(
  { inventory }: World,
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
  const scopeOf = (nsgId: string): string => `/subscriptions/${parseArmId(nsgId)?.subscriptionId}`;
  const rows = await readEach(doubtful.map(scopeOf), (scope) =>
    inventory.listTargets(scope, neighboursMax),
  );
  return new Map(
    doubtful.map((nsgId) => [nsgId, rows.get(scopeOf(nsgId).toLowerCase()) ?? { kind: 'missing' }]),
  );
}

/**
 * Reads each id, some at a time; faults are values. What was throttled or lost is asked for again
 * until `until`, alone: starting the whole plan over would make one success of all of them ever
 * less likely.
 */
function patientReads(clock: World['clock'], until: number): ReadEach {
  return async <Value>(ids: readonly string[], read: (id: string) => Promise<Value | null>) => {
    let open = [...new Map(ids.filter((id) => id !== '').map((id) => [id.toLowerCase(), id]))];
    const readings: Mutable<Value> = new Map();
    for (;;) {
      for (const [key, reading] of await readOnce(open, read)) readings.set(key, reading);
      open = open.filter(([key]) => isPassing(readings.get(key) ?? { kind: 'missing' }));
      const pauseMs = longestPauseMs(open.map(([key]) => readings.get(key)));
      if (open.length === 0 || clock.now() + pauseMs > until) return readings;
      await clock.wait(pauseMs);
    }
  };
}

function longestPauseMs(readings: readonly (Reading<unknown> | undefined)[]): number {
  const asked = readings.map((one) =>
    one?.kind === 'fault' ? pauseAfter(one.fault, 'open', 1) : 0,
  );
  return Math.max(0, ...asked);
}

async function readOnce<Value>(
  wanted: readonly (readonly [string, string])[],
  read: (id: string) => Promise<Value | null>,
): Promise<Mutable<Value>> {
  const readings: Mutable<Value> = new Map();
  await eachOf(wanted, 8, async ([key, id]) => {
    try {
      const value = await read(id);
      readings.set(key, value === null ? { kind: 'missing' } : { kind: 'ok', value });
    } catch (error) {
      readings.set(key, { kind: 'fault', fault: factsOf(error) });
    }
  });
  return readings;
}
