import { nightAt } from '../../shared/config/ncrontab';
import { nightlyRun } from '../../shared/domain/remediation/newRun';
import type { RemediatorWorld } from '../../shared/ports/remediatorWorld';
import { beginRun, mergeStart } from './rows';

/**
 * The night's start. One run for a night, however often it fires; while another nightly run is not
 * over, it goes on and this start is merged into it. Throws `Fault` when the ledger cannot be reached.
 */
export async function startNight(
  world: RemediatorWorld,
): Promise<'notYet' | 'started' | 'merged' | 'exists'> {
  const { clock, ledger, log, schedule, timeZone } = world;
  const now = clock.now();
  const day = nightAt(schedule, timeZone, now);
  if (day === null) return 'notYet';
  const row = nightlyRun(day, now);
  const live = (await ledger.remediationsLive.list()).map((stored) => stored.row.id);
  const running = live.find((id) => id.startsWith('night-') && id !== row.id);
  if (running !== undefined) {
    await mergeStart(world, running);
    log.info('remediation.merged', { run: running, night: row.id });
    return 'merged';
  }
  const begun = await beginRun(world, row);
  if (begun === 'exists') await mergeStart(world, row.id);
  log.info('remediation.started', { run: row.id, isNew: begun === 'begun' });
  return begun === 'begun' ? 'started' : 'exists';
}
