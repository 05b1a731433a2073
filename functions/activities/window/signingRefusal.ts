import { factsOf } from '../../../shared/domain/fault';
import { type Refusal, refusal } from '../../../shared/domain/refusal';
import { heartbeatId, signingFault } from '../../../shared/domain/sweep/heartbeat';
import type { World } from '../../../shared/ports/world';

/**
 * What forbids signing a marker now: with a key that the sweeper app cannot verify nobody but this
 * app could close the rule. `null`: nothing does. `later`: the heartbeat could not be read, so
 * nobody knows.
 */
export async function signingRefusal(
  world: Pick<World, 'ledger' | 'log' | 'clock' | 'opening'>,
): Promise<Refusal | 'later' | null> {
  const { opening, clock, log } = world;
  if ('faults' in opening) return refusal('openingsDisabled');
  if (opening.sweeper === 'none') return null;
  const { keyVersion } = opening.signer;
  try {
    const heartbeat = (await world.ledger.heartbeats.get(heartbeatId))?.row ?? null;
    const fault = signingFault(opening.sweeper, heartbeat, keyVersion, clock.now());
    if (fault === null) return null;
    return fault === 'sweeperSilent'
      ? refusal('sweeperSilent')
      : refusal('keyUnknownToSweeper', { keyVersion });
  } catch (error) {
    const { kind, code } = factsOf(error);
    log.warn('sweeper.heartbeatUnreadable', { faultKind: kind, azureCode: code });
    return 'later';
  }
}
