import resourceGraphPage from '../../fixtures/answers/resourceGraphPage.json';
import type { Reply } from './stubArm';
import { factsOf, nsgId, origin, stubArm, subscription } from './stubArm';

const vmId = `${subscription}/resourceGroups/rg-app/providers/Microsoft.Compute/virtualMachines/vm-1`;
const target = {
  id: vmId,
  name: 'vm-1',
  subscriptionId: 'x',
  resourceGroup: 'rg-app',
  location: 'westeurope',
  tags: { postern: 'yes', odd: 7 },
  powerState: 'PowerState/running',
  vmGuid: 'g',
  osType: 'Linux',
  scaleSetId: '',
  nicId: '/nic',
  nicNsgId: '/nsg',
  subnetId: '/subnet',
  subnetNsgId: '',
  privateIp: '10.0.0.4',
};
const page = (data: unknown[], skipToken?: string): Reply => ({
  status: 200,
  body: {
    totalRecords: data.length,
    count: data.length,
    resultTruncated: 'false',
    facets: [],
    data,
    ...(skipToken === undefined ? {} : { $skipToken: skipToken }),
  },
});

type Query = {
  query: string;
  subscriptions?: string[];
  managementGroups?: string[];
  options: object;
};

describe('machines at a scope', () => {
  it('are asked for by one query through the rules that hold for every client', async () => {
    const stub = stubArm(() => page([target]));
    const rows = await stub.world.inventory.listTargets(
      `${subscription}/resourceGroups/rg-app`,
      11,
    );
    const { id, subscriptionId: _s, resourceGroup: _g, tags: _t, ...rest } = target;
    expect(rows).toEqual([{ vmId: id, ...rest, tags: { postern: 'yes' } }]);
    const [sent] = stub.sent;
    expect(sent?.method).toBe('POST');
    expect(sent?.url.href).toBe(
      `${origin}/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01`,
    );
    expect(sent?.authorization).toBe('Bearer planted-token');
    const body = sent?.body as Query;
    expect(body.options).toEqual({ $top: 11, resultFormat: 'objectArray' });
    expect(body.subscriptions).toEqual(['11111111-1111-4111-8111-111111111111']);
    const lines = body.query.split('\n');
    expect(lines[0]).toBe('// postern:targets v1');
    expect(lines[3]).toBe(
      `| where id =~ '${subscription}/resourceGroups/rg-app' or id startswith '${subscription}/resourceGroups/rg-app/'`,
    );
    expect(stub.sent).toHaveLength(1);
  });

  it('of a subscription or a management group need no condition on the id', async () => {
    const stub = stubArm(() => page([]));
    const { inventory } = stub.world;
    await inventory.listTargets(subscription, 11);
    await inventory.listTargets('/providers/Microsoft.Management/managementGroups/mg-1', 11);
    const bodies = stub.sent.map(({ body }) => body as Query);
    expect(bodies.map(({ query }) => query.includes('where id'))).toEqual([false, false]);
    expect(bodies[0]?.subscriptions).toHaveLength(1);
    expect(bodies[1]).not.toHaveProperty('subscriptions');
    expect(bodies[1]?.managementGroups).toEqual(['mg-1']);
  });

  it('come page by page, and no further than asked', async () => {
    const stub = stubArm(({ body }) => {
      const { options } = body as { options: { $top: number; $skipToken?: string } };
      const from = Number(options.$skipToken ?? 0);
      const count = Math.min(options.$top, 1_000);
      const data = Array.from({ length: count }, (_, at) => ({ ...target, name: `${from + at}` }));
      return page(data, `${from + count}`);
    });
    const rows = await stub.world.inventory.listTargets(subscription, 2_500);
    expect(rows).toHaveLength(2_500);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(2_500);
    expect(stub.sent).toHaveLength(3);
  });

  it('without a NIC, tags or anything else are read with empty texts', async () => {
    const stub = stubArm(() => page([{ id: vmId, tags: null, nicId: null }]));
    const [row] = await stub.world.inventory.listTargets(subscription, 11);
    expect(row).toMatchObject({ vmId, tags: {}, nicId: '', privateIp: '', vmGuid: '' });
  });

  it.each(['', '/', 'x', `${subscription}' or 'a' == 'a`, '/providers/Microsoft.Other/things/x'])(
    'are not asked for at the scope %j',
    async (scope) => {
      const stub = stubArm(() => page([]));
      expect(await factsOf(stub.world.inventory.listTargets(scope, 11))).toMatchObject({
        kind: 'invalid',
      });
      expect(stub.sent).toEqual([]);
    },
  );
});

