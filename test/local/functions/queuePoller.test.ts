import { app } from '@azure/functions';
import storageQueue = require('@azure/storage-queue');
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogRecord } from '../../../local/functions';
import { QueuePoller } from '../../../local/functions/process/queuePoller';
import { startStory, type Story } from './story';

/** The queue trigger against a real queue service (Azurite), in real time. */
const seen: unknown[] = [];
app.storageQueue('queued', {
  queueName: 'events',
  connection: 'Q',
  handler: (message) => {
    seen.push(message);
    if (message === 'bad') throw new Error('bad message');
  },
});

let azurite: ChildProcess;
let folder: string;
let connectionString: string;
let story: Story | undefined;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-queue-'));
  const port = await freePort();
  const program = require.resolve('azurite/dist/src/queue/main.js');
  const options = ['--queueHost', '127.0.0.1', '--queuePort', String(port), '-l', folder];
  azurite = spawn(
    process.execPath,
    [program, ...options, '--skipApiVersionCheck', '--disableTelemetry'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await new Promise<void>((resolve, reject) => {
    azurite.stdout?.on('data', (data: Buffer) => {
      if (data.toString('utf8').includes('successfully listen')) resolve();
    });
    azurite.once('exit', (code) => reject(new Error(`Azurite ended with ${code}.`)));
  });
  // The account and key that every Azurite has; they are published in its documentation.
  const key =
    'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
  connectionString =
    `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${key};` +
    `QueueEndpoint=http://127.0.0.1:${port}/devstoreaccount1;`;
}, 20_000);

afterAll(() => {
  story?.host.kill();
  azurite.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

it('takes base64 messages, retries, and moves hopeless ones to the poison queue', async () => {
  const told = await startStory();
  story = told;
  const service = storageQueue.QueueServiceClient.fromConnectionString(connectionString);
  const queue = service.getQueueClient('events');
  const poison = service.getQueueClient('events-poison');
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const log: LogRecord[] = [];
  const binding = { functionName: 'queued', queueName: 'events', connectionString };
  const options = {
    maxDequeueCount: 3,
    visibilityMs: 0,
    batchSize: 16,
    maxPollingMs: 200,
    messageEncoding: 'base64' as const,
  };
  const poller = new QueuePoller(told.host, binding, options, (record) => log.push(record));
  // Started before the queue exists: that counts as empty.
  poller.start();
  await queue.create();
  for (const text of [base64('{"a":1}'), base64('bad'), 'not base64!']) {
    await queue.sendMessage(text);
  }
  const moved: string[] = [];
  // The log line is the last step of moving a message.
  while (moved.length < 2 || log.length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const exists = await poison.exists();
    const received = exists ? await poison.receiveMessages({ numberOfMessages: 2 }) : undefined;
    for (const item of received?.receivedMessageItems ?? []) moved.push(item.messageText);
  }
  poller.stop();
  expect(moved.sort()).toEqual([base64('bad'), 'not base64!'].sort());
  expect(seen.filter((message) => message === 'bad')).toHaveLength(3);
  expect(seen).toContainEqual({ a: 1 });
  expect(log.every(({ message }) => message.includes('events-poison'))).toBe(true);
  const { approximateMessagesCount } = await queue.getProperties();
  expect(approximateMessagesCount).toBe(0);
}, 15_000);
