import { factsOf } from '../../shared/domain/fault';
import { type Heartbeat, heartbeatId, isSilent } from '../../shared/domain/sweep/heartbeat';
import type { SweeperWorld, World } from '../../shared/ports/world';
import type { SweepMemory } from './memory';

/** Says that the sweeper app lives, and which keys it holds. Never throws. */
export async function beat(world: SweeperWorld): Promise<void> {
  const { clock, ledger, log, version, keyVersions } = world;
  const row: Heartbeat = { id: heartbeatId, at: clock.now(), version, keyVersions };
  try {
    const stored = await ledger.heartbeats.get(heartbeatId);
    // If another instance was faster, its word is as good as ours.
    if (stored === null) await ledger.heartbeats.insert(row);
    else await ledger.heartbeats.replace(row, stored.etag);
  } catch (error) {
    const { kind, code } = factsOf(error);
    log.warn('sweeper.heartbeatFailed', { faultKind: kind, azureCode: code });
  }
}

/** The last heartbeat; `null` if there never was one. Throws `Fault`. */
export async function readHeartbeat({ ledger }: Pick<World, 'ledger'>): Promise<Heartbeat | null> {
  return (await ledger.heartbeats.get(heartbeatId))?.row ?? null;
}

/** Raises the alarm where the sweeper app is meant to run and is silent. Never throws. */
export async function watchSweeper(world: World, memory: SweepMemory): Promise<void> {
  const { clock, log, opening } = world;
  if ('faults' in opening || opening.sweeper === 'none') return;
  try {
    const heartbeat = await readHeartbeat(world);
    const now = clock.now();
    if (!isSilent(heartbeat, now) || !memory.isNews(now, 'sweeperSilent')) return;
    log.alarm('sweeperSilent', {
      lastHeartbeat: heartbeat === null ? null : new Date(heartbeat.at).toISOString(),
      sweeper: opening.sweeper,
    });
  } catch (error) {
    const { kind, code } = factsOf(error);
    log.warn('sweeper.heartbeatUnreadable', { faultKind: kind, azureCode: code });
  }
}