describe('rules in the index', () => {
  const sighting = { id: nsgId, ruleName: 'postern-x', description: null, name: 'nsg' };

  it('are found by name prefix or marker, or by one name', async () => {
    const stub = stubArm(() => page([sighting]));
    const { inventory } = stub.world;
    const found = [{ nsgId, ruleName: 'postern-x', description: '' }];
    expect(await inventory.listOurRules()).toEqual(found);
    expect(await inventory.findRule('postern-abc123-x-0')).toEqual(found);
    const [all, one] = stub.sent.map(({ body }) => body as Query);
    expect(all?.query).toMatch(/^\/\/ postern:rules v1\n/);
    expect(all?.query).toContain(
      `| where ruleName startswith 'postern-' or description startswith 'postern1|'`,
    );
    expect(all).not.toHaveProperty('subscriptions');
    expect(one?.query).toMatch(/^\/\/ postern:ruleByName v1\n/);
    expect(one?.query).toContain(`| where ruleName =~ 'postern-abc123-x-0'`);
  });

  it('are never searched by a name that could end the quotes', async () => {
    const stub = stubArm(() => page([]));
    expect(await factsOf(stub.world.inventory.findRule(`x' or 1==1 //`))).toMatchObject({
      kind: 'invalid',
    });
    expect(stub.sent).toEqual([]);
  });
});

describe('an index that misbehaves', () => {
  it.each<[string, Reply, object]>([
    ['throttles', rateLimited(), { kind: 'throttled', retryAfterMs: 5_000, code: 'RateLimiting' }],
    ['is down', { status: 503, body: '<html>' }, { kind: 'unavailable', status: 503 }],
    ['answers HTML', { status: 200, body: '<html>' }, { kind: 'unavailable', code: 'NotJson' }],
    ['answers rows that are none', page([7]), { kind: 'unavailable', code: 'StrangeAnswer' }],
    ['leaves the rows out', { status: 200, body: {} }, { code: 'StrangeAnswer' }],
    [
      'truncates without a token',
      { status: 200, body: { data: [], resultTruncated: 'true' } },
      { code: 'TruncatedResult' },
    ],
    ['gives the same token again', page([{ id: nsgId, ruleName: 'r' }], 'a'), {}],
    ['gives a token with no rows', page([], 'a'), { code: 'SameTokenAgain' }],
    ['answers rows of another query', { status: 200, body: resourceGraphPage }, {}],
    ['says 404', { status: 404, body: { error: { code: 'NotFound' } } }, { code: 'NotFound' }],
  ])('%s: a fault, and an end', async (_what, reply, facts) => {
    const stub = stubArm(() => reply);
    expect(await factsOf(stub.world.inventory.listOurRules())).toMatchObject({
      kind: 'unavailable',
      ...facts,
    });
    expect(stub.sent.length).toBeLessThanOrEqual(2);
  });

  function rateLimited(): Reply {
    return {
      status: 429,
      headers: { 'x-ms-user-quota-remaining': '0', 'x-ms-user-quota-resets-after': '00:00:05' },
      body: { error: { code: 'RateLimiting', message: 'x', details: [] } },
    };
  }
});
