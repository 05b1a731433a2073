import { factsOf } from '../../../shared/domain/fault';
import {
  dueOn,
  isInItsPlace,
  isListedDue,
  lookAgainAt,
  mayTake,
  newTurn,
  sharersOf,
  type TurnPurpose,
  type TurnRow,
  turnPatienceUntil,
  turnWaitUntil,
} from '../../../shared/domain/calendar/turn';
import type { LiveRow } from '../../../shared/domain/live';
import type { EffectStep } from '../../../shared/domain/window/apply';
import type { Placement, WindowRow } from '../../../shared/domain/window/windowRow';
import type { Stored } from '../../../shared/ports/ledger';
import type { World } from '../../../shared/ports/world';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import type { Decision } from './decide';
import type { Run } from './run';
import { withPlacements } from './withPlacements';

/** The list of what lives may be this old where only requests are at stake. */
const listAgeMaxMs = 2_000;
/** A table that has failed is left alone for a while: it is not worth its time limits. */
const leftAloneMs = 30_000;

/** What this process knows about turns. */
type Memory = {
  list: { readonly at: number; readonly rows: Promise<LiveRow[]> } | null;
  failedAt: number | null;
  /** Turns to close that this process has taken, by id. */
  readonly held: Map<string, Stored<TurnRow>>;
};

const memories = new WeakMap<World, Memory>();

function memoryOf(world: World): Memory {
  const memory = memories.get(world) ?? { list: null, failedAt: null, held: new Map() };
  memories.set(world, memory);
  return memory;
}

/**
 * Of the writes that a round has decided on, those whose turn it is. The others look again in 3 s,
 * and put their window on the due list, where whoever has the turn finds it. Never throws: without
 * the table, near the deadline, and after a long wait every write goes without a turn.
 */
export async function takeTurns(run: Run, { row, effects }: Decision): Promise<Decision> {
  const kept: Decision['effects'][number][] = [];
  let waiting = row;
  for (const effect of effects) {
    const { index } = effect;
    const placement = waiting.placements[index];
    const notBefore = placement === undefined ? null : await waitFor(run, row, placement, effect);
    if (placement === undefined || notBefore === null) {
      kept.push(effect);
      continue;
    }
    waiting = withPlacements(waiting, [{ index, placement: { ...placement, notBefore } }]);
  }
  if (waiting !== row) await enterDueList(run, waiting);
  return { row: waiting, effects: kept };
}

function purposeOf(step: EffectStep, isPlaced: boolean): TurnPurpose | null {
  // An extend keeps what stands, and comes when its time is short: it takes its chance.
  if (step.do === 'extendRule') return null;
  if (step.do === 'putRule') return 'open';
  return isPlaced ? 'place' : 'close';
}

/** `null`: write now; else when to ask again whose turn it is, epoch ms by the host's clock. */
async function waitFor(
  run: Run,
  row: WindowRow,
  placement: Placement,
  { step }: Decision['effects'][number],
): Promise<number | null> {
  const { world, errand } = run;
  const now = nowOfWorld(world);
  const deleteMs = world.deleteTimes.p99Ms();
  const purpose = purposeOf(step, isInItsPlace(row, placement, deleteMs, now));
  const { nsgId } = placement;
  if (purpose === null || errand?.nsgId === nsgId.toLowerCase()) return null;
  // Near the deadline nothing stands before the DELETE, not even the question whose turn it is.
  if (now.hostMs >= turnWaitUntil(row, placement, purpose, deleteMs, now)) return null;
  return withoutFault(run, null, async () => {
    const sharers = sharersOf(await listed(world), nsgId, row.id);
    if (sharers.length === 0) return null;
    const others = sharers.filter((one) => isListedDue(one, now)).length;
    const patientUntil = turnPatienceUntil(row, placement, others, deleteMs);
    if (purpose !== 'open' && now.hostMs >= patientUntil) return null;
    return take(world, nsgId, row.id, purpose);
  });
}

