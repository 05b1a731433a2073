import { planClose } from '../../../shared/domain/calendar/planClose';
import { leastMsOf } from '../../../shared/domain/policy/lengths';
import { plannedCloses } from '../../../shared/domain/calendar/expectedCloses';
import { windowGuardOf } from '../../../shared/domain/calendar/windowGuard';
import { refusal } from '../../../shared/domain/refusal';
import { closingStartOf } from '../../../shared/domain/window/deadline';
import { withEndLook } from '../../../shared/domain/window/extendRow';
import { isSamePlacement } from '../../../shared/domain/window/judgeRow';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { World } from '../../../shared/ports/world';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import type { Run } from './run';

/**
 * The live row tells timers and the calendar which NSGs a window holds, before any rule stands
 * there. Admission went by the index, which lags: where the plan found other NSGs, the close is
 * planned anew. The row as it is to be saved: closing earlier, or refused for want of room;
 * `changed` where somebody else has written the live row meanwhile: look again.
 */
export async function bookCloses(
  { world }: Run,
  planned: WindowRow,
): Promise<WindowRow | 'changed'> {
  const { ledger, deleteTimes } = world;
  const stored = await ledger.live.get(planned.id);
  if (stored === null) return planned;
  const closes = plannedCloses(planned.placements, stored.row.closes);
  if (JSON.stringify(closes) === JSON.stringify(stored.row.closes)) return planned;
  const { limits } = planned.grant;
  const deleteMs = deleteTimes.p99Ms();
  const self = {
    ...stored.row,
    nsgIds: closes.map(({ nsgId }) => nsgId),
    closes,
    guardMs: windowGuardOf(limits, closes, deleteMs),
    closeFrom: null,
  };
  const live = (await ledger.live.list()).map(({ row }) => row);
  const leastMs = leastMsOf(limits);
  const at = planClose(live, self, deleteMs, nowOfWorld(world).latestMs + leastMs);
  const booked = await ledger.live.replace({ ...self, closeFrom: at }, stored.etag);
  if (booked === 'changed') return booked;
  if (at === null) return refused(planned, Math.ceil(leastMs / 1_000));
  return { ...planned, closeFrom: at < planned.wantedUntil - limits.guardMs ? at : null };
}

/**
 * An extend that is proved moves the close: the calendar finds it a place before its new deadline,
 * where there is room. Where there is none, the place that it has had stays. `changed` where
 * somebody else has written the live row meanwhile: look again.
 */
export async function rebookClose(
  { world }: Run,
  before: WindowRow,
  after: WindowRow,
): Promise<WindowRow | 'changed'> {
  const { until } = after;
  if (before.until === null || until === null || until <= before.until) return after;
  const { ledger, deleteTimes } = world;
  const stored = await ledger.live.get(after.id);
  const now = nowOfWorld(world);
  if (stored === null) return withEndLook({ ...after, closeFrom: null }, now);
  const self = { ...stored.row, until, closeFrom: null };
  const live = (await ledger.live.list()).map(({ row }) => row);
  const earliest = closingStartOf(before);
  const at = planClose(live, self, deleteTimes.p99Ms(), earliest) ?? earliest;
  const booked = await ledger.live.replace({ ...self, closeFrom: at }, stored.etag);
  if (booked === 'changed') return booked;
  const closeFrom = at < until - after.grant.limits.guardMs ? at : null;
  return withEndLook({ ...after, closeFrom }, now);
}

function refused(planned: WindowRow, shortestSeconds: number): WindowRow {
  const why = refusal('closesFull', { shortestSeconds });
  const vmIds = new Set(
    planned.placements.flatMap(({ targets }) => targets.map(({ vmId }) => vmId)),
  );
  const refusals = [...vmIds].map((vmId) => ({ vmId, ...why }));
  return { ...planned, placements: [], refusals: [...planned.refusals, ...refusals] };
}

/** What the calendar counts on for later closes: how long each delete took that has just ended. */
export function learnDeletes({ deleteTimes }: World, before: WindowRow, after: WindowRow): void {
  for (const placement of after.placements) {
    const { goneAt, lastDeleteAt } = placement;
    if (goneAt === null || lastDeleteAt === null) continue;
    const earlier = before.placements.find((other) => isSamePlacement(other, placement));
    if (earlier?.goneAt === null) deleteTimes.note(goneAt - lastDeleteAt);
  }
}
