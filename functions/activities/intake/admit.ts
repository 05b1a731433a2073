import { expectedCloses } from '../../../shared/domain/calendar/expectedCloses';
import { leastMsOf } from '../../../shared/domain/policy/lengths';
import { planClose } from '../../../shared/domain/calendar/planClose';
import { planOpen, type Spent } from '../../../shared/domain/calendar/planOpen';
import { windowGuardOf } from '../../../shared/domain/calendar/windowGuard';
import { judgeCaps } from '../../../shared/domain/intake/caps';
import { liveWindow } from '../../../shared/domain/intake/newWindow';
import type { Request } from '../../../shared/domain/intake/newWindow';
import type { LiveRow } from '../../../shared/domain/live';
import type { GrantParts } from '../../../shared/domain/policy/decide';
import type { Policy } from '../../../shared/domain/policy/policy';
import { type Refusal, refusal } from '../../../shared/domain/refusal';
import { subscriptionOf } from '../../../shared/domain/armId';
import type { TargetRow } from '../../../shared/ports/inventory';
import type { Stored } from '../../../shared/ports/ledger';
import type { World } from '../../../shared/ports/world';
import { nowOfWorld } from '../../../shared/nowOfWorld';

/** What asks to be let in: a grant, and what the index says about the way to its machines. */
export type Entrant = {
  readonly policy: Policy;
  readonly request: Request;
  readonly assignmentKey: string;
  readonly parts: GrantParts;
  readonly rows: readonly TargetRow[];
};

/**
 * The refusal of a cap or of the calendar; else when its turn to open comes, `null` for at once, and
 * when closing begins, `null` for at the guard.
 */
export type Admission =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | {
      readonly kind: 'admitted';
      readonly openFrom: number | null;
      readonly closeFrom: number | null;
    };

/**
 * Puts the live row in, counts, and finds its close a place among all others. Insert, then look: of
 * two at once the newer sees the older, and gives way to it.
 */
export async function admit(world: World, entrant: Entrant): Promise<Admission> {
  const self = await enter(world, entrant);
  const { policy, parts } = entrant;
  let live = await liveRows(world);
  let answer = judgeCaps(live, self.row, policy.caps);
  for (let turn = 0; turn < 5 && answer.kind === 'crowded'; turn++) {
    await world.clock.wait(1_000);
    live = await liveRows(world);
    answer = judgeCaps(live, self.row, policy.caps);
  }
  if (answer.kind !== 'within') return { kind: 'refused', refusal: answer.refusal };
  return plan(world, self, live, parts);
}

/** What `admit` would answer now, by the same rules; nothing is written. */
export async function wouldAdmit(world: World, entrant: Entrant): Promise<Admission> {
  const self = rowOf(world, entrant);
  const { policy, parts } = entrant;
  const live = [...(await liveRows(world)).filter(({ id }) => id !== self.id), self];
  const caps = judgeCaps(live, self, policy.caps);
  if (caps.kind !== 'within') return { kind: 'refused', refusal: caps.refusal };
  const leastMs = leastMsOf(parts.limits);
  const at = placeFor(world, self, live, leastMs);
  return at === null ? full(leastMs) : admission(world, self, live, parts, at);
}

async function enter(world: World, entrant: Entrant): Promise<Stored<LiveRow>> {
  const { ledger } = world;
  const row = rowOf(world, entrant);
  const inserted = await ledger.live.insert(row);
  if (inserted !== 'exists') return inserted;
  const stored = await ledger.live.get(row.id);
  if (stored?.row.kind !== 'waiting') return stored ?? { row, etag: '' };
  // Somebody has approved it: from now on it takes its place among windows.
  const entered = await ledger.live.replace(row, stored.etag);
  return entered === 'changed' ? ((await ledger.live.get(row.id)) ?? stored) : entered;
}

function rowOf(
  { clock, deleteTimes }: World,
  { policy, request, assignmentKey, parts, rows }: Entrant,
): LiveRow {
  const closes = expectedCloses(parts, rows);
  const guardMs = windowGuardOf(policy.limits, closes, deleteTimes.p99Ms());
  const due = { until: parts.untilAt, guardMs, closes };
  return liveWindow(request, assignmentKey, due, clock.now());
}

function placeFor(
  world: World,
  row: LiveRow,
  live: readonly LiveRow[],
  leastMs: number,
): number | null {
  const { latestMs } = nowOfWorld(world);
  return planClose(live, row, world.deleteTimes.p99Ms(), latestMs + leastMs);
}

/** Admitted where the close has a place, if its turn to open comes in time as well. */
function admission(
  world: World,
  row: LiveRow,
  live: readonly LiveRow[],
  { limits, untilAt }: GrantParts,
  at: number,
): Admission {
  const leastMs = leastMsOf(limits);
  const opening = planOpen(live, row, world.deleteTimes.p99Ms(), spentBy(world, row));
  if (opening > Math.min(at, untilAt - limits.guardMs) - leastMs) return full(leastMs);
  return {
    kind: 'admitted',
    openFrom: opening > world.clock.now() ? opening : null,
    closeFrom: at < untilAt - limits.guardMs ? at : null,
  };
}

/**
 * Finds the place and writes it into the live row, where others find it. Who was admitted at the
 * same time may have looked before this row was there: then the place is looked at once more.
 */
async function plan(
  world: World,
  { row, etag }: Stored<LiveRow>,
  live: readonly LiveRow[],
  parts: GrantParts,
): Promise<Admission> {
  const leastMs = leastMsOf(parts.limits);
  const find = (rows: readonly LiveRow[]): number | null => placeFor(world, row, rows, leastMs);
  const placed = await write(world, { row, etag }, find(live));
  const alone = !live.some(({ id, kind, closeFrom }) => {
    return id !== row.id && kind === 'window' && closeFrom === null;
  });
  const at = alone || placed.at === null ? placed.at : find(await liveRows(world));
  if (at !== placed.at) await write(world, placed.stored, at);
  return at === null ? full(leastMs) : admission(world, row, live, parts, at);
}

function spentBy({ budget, clock }: World, { closes }: LiveRow): Spent {
  const subscriptions = new Set(closes.map(({ nsgId }) => subscriptionOf(nsgId)));
  const deletes = [...subscriptions].flatMap((one) => budget.sentDeletes(one));
  return { hostMs: clock.now(), deletes };
}

function full(leastMs: number): Admission {
  const shortestSeconds = Math.ceil(leastMs / 1_000);
  return { kind: 'refused', refusal: refusal('closesFull', { shortestSeconds }) };
}

/** Should somebody else have written it meanwhile, it was for the same window, by the same rules. */
async function write(
  { ledger }: World,
  stored: Stored<LiveRow>,
  at: number | null,
): Promise<{ readonly stored: Stored<LiveRow>; readonly at: number | null }> {
  if (at === null || at === stored.row.closeFrom) return { stored, at };
  const written = await ledger.live.replace({ ...stored.row, closeFrom: at }, stored.etag);
  return { stored: written === 'changed' ? stored : written, at };
}

async function liveRows({ ledger }: World): Promise<LiveRow[]> {
  return (await ledger.live.list()).map(({ row }) => row);
}
