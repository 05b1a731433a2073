import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ResourceEvent } from '../contract';
import { newGuid, type Random } from '../pim/random';
import { eventTime } from '../pim/time';
import { outcomeName } from './retry';
import { inSchema } from './schemas';
import type { DeadLetter, EventSubscription } from './types';

/** What is known of an event when it is given up. */
export type GivenUp = {
  event: ResourceEvent;
  subscription: EventSubscription;
  reason: 'MaxDeliveryAttemptsExceeded' | 'TimeToLiveExceeded';
  attempts: number;
  lastStatus: number | undefined;
  publishedAtMs: number;
  lastAttemptAtMs: number;
};

/** The dead letter as Event Grid would store it; CloudEvents names its additions in lower case. */
export function deadLetterOf(given: GivenUp, random: Random): DeadLetter {
  const { event, subscription, reason, attempts, lastStatus } = given;
  const additions: Record<string, unknown> = {
    deadLetterReason: reason,
    deliveryAttempts: attempts,
    lastDeliveryOutcome: outcomeName(lastStatus),
    publishTime: eventTime(given.publishedAtMs, random),
    lastDeliveryAttemptTime: eventTime(given.lastAttemptAtMs, random),
  };
  const isCloud = subscription.schema === 'CloudEventSchemaV1_0';
  const named = Object.entries(additions).map(([name, value]) => [
    isCloud ? name.toLowerCase() : name,
    value,
  ]);
  return {
    subscription: subscription.name,
    body: { ...inSchema(event, subscription.schema), ...Object.fromEntries(named) },
  };
}

/** Writes one under `{folder}/{NAME}/{yyyy}/{m}/{d}/{h}/{guid}.json`, as the blobs are named. */
export function storeDeadLetter(folder: string, letter: DeadLetter, random: Random): void {
  const now = new Date();
  const path = join(
    folder,
    letter.subscription.toUpperCase(),
    String(now.getUTCFullYear()),
    String(now.getUTCMonth() + 1),
    String(now.getUTCDate()),
    String(now.getUTCHours()),
  );
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, `${newGuid(random)}.json`), `${JSON.stringify([letter.body])}\n`);
}
