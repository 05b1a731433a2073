import { azureLimits } from '../../../../local/limits';
import { nsgId, subscriptionId, vmId } from '../../../../local/estate';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { callers, clientOf, fixture, managerWith } from './harness';

const nsg = nsgId('nsg-vm-app-01');
const absent = `${nsg}/securityRules/postern-none`;

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

describe('the headers of every answer', () => {
  it('are those of Resource Manager, with the time of the clock', async () => {
    const { headers } = await clientOf(managerWith())('GET', nsg);
    expect(headers).toMatchObject({
      date: 'Thu, 01 Jan 2026 10:00:00 GMT',
      'cache-control': 'no-cache',
      pragma: 'no-cache',
      expires: '-1',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-ms-ratelimit-remaining-subscription-reads': '249',
      'x-ms-ratelimit-remaining-subscription-global-reads': '3749',
    });
    expect(headers['x-ms-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8/);
    expect(headers['x-ms-routing-request-id']).toMatch(/^WESTEUROPE:20260101T100000Z:/);
  });

  it('count each kind apart, as seen in 2026: 199 writes, 2999 in all', async () => {
    const call = clientOf(managerWith());
    const { headers } = await call('PATCH', nsg, { tags: {} });
    const seen = fixture('wire/arm-write-headers-2026.json') as { headers: object };
    for (const name of Object.keys(seen.headers)) {
      // The first comes with failures only; the second is the edge's, not Resource Manager's.
      if (name === 'x-ms-failure-cause' || name === 'x-msedge-ref') continue;
      expect(Object.keys(headers)).toContain(name);
    }
    expect(headers['x-ms-ratelimit-remaining-subscription-writes']).toBe('199');
    expect(headers['x-ms-ratelimit-remaining-subscription-global-writes']).toBe('2999');
    const gone = await call('DELETE', absent);
    expect(gone.headers['x-ms-ratelimit-remaining-subscription-deletes']).toBe('199');
    const list = await call('GET', '/subscriptions');
    expect(list.headers['x-ms-ratelimit-remaining-tenant-reads']).toBe('249');
  });
});

describe('too many calls', () => {
  it('of one kind by one principal get 429 with Retry-After until the bucket refills', async () => {
    const manager = managerWith();
    const call = clientOf(manager);
    for (let turn = 0; turn < 200; turn++) expect((await call('DELETE', absent)).status).toBe(204);
    const refused = await call('DELETE', absent);
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('1');
    expect(refused.json).toEqual({
      error: {
        code: 'SubscriptionRequestsThrottled',
        message:
          `Number of 'delete' requests for subscription '${subscriptionId}' actor ` +
          `'${callers['admin']?.objectId}' exceeded. Please try again after '1' seconds.`,
      },
    });
    expect((await call('GET', nsg)).status).toBe(200);
    expect((await clientOf(manager, 'opener')('DELETE', absent)).status).toBe(204);
    await time.pass(1_000);
    for (let turn = 0; turn < 10; turn++) expect((await call('DELETE', absent)).status).toBe(204);
    expect((await call('DELETE', absent)).status).toBe(429);
  });

  it('to the Network provider get 429 until five minutes are over, writes and deletes together', async () => {
    const limits = { ...azureLimits, network: { periodMs: 300_000, writes: 3, reads: 2 } };
    const call = clientOf(managerWith({ limits }));
    await call('PATCH', nsg, { tags: {} });
    await call('DELETE', absent);
    await call('DELETE', absent);
    const refused = await call('DELETE', absent);
    expect(refused.json).toMatchObject({ error: { code: 'ResourceRequestsThrottled' } });
    expect(refused.headers['retry-after']).toBe('300');
    expect((await call('GET', nsg)).status).toBe(200);
    await time.pass(300_000);
    expect((await call('DELETE', absent)).status).toBe(204);
  });

  it('to one VM get 429 without the usual envelope', async () => {
    const call = clientOf(managerWith());
    for (let turn = 0; turn < 36; turn++) await call('GET', vmId('vm-app-01'));
    const refused = await call('GET', vmId('vm-app-01'));
    expect(refused.status).toBe(429);
    expect(refused.json).toMatchObject({
      code: 'OperationNotAllowed',
      details: [{ code: 'TooManyRequests' }],
    });
    expect(refused.headers['retry-after']).toBe('5');
  });

  it('to the Resource Graph get 429 without Retry-After, and the quota says when', async () => {
    const call = clientOf(managerWith());
    const ask = (): ReturnType<typeof call> =>
      call('POST', '/providers/Microsoft.ResourceGraph/resources', {
        query: '// postern:rules v1\nresources',
      });
    const first = await ask();
    expect(first.headers).toMatchObject({
      'x-ms-user-quota-remaining': '14',
      'x-ms-user-quota-resets-after': '00:00:05',
    });
    for (let turn = 1; turn < 15; turn++) expect((await ask()).status).toBe(200);
    await time.pass(2_000);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(refused.json).toMatchObject({
      error: { code: 'RateLimiting', details: [{ code: 'RateLimiting' }] },
    });
    expect(refused.headers).toMatchObject({
      'x-ms-user-quota-remaining': '0',
      'x-ms-user-quota-resets-after': '00:00:03',
    });
    expect(refused.headers).not.toHaveProperty('retry-after');
    await time.pass(3_000);
    expect((await ask()).status).toBe(200);
  });

  it('are let through where counting is off', async () => {
    const call = clientOf(managerWith({ isThrottled: false }));
    for (let turn = 0; turn < 300; turn++) expect((await call('DELETE', absent)).status).toBe(204);
  });
});
