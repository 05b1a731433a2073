import { app } from '@azure/functions';
import * as df from 'durable-functions';
import { appendFileSync } from 'node:fs';

/** A small app for the test of the real process; it is bundled and loaded as Azure would. */
const seen = process.env['SEEN_FILE'] ?? '';
const note = (text: string): void => appendFileSync(seen, `${text}\n`);

df.app.activity('look', {
  handler: ({ i }: { i: number }) => {
    note(`look ${i}`);
    return { done: i >= 1, nextLook: new Date(Date.now() + 12_000).toISOString() };
  },
});
df.app.orchestration('sleeper', function* (c) {
  for (let i = 0; ; i++) {
    const step = (yield c.df.callActivity('look', { i })) as { done: boolean; nextLook: string };
    if (step.done) return 'closed';
    yield c.df.createTimer(new Date(step.nextLook));
  }
});
app.http('start', {
  route: 'start/{id}',
  authLevel: 'function',
  methods: ['POST'],
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    context.log('starting', request.params['id']);
    const id = await client.startNew('sleeper', { instanceId: request.params['id'] ?? '' });
    return { status: 202, jsonBody: { id } };
  },
});
app.http('whoCalls', {
  route: 'who',
  authLevel: 'anonymous',
  handler: ({ headers }) => ({
    jsonBody: {
      name: headers.get('x-ms-client-principal-name'),
      from: headers.get('x-forwarded-for'),
    },
  }),
});
app.eventGrid('received', { handler: (event) => note(`event ${event.id}`) });
app.storageQueue('queued', {
  queueName: '%QUEUE_NAME%',
  connection: 'QUEUES',
  handler: (message) => {
    note(`queued ${JSON.stringify(message)}`);
    if (message === 'bad') throw new Error('bad message');
  },
});
