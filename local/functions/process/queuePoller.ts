// The ES module build of this package cannot be bundled: it asks for import.meta.url.
import storageQueue = require('@azure/storage-queue');
import type { FunctionsHost } from '../host/host';
import { hostLog, type LogRecord } from '../host/log';
import { runQueueFunction } from '../host/queues';
import type { HostJson } from './hostJson';

export type QueueBinding = { functionName: string; queueName: string; connectionString: string };

/** A message is invisible this long while its function runs (fixed in the queue extension). */
const runningVisibilityS = 600;
const shortestWaitMs = 100;

/**
 * Queue trigger on a storage queue: up to `batchSize` messages at a time, in parallel; a failed
 * one becomes visible again, and after `maxDequeueCount` it goes to `<queue>-poison`. An empty
 * queue is asked ever less often, up to `maxPollingInterval`.
 */
export class QueuePoller {
  private readonly queue: storageQueue.QueueClient;
  private readonly poison: storageQueue.QueueClient;
  private waitMs = shortestWaitMs;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly host: FunctionsHost,
    private readonly binding: QueueBinding,
    private readonly options: HostJson['queues'],
    private readonly log: (record: LogRecord) => void,
  ) {
    const service = storageQueue.QueueServiceClient.fromConnectionString(binding.connectionString);
    this.queue = service.getQueueClient(binding.queueName);
    this.poison = service.getQueueClient(`${binding.queueName}-poison`);
  }

  start(): void {
    void this.poll();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async poll(): Promise<void> {
    let received = 0;
    try {
      received = await this.takeBatch();
    } catch (error) {
      // A queue that is not there yet counts as empty; anything else is said, and tried again.
      if ((error as { statusCode?: number }).statusCode !== 404) this.complain(error);
    }
    if (this.stopped) return;
    const { maxPollingMs } = this.options;
    this.waitMs = received > 0 ? shortestWaitMs : Math.min(this.waitMs * 2, maxPollingMs);
    this.timer = setTimeout(() => void this.poll(), received > 0 ? 0 : this.waitMs);
  }

  private async takeBatch(): Promise<number> {
    const { receivedMessageItems } = await this.queue.receiveMessages({
      numberOfMessages: Math.min(this.options.batchSize, 32),
      visibilityTimeout: runningVisibilityS,
    });
    await Promise.all(receivedMessageItems.map((item) => this.deliver(item)));
    return receivedMessageItems.length;
  }

  private async deliver(item: storageQueue.DequeuedMessageItem): Promise<void> {
    const text = this.decode(item.messageText);
    try {
      if (text === undefined) throw new Error('The message is not base64.');
      await runQueueFunction(this.host, this.binding.functionName, {
        text,
        id: item.messageId,
        popReceipt: item.popReceipt,
        dequeueCount: item.dequeueCount,
        insertedAt: item.insertedOn,
        expiresAt: item.expiresOn,
        nextVisibleAt: item.nextVisibleOn,
      });
    } catch {
      // A dead host leaves the message alone: it becomes visible again by itself.
      if (this.host.isAlive) await this.putBack(item, text === undefined);
      return;
    }
    await this.queue.deleteMessage(item.messageId, item.popReceipt);
  }

  private async putBack(
    item: storageQueue.DequeuedMessageItem,
    isHopeless: boolean,
  ): Promise<void> {
    if (!isHopeless && item.dequeueCount < this.options.maxDequeueCount) {
      const seconds = Math.ceil(this.options.visibilityMs / 1000);
      await this.queue.updateMessage(item.messageId, item.popReceipt, item.messageText, seconds);
      return;
    }
    await this.poison.createIfNotExists();
    await this.poison.sendMessage(item.messageText);
    await this.queue.deleteMessage(item.messageId, item.popReceipt);
    const where = `${this.binding.queueName}-poison`;
    this.log(hostLog('error', `Message ${item.messageId} was moved to ${where}.`));
  }

  private decode(messageText: string): string | undefined {
    if (this.options.messageEncoding === 'none') return messageText;
    if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(messageText)) return undefined;
    return Buffer.from(messageText, 'base64').toString('utf8');
  }

  private complain(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    const { functionName, queueName } = this.binding;
    this.log({ ...hostLog('error', `Queue ${queueName}: ${text}`), functionName });
  }
}
