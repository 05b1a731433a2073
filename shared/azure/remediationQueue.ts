import type { QueueClient, StoragePipelineOptions } from '@azure/storage-queue' with {
  'resolution-mode': 'import',
};
import type { RemediationQueue } from '../ports/remediation';
import type { StoragePlace } from './ledgerTables';
import { storageRefusal, type StorageRefusal } from './storageRefusal';

const callMsMax = 15_000;
/** What nobody has read in a week is of no use any more: the run's row stays. */
const keptSeconds = 7 * 86_400;

/**
 * The queue from which the remediator app reads, made with the first message where there is none
 * and the identity may. Messages are base64, which a queue trigger expects where `host.json` does
 * not say otherwise. The client is loaded with the first call.
 */
export function createRemediationQueue(place: StoragePlace, name: string): RemediationQueue {
  let loaded: Promise<QueueClient> | null = null;
  return {
    send: async (ask) => {
      const queue = await (loaded ??= connect(place, name));
      const text = Buffer.from(JSON.stringify(ask), 'utf8').toString('base64');
      const send = () =>
        attempt((abortSignal) =>
          queue.sendMessage(text, { abortSignal, messageTimeToLive: keptSeconds }),
        );
      let refused = await send();
      if (refused?.code === 'QueueNotFound') {
        const unmade = await attempt((abortSignal) => queue.createIfNotExists({ abortSignal }));
        if (unmade !== null) throw unmade.fault;
        refused = await send();
      }
      if (refused !== null) throw refused.fault;
    },
  };
}

async function connect(place: StoragePlace, name: string): Promise<QueueClient> {
  const { QueueServiceClient } = await import('@azure/storage-queue');
  const options: StoragePipelineOptions = {
    retryOptions: { maxTries: 3, retryDelayInMs: 100, maxRetryDelayInMs: 500 },
  };
  const service =
    place.kind === 'identity'
      ? new QueueServiceClient(place.uri, place.credential, options)
      : QueueServiceClient.fromConnectionString(place.connectionString, options);
  return service.getQueueClient(name);
}

/** Runs one call within a time limit; `null`: it was done. */
async function attempt(
  call: (abortSignal: AbortSignal) => Promise<unknown>,
): Promise<StorageRefusal | null> {
  try {
    await call(AbortSignal.timeout(callMsMax));
    return null;
  } catch (error) {
    return storageRefusal(error, 'asking the remediator');
  }
}
