import { createEventGrid } from '../../../../local/azure/eventGrid/createEventGrid';
import { fetchTransport } from '../../../../local/azure/eventGrid/transport';
import { createHttpServer } from '../../../../local/azure/tls/server';
import { roleEvent } from './grid';

it('delivers over a real socket, after a real handshake', async () => {
  const bodies: string[] = [];
  const server = await createHttpServer({
    port: 0,
    async handle({ headers, body = '' }) {
      if (headers['aeg-event-type'] !== 'SubscriptionValidation') {
        bodies.push(body);
        return { status: 202, headers: {} };
      }
      const [event] = JSON.parse(body) as { data: { validationCode: string } }[];
      const validationResponse = event?.data.validationCode;
      return { status: 200, headers: {}, body: JSON.stringify({ validationResponse }) };
    },
  });
  const delivered = new Promise<void>((resolve) => {
    const grid = createEventGrid({
      subscriptions: [
        {
          name: 'real',
          schema: 'EventGridSchema',
          destination: { kind: 'webhook', url: `${server.url}/hook`, key: 'k' },
        },
      ],
      deliver: fetchTransport,
      onDelivery: (record) => {
        if (record.outcome === 'delivered') resolve();
      },
    });
    grid.publish(roleEvent('e1'));
  });
  await delivered;
  await server.close();
  expect(bodies.map((body) => JSON.parse(body))).toEqual([[expect.objectContaining({ id: 'e1' })]]);
});

it('does not follow redirects, and rejects where nobody listens', async () => {
  const server = await createHttpServer({
    port: 0,
    handle: async () => ({ status: 302, headers: { location: 'https://example.com/' } }),
  });
  const post = () =>
    fetchTransport({
      method: 'POST',
      url: server.url,
      headers: {},
      body: '[]',
      signal: new AbortController().signal,
    });
  expect((await post()).status).toBe(302);
  await server.close();
  await expect(post()).rejects.toThrow('fetch failed');
});
