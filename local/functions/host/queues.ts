import { randomUUID } from 'node:crypto';
import type { FunctionsHost } from './host';

/** A queue message as the trigger sees it; what is left out gets a plausible value. */
export type QueueMessage = {
  /** Decoded text. */
  text: string;
  id?: string;
  popReceipt?: string;
  dequeueCount?: number;
  insertedAt?: Date;
  expiresAt?: Date;
  nextVisibleAt?: Date;
};

/** `poisoned`: every attempt failed and the message belongs into `<queue>-poison`. */
export type QueueDelivery = { attempts: number; outcome: 'done' | 'poisoned' };

const weekMs = 7 * 86_400_000;

/** One attempt; rejects with the function's error. */
export async function runQueueFunction(
  host: FunctionsHost,
  functionName: string,
  message: QueueMessage,
): Promise<void> {
  const now = new Date();
  const inserted = message.insertedAt ?? now;
  const string = (text: string): { string: string } => ({ string: text });
  await host.invoke(functionName, string(message.text), {
    QueueTrigger: string(message.text),
    DequeueCount: string(String(message.dequeueCount ?? 1)),
    Id: string(message.id ?? randomUUID()),
    PopReceipt: string(message.popReceipt ?? ''),
    InsertionTime: string(inserted.toISOString()),
    ExpirationTime: string(
      (message.expiresAt ?? new Date(inserted.getTime() + weekMs)).toISOString(),
    ),
    NextVisibleTime: string((message.nextVisibleAt ?? now).toISOString()),
  });
}

/** Delivers with the queue trigger's retries: `maxDequeueCount` attempts, then poison. */
export async function deliverQueueMessage(
  host: FunctionsHost,
  functionName: string,
  message: QueueMessage | string,
): Promise<QueueDelivery> {
  const given = typeof message === 'string' ? { text: message } : message;
  const { maxDequeueCount, queueVisibilityMs } = host.settings;
  let attempts = given.dequeueCount ?? 0;
  while (attempts < maxDequeueCount) {
    attempts += 1;
    try {
      await runQueueFunction(host, functionName, { ...given, dequeueCount: attempts });
      return { attempts, outcome: 'done' };
    } catch (error) {
      if (!host.isAlive) throw error;
    }
    if (queueVisibilityMs > 0 && attempts < maxDequeueCount) {
      await new Promise((resolve) => setTimeout(resolve, queueVisibilityMs));
    }
  }
  return { attempts, outcome: 'poisoned' };
}
