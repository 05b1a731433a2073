import { factsOf } from '../../shared/domain/fault';
import type { NoticesRow } from '../../shared/domain/notices/notice';
import type { Stored } from '../../shared/ports/ledger';
import { eachOf } from '../activities/window/eachOf';
import {
  type NoticesWorld,
  type NoticeTally,
  type NoticeRun,
  readChannels,
  saveChannels,
} from '../notices/noticeRun';
import { isRunSubject, tellRuns } from '../notices/tellRuns';
import { tellSubject } from '../notices/tellSubject';

/** Shorter than the least period of the timer, with one channel's time-out. */
const runMs = 25_000;
const width = 8;

/**
 * Tells what is owed by now of windows that live, of those whose end is not told yet, and then of
 * runs of the remediation that are over. Reads
 * what lives and what is owed, never what is over: ten thousand tombstones cost nothing. Throws
 * `Fault` when the ledger cannot be listed; every other fault costs its own part only.
 */
export async function noticesDue(world: NoticesWorld): Promise<NoticeTally> {
  const { notices, ledger, clock, log } = world;
  const tally = { subjects: 0, sent: 0, failed: 0, overtaken: 0, givenUp: 0, postponed: 0 };
  if ('faults' in notices || notices.channels.length === 0) return tally;
  const { channels, linkBase } = notices;
  const endsAt = clock.now() + runMs;
  // First what lives: a window that ends in between is still owed its end by the other list.
  const live = (await ledger.live.list()).flatMap(({ row }) =>
    row.kind === 'intake' ? [] : [row.id],
  );
  const owed = new Map((await ledger.notices.list()).map((stored) => [stored.row.id, stored]));
  const states = await readChannels(world, channels);
  const run: NoticeRun = { world, channels, linkBase, live: new Set(live), states, endsAt, tally };
  const ofWindows = [...owed.keys()].filter((id) => !isRunSubject(id));
  const ids = inTurn([...new Set([...ofWindows, ...live])], clock.now());
  tally.subjects = ids.length;
  await eachOf(ids, width, (id) => tellApart(run, id, owed.get(id) ?? null));
  await tellRuns(run, owed);
  await saveChannels(run);
  if (tally.sent + tally.failed + tally.postponed + tally.givenUp > 0) {
    log.info('notices.done', tally);
  }
  return tally;
}

/** Begins elsewhere each time: what one run has no time for is not always the same. */
function inTurn(ids: readonly string[], now: number): string[] {
  const from = ids.length === 0 ? 0 : Math.floor(now / 1_000) % ids.length;
  return [...ids.slice(from), ...ids.slice(0, from)];
}

/** What fails costs its own window only. */
async function tellApart(
  run: NoticeRun,
  id: string,
  stored: Stored<NoticesRow> | null,
): Promise<void> {
  const { world, tally, endsAt } = run;
  if (world.clock.now() >= endsAt) {
    tally.postponed += 1;
    return;
  }
  try {
    await tellSubject(run, id, stored);
  } catch (error) {
    const { kind, code } = factsOf(error);
    tally.failed += 1;
    world.log.warn('notice.failed', { windowId: id, faultKind: kind, azureCode: code });
  }
}