/** Takes the turn, or renews it: `null`; if another one has it, when to ask again. */
async function take(
  world: World,
  nsgId: string,
  holder: string,
  purpose: TurnPurpose,
): Promise<number | null> {
  const { ledger, clock, deleteTimes } = world;
  const hostMs = clock.now();
  const wanted = newTurn(nsgId, holder, purpose, deleteTimes.p99Ms(), hostMs);
  const standing = await ledger.turns.get(wanted.id);
  if (!mayTake(standing?.row ?? null, holder, purpose, hostMs)) {
    return lookAgainAt(standing?.row ?? null, hostMs);
  }
  const taken =
    standing === null
      ? await ledger.turns.insert(wanted)
      : await ledger.turns.replace(wanted, standing.etag);
  if (taken === 'exists' || taken === 'changed') return lookAgainAt(null, hostMs);
  const { held } = memoryOf(world);
  if (purpose === 'close') held.set(wanted.id, taken);
  else held.delete(wanted.id);
  return null;
}

/** NSGs on which this window has the turn to close, by all that this process knows. */
export function heldBy({ world, windowId }: Run): TurnRow[] {
  const now = world.clock.now();
  return [...memoryOf(world).held.values()]
    .map(({ row }) => row)
    .filter(({ holder, until }) => holder === windowId && until > now);
}

/** Has the turn for another while; false if it was taken over or cannot be asked for. */
export async function renewTurn(run: Run, { nsgId }: TurnRow): Promise<boolean> {
  return withoutFault(run, false, async () => {
    return (await take(run.world, nsgId, run.windowId, 'close')) === null;
  });
}

/** Gives the turn back; one that cannot be given back ends by itself. */
export async function giveBack(run: Run, { id }: TurnRow): Promise<void> {
  const { world, windowId } = run;
  const { held } = memoryOf(world);
  const stored = held.get(id);
  if (stored?.row.holder !== windowId) return;
  held.delete(id);
  await withoutFault(run, 'changed', () => world.ledger.turns.remove(id, stored.etag));
}

/** Who else has a close to do on this NSG by now; nobody where that cannot be told. */
export async function dueAfter(run: Run, nsgId: string): Promise<LiveRow[]> {
  const { world, windowId } = run;
  return withoutFault(run, [], async () =>
    dueOn(await freshList(world), nsgId, windowId, nowOfWorld(world)),
  );
}

/** A window that closes earlier than planned says so where the holder of a turn looks. */
async function enterDueList(run: Run, row: WindowRow): Promise<void> {
  const { world } = run;
  if (row.closingAt === null) return;
  await withoutFault(run, undefined, async () => {
    const now = nowOfWorld(world);
    const stored = await world.ledger.live.get(row.id);
    if (stored === null || isListedDue(stored.row, now)) return;
    await world.ledger.live.replace({ ...stored.row, closeFrom: now.hostMs }, stored.etag);
  });
}

function listed(world: World): Promise<LiveRow[]> {
  const { list } = memoryOf(world);
  const now = world.clock.now();
  if (list !== null && now >= list.at && now - list.at <= listAgeMaxMs) return list.rows;
  return freshList(world);
}

function freshList(world: World): Promise<LiveRow[]> {
  const rows = world.ledger.live.list().then((stored) => stored.map(({ row }) => row));
  memoryOf(world).list = { at: world.clock.now(), rows };
  return rows;
}

/** Turns are not worth a fault: whatever fails here, the work goes on without them for a while. */
export async function withoutFault<Value>(
  { world, windowId }: Run,
  otherwise: Value,
  work: () => Promise<Value>,
): Promise<Value> {
  const memory = memoryOf(world);
  const now = world.clock.now();
  if (memory.failedAt !== null && now - memory.failedAt < leftAloneMs) return otherwise;
  try {
    return await work();
  } catch (error) {
    memory.failedAt = world.clock.now();
    memory.list = null;
    const { kind, code } = factsOf(error);
    world.log.warn('turns.unavailable', { windowId, faultKind: kind, azureCode: code });
    return otherwise;
  }
}
