import { factsOf } from '../../shared/domain/fault';
import type { Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { advanceWindow } from '../activities/advanceWindow';
import type { WishAnswer } from './wishAnswer';

/**
 * Has an accepted wish carried out now. The window's own sleeper sleeps on a timer that nobody can
 * shorten, so a helper is started, named after the generation: asked twice it is one. Where the
 * engine does not take it, one step is done here, and reconcile sees to the rest; a call that is
 * lost altogether costs one reconcile period. Never throws.
 */
export async function carryOut(world: World, starter: Starter, answer: WishAnswer): Promise<void> {
  if (answer.kind !== 'accepted' || answer.row.concludedAt !== null) return;
  const { id, generation } = answer.row;
  try {
    await starter.start('accessWindow', `${id}-g${generation}`, {
      id,
      successor: 0,
      helper: true,
    });
  } catch (error) {
    warn(world, id, error);
    await stepHere(world, id);
  }
}

async function stepHere(world: World, id: string): Promise<void> {
  try {
    await advanceWindow(world, { id });
  } catch (error) {
    warn(world, id, error);
  }
}

function warn({ log }: World, windowId: string, error: unknown): void {
  const { kind, code } = factsOf(error);
  log.warn('wish.notStarted', { windowId, faultKind: kind, azureCode: code });
}
