import { Fault, type FaultFacts } from '../shared/domain/fault';
import type { Starter } from '../shared/ports/starter';

/** Of the durable client the one call that is used here. */
export type StartingClient = {
  startNew(
    orchestratorFunctionName: string,
    options: { instanceId: string; input: unknown },
  ): Promise<string>;
};

/**
 * Starts sleepers through the durable client of one invocation. An id that is pending or running
 * answers 409, which is what the caller wanted; a finished id is simply started again.
 */
export function createStarter(client: StartingClient): Starter {
  return {
    start: async (name, instanceId, input) => {
      try {
        await client.startNew(name, { instanceId, input });
        return 'started';
      } catch (error) {
        if (statusOf(error) === 409) return 'running';
        throw new Fault(factsOf(error), `start ${name}`);
      }
    },
  };
}

/** The client has no typed error: the status stands in its message, and nowhere else. */
function statusOf(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  const match = /status code: (\d{3})/.exec(message);
  return match === null ? 0 : Number(match[1]);
}

function factsOf(error: unknown): FaultFacts {
  const code = error instanceof Error ? error.name : typeof error;
  return { kind: 'unavailable', code, status: statusOf(error), retryAfterMs: null };
}
