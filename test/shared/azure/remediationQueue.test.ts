import storageQueue = require('@azure/storage-queue');
import { createRemediationQueue } from '../../../shared/azure/remediationQueue';
import type { RemediationAsk } from '../../../shared/domain/remediation/ask';
import { type Azurite, startAzurite } from '../ledger/azurite';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite('queue');
}, 20_000);
afterAll(() => azurite.stop());

const cancel: RemediationAsk = {
  kind: 'cancel',
  schema: 1,
  id: `asked-${'a'.repeat(20)}`,
  askedBy: '33333333-3333-4333-8333-333333333333',
};

const place = () => ({
  kind: 'connectionString' as const,
  connectionString: azurite.connectionString,
});

/** What a queue trigger would be given: the text behind the base64. */
async function messagesIn(name: string): Promise<unknown[]> {
  const service = storageQueue.QueueServiceClient.fromConnectionString(azurite.connectionString);
  const { receivedMessageItems } = await service
    .getQueueClient(name)
    .receiveMessages({ numberOfMessages: 32 });
  return receivedMessageItems.map(
    ({ messageText }) => JSON.parse(Buffer.from(messageText, 'base64').toString('utf8')) as unknown,
  );
}

describe('the queue of the remediator', () => {
  it('is made with the first message, which stands in it as base64 of JSON', async () => {
    const queue = createRemediationQueue(place(), 'made-with-the-first');
    await queue.send(cancel);
    const { schema, askedBy } = cancel;
    const release = { kind: 'release', schema, askedBy, vmId: '/subscriptions/ä' } as const;
    await queue.send(release);
    expect(await messagesIn('made-with-the-first')).toEqual([cancel, release]);
  });

  it('keeps each of fifty that are sent at once', async () => {
    const queue = createRemediationQueue(place(), 'at-once');
    const ids = Array.from({ length: 50 }, (_, at) => `asked-${String(at).padStart(20, 'a')}`);
    await Promise.all(ids.map((id) => queue.send({ ...cancel, id })));
    const got = [...(await messagesIn('at-once')), ...(await messagesIn('at-once'))];
    expect(got.map((one) => (one as { id: string }).id).sort()).toEqual(ids.toSorted());
  });

  it('throws a fault that names neither key nor address where storage is not there', async () => {
    const connectionString =
      'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=Y2FuYXJ5;' +
      'QueueEndpoint=http://127.0.0.1:1/a';
    const queue = createRemediationQueue({ kind: 'connectionString', connectionString }, 'nowhere');
    const fault = await queue.send(cancel).then(
      () => null,
      (error: unknown) => error,
    );
    expect(fault).toMatchObject({ facts: { kind: 'unavailable' } });
    expect(`${String(fault)}${JSON.stringify(fault)}`).not.toMatch(/127\.0\.0\.1|Y2FuYXJ5/);
  });

  it('says so where it may not be written to', async () => {
    const wrongKey = azurite.connectionString.replace(/AccountKey=[^;]+/, 'AccountKey=AAAA');
    const queue = createRemediationQueue(
      { kind: 'connectionString', connectionString: wrongKey },
      'at-once',
    );
    await expect(queue.send(cancel)).rejects.toMatchObject({ facts: { kind: 'denied' } });
  });
});
