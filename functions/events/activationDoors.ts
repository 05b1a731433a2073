import type { InvocationContext } from '@azure/functions';
import type { Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { receiveActivation } from './receiveActivation';
import { unpackEvents } from './unpackEvents';

/** Makes the starter of one invocation out of its durable client. */
export type StarterOf = (context: InvocationContext) => Starter;

/**
 * The handler of both doors, Event Grid trigger and storage queue. Events of a batch are worked on
 * one after another; the first failure fails the delivery, and the repeat finds the others done.
 */
export function activationDoor(
  world: Pick<World, 'ledger' | 'log' | 'clock'>,
  starterOf: StarterOf,
): (delivered: unknown, context: InvocationContext) => Promise<void> {
  return async (delivered, context) => {
    const receive = receiveActivation(world, starterOf(context));
    for (const event of unpackEvents(delivered)) await receive(event);
  };
}
