import * as fc from 'fast-check';
import type { SecurityRule } from '../../../shared/domain/networkSecurityGroup';
import networkInterface from '../../fixtures/answers/networkInterface.json';
import networkSecurityGroup from '../../fixtures/answers/networkSecurityGroup.json';
import ruleDelete from '../../fixtures/answers/ruleDelete.json';
import ruleUpdate from '../../fixtures/answers/ruleUpdate.json';
import subnet from '../../fixtures/answers/subnet.json';
import type { Reply } from './stubArm';
import { factsOf, nicId, nsgId, stubArm, subnetId, subscription } from './stubArm';

const rule: SecurityRule = {
  name: 'postern-abc123-abcdefghijklmnopqrst-0',
  priority: 200,
  direction: 'Inbound',
  access: 'Allow',
  protocol: 'Tcp',
  sources: ['203.0.113.10/32'],
  sourceAsgIds: [],
  sourcePorts: ['*'],
  destinations: ['10.0.0.4', '10.0.0.5'],
  destinationAsgIds: [],
  destinationPorts: ['22'],
  description: 'postern1|1|1|x',
};
const ruleUrl = `${nsgId}/securityRules/${rule.name}`;
const asyncHeaders = {
  'azure-asyncoperation': `https://management.azure.com${subscription}/providers/Microsoft.Network/locations/westus/operations/28b59d66-ea68-45a6-8320-30022dfe36cf?api-version=2025-05-01`,
  location: `https://management.azure.com${subscription}/providers/Microsoft.Network/locations/westus/operationResults/28b59d66-ea68-45a6-8320-30022dfe36cf?api-version=2025-05-01`,
};

describe('writing rules', () => {
  it.each([200, 201, 202])('sends exactly one request for a PUT answered %i', async (status) => {
    const stub = stubArm(() => ({ status, headers: asyncHeaders, body: ruleUpdate.body }));
    expect(await stub.world.network.putRule(nsgId, rule)).toBe('accepted');
    expect(stub.sent.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
      `PUT ${ruleUrl}`,
    ]);
    expect(stub.sent[0]?.authorization).toBe('Bearer planted-token');
    expect(stub.sent[0]?.body).toEqual({
      properties: {
        priority: 200,
        direction: 'Inbound',
        access: 'Allow',
        protocol: 'Tcp',
        sourceAddressPrefix: '203.0.113.10/32',
        sourcePortRange: '*',
        destinationAddressPrefixes: ['10.0.0.4', '10.0.0.5'],
        destinationPortRange: '22',
        description: 'postern1|1|1|x',
      },
    });
  });

  it('does not poll the rule itself where no operation is named', async () => {
    const stub = stubArm(() => ({ status: 201, body: ruleUpdate.body }));
    expect(await stub.world.network.putRule(nsgId, rule)).toBe('accepted');
    expect(stub.sent).toHaveLength(1);
  });

  it.each([
    [200, 'accepted'],
    [202, 'accepted'],
    [204, 'absent'],
  ] as const)('sends exactly one request for a DELETE answered %i', async (status, outcome) => {
    const stub = stubArm(() => ({ status, headers: asyncHeaders, body: '' }));
    expect(await stub.world.network.deleteRule(nsgId, rule.name)).toBe(outcome);
    expect(stub.sent.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
      `DELETE ${ruleUrl}`,
    ]);
  });

  it('takes the recorded answers of Azure for what they are', async () => {
    const { 'azure-asyncoperation': update } = ruleUpdate.headers;
    const { 'azure-asyncoperation': deletion, location } = ruleDelete.headers;
    const put = stubArm(() => ({
      status: ruleUpdate.status,
      headers: { 'azure-asyncoperation': update },
      body: ruleUpdate.body,
    }));
    const deleted = stubArm(() => ({
      status: ruleDelete.status,
      headers: { 'azure-asyncoperation': deletion, location },
      body: '',
    }));
    expect(await put.world.network.putRule(nsgId, rule)).toBe('accepted');
    expect(await deleted.world.network.deleteRule(nsgId, rule.name)).toBe('accepted');
    expect([put.sent.length, deleted.sent.length]).toEqual([1, 1]);
  });

  it('calls a PUT accepted by its own status, whatever nonsense the body is', async () => {
    for (const body of ['<html>', '{"properties":', '[]', 'null', '{"properties":7}']) {
      const stub = stubArm(() => ({ status: 201, headers: asyncHeaders, body }));
      expect(await stub.world.network.putRule(nsgId, rule)).toBe('accepted');
      expect(stub.sent).toHaveLength(1);
    }
  });

  it.each<[Reply, object]>([
    [
      { status: 409, body: { error: { code: 'ScopeLocked', message: 'x' } } },
      { kind: 'locked', code: 'ScopeLocked', status: 409 },
    ],
    [
      { status: 429, headers: { 'retry-after': '17' }, body: { error: { code: 'TooMany' } } },
      { kind: 'throttled', retryAfterMs: 17_000 },
    ],
    [
      { status: 500, body: '<html>' },
      { kind: 'unavailable', code: 'NoCode', status: 500 },
    ],
    [{ status: 404, body: { error: { code: 'ResourceNotFound' } } }, { kind: 'missing' }],
    [{ status: 302, headers: { location: '/elsewhere' } }, { kind: 'unavailable' }],
    [{ status: 100, body: '' }, { kind: 'unavailable' }],
  ])('turns a refused write %j into a fault, without a second request', async (reply, facts) => {
    for (const write of ['put', 'delete'] as const) {
      const stub = stubArm(() => reply);
      const { network } = stub.world;
      const call =
        write === 'put' ? network.putRule(nsgId, rule) : network.deleteRule(nsgId, rule.name);
      expect(await factsOf(call)).toMatchObject(facts);
      expect(stub.sent).toHaveLength(1);
    }
  });

  it('does not repeat a write whose connection broke', async () => {
    const stub = stubArm(() => {
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    });
    expect(await factsOf(stub.world.network.putRule(nsgId, rule))).toEqual({
      kind: 'unavailable',
      code: 'ECONNRESET',
      status: 0,
      retryAfterMs: null,
    });
    expect(stub.sent).toHaveLength(1);
  });

  it.each([
    'relative',
    '/subscriptions/x/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/n',
    `${nsgId}/../../x`,
    `${nsgId}%2f..`,
    `${nsgId}?x=1`,
    `${nsgId}/securityRules/r`,
    nicId,
    subscription,
    '',
  ])('sends nothing for the NSG id %j', async (id) => {
    const stub = stubArm(() => ({ status: 200 }));
    const { network } = stub.world;
    const malformed = { kind: 'invalid', code: 'MalformedId' };
    expect(await factsOf(network.readNsg(id))).toMatchObject(malformed);
    expect(await factsOf(network.putRule(id, rule))).toMatchObject(malformed);
    expect(await factsOf(network.deleteRule(id, rule.name))).toMatchObject(malformed);
    expect(stub.sent).toEqual([]);
  });

  it.each(['', 'a/b', '..', 'a?b', 'a%2fb', '-a', 'x'.repeat(81)])(
    'sends nothing for the rule name %j',
    async (name) => {
      const stub = stubArm(() => ({ status: 200 }));
      const { network } = stub.world;
      expect(await factsOf(network.deleteRule(nsgId, name))).toMatchObject({ kind: 'invalid' });
      expect(await factsOf(network.putRule(nsgId, { ...rule, name }))).toMatchObject({
        kind: 'invalid',
      });
      expect(stub.sent).toEqual([]);
    },
  );
});

describe('reading the network', () => {
  it('reads an NSG as Azure documents it', async () => {
    const stub = stubArm(() => ({ status: 200, body: networkSecurityGroup }));
    const before = Date.now();
    const reading = await stub.world.network.readNsg(nsgId);
    expect(reading).toMatchObject({
      id: networkSecurityGroup.id,
      location: 'westus',
      provisioningState: 'Succeeded',
      networkInterfaceIds: [],
      subnetIds: [],
    });
    expect(reading?.rules).toEqual([
      {
        name: 'rule1',
        priority: 130,
        direction: 'Inbound',
        access: 'Allow',
        protocol: '*',
        sources: ['*'],
        sourceAsgIds: [],
        sourcePorts: ['*'],
        destinations: ['*'],
        destinationAsgIds: [],
        destinationPorts: ['80'],
        description: '',
      },
    ]);
    expect(reading?.defaultRules).toHaveLength(6);
    expect(reading?.startedAt).toBeGreaterThanOrEqual(before);
    expect(stub.sent[0]?.url.pathname).toBe(nsgId);
  });

  it('reads a NIC and a subnet; a block of addresses is nobody’s address', async () => {
    const nic = stubArm(() => ({ status: 200, body: networkInterface }));
    expect(await nic.world.network.readNic(nicId)).toEqual({
      id: networkInterface.id,
      vmId: networkInterface.properties.virtualMachine.id,
      nsgId: networkInterface.properties.networkSecurityGroup.id,
      ipConfigurations: [
        {
          address: '172.20.2.4',
          subnetId: networkInterface.properties.ipConfigurations[0]?.properties.subnet.id,
        },
      ],
    });
    const bare = stubArm(() => ({ status: 200, body: subnet }));
    expect(await bare.world.network.readSubnetNsgId(subnetId)).toBe('');
    const guarded = stubArm(() => ({
      status: 200,
      body: { ...subnet, properties: { networkSecurityGroup: { id: nsgId } } },
    }));
    expect(await guarded.world.network.readSubnetNsgId(subnetId)).toBe(nsgId);
    expect(guarded.sent[0]?.url.pathname).toBe(subnetId);
  });

  it('reads locks at and above a resource, on all pages, and none below or beside', async () => {
    const lock = (scope: string, level: string) => ({
      id: `${scope}/providers/Microsoft.Authorization/locks/l`,
      properties: { level },
    });
    const stub = stubArm(({ url }) =>
      url.searchParams.has('page')
        ? { status: 200, body: { value: [lock(subscription, 'ReadOnly')] } }
        : {
            status: 200,
            body: {
              value: [
                lock(`${subscription}/resourceGroups/RG-APP`, 'CanNotDelete'),
                lock(`${nsgId}/securityRules/r`, 'ReadOnly'),
                lock(nsgId, 'NotSpecified'),
              ],
              nextLink: `https://management.azure.com${nsgId}/providers/Microsoft.Authorization/locks?page=2`,
            },
          },
    );
    const [found = []] = await stub.world.network.readLocks([nsgId]);
    expect(found.map(({ level }) => level)).toEqual(['CanNotDelete', 'ReadOnly']);
    expect(stub.sent[0]?.url.pathname).toBe(
      `${subscription}/resourceGroups/rg-app/providers/Microsoft.Authorization/locks`,
    );
  });

  it('says null for a 404 of Resource Manager, and a fault for one of anybody else', async () => {
    const missing = stubArm(() => ({ status: 404, body: { error: { code: 'ResourceNotFound' } } }));
    expect(await missing.world.network.readNsg(nsgId)).toBeNull();
    expect(await missing.world.network.readNic(nicId)).toBeNull();
    expect(await missing.world.network.readSubnetNsgId(subnetId)).toBeNull();
    const proxy = stubArm(() => ({ status: 404, body: '<html>not here</html>' }));
    expect(await factsOf(proxy.world.network.readNsg(nsgId))).toMatchObject({
      kind: 'unavailable',
      status: 404,
    });
  });
});

describe('a rule on its way over the wire', () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,12}$/);
  const several = (each: fc.Arbitrary<string>) =>
    fc.uniqueArray(each, { minLength: 1, maxLength: 5 });
  const asgIds = several(word.map((name) => `${subscription}/asgs/${name}`));
  const side = fc.oneof(
    several(fc.ipV4()).map((prefixes) => [prefixes, []] as const),
    fc.constant([['*'], []] as const),
    asgIds.map((ids) => [[], ids] as const),
  );
  const ports = fc.oneof(
    fc.constant(['*']),
    several(fc.integer({ min: 1, max: 65_535 }).map(String)),
  );
  const rules: fc.Arbitrary<SecurityRule> = fc
    .record({
      name: word,
      priority: fc.integer({ min: 100, max: 4_096 }),
      direction: fc.constantFrom('Inbound' as const, 'Outbound' as const),
      access: fc.constantFrom('Allow' as const, 'Deny' as const),
      protocol: fc.constantFrom('Tcp', 'Udp', 'Icmp', 'Esp', 'Ah', '*'),
      source: side,
      destination: side,
      sourcePorts: ports,
      destinationPorts: ports,
      description: fc.string({ maxLength: 140 }),
    })
    .map(({ source, destination, ...rest }) => ({
      ...rest,
      sources: source[0],
      sourceAsgIds: source[1],
      destinations: destination[0],
      destinationAsgIds: destination[1],
    }));

  it('comes back as it was sent, with lists only where there is more than one value', async () => {
    let body: unknown;
    const stub = stubArm((request) => {
      if (request.method === 'PUT') {
        body = request.body;
        return { status: 201, body: {} };
      }
      const properties = { provisioningState: 'Succeeded', securityRules: [body] };
      return { status: 200, body: { id: nsgId, location: 'x', properties } };
    });
    await fc.assert(
      fc.asyncProperty(rules, async (sent) => {
        await stub.world.network.putRule(nsgId, sent);
        const { properties } = body as { properties: Record<string, unknown> };
        for (const value of Object.values(properties).filter(Array.isArray)) {
          expect(value).not.toContain('*');
        }
        body = { name: sent.name, properties };
        const reading = await stub.world.network.readNsg(nsgId);
        expect(reading?.rules).toEqual([sent]);
      }),
      { numRuns: 100 },
    );
  });

  it('reads the casings and the empty forms that Azure and other tools write', async () => {
    const properties = {
      priority: 300,
      direction: 'inbound',
      access: 'ALLOW',
      protocol: 'TCP',
      sourceAddressPrefix: '',
      sourceAddressPrefixes: ['10.0.0.0/8'],
      sourcePortRange: '*',
      sourcePortRanges: [],
      destinationAddressPrefix: null,
      destinationApplicationSecurityGroups: [{ id: '/asg' }],
      destinationPortRange: '22',
      destinationPortRanges: ['22', '80'],
      description: null,
    };
    const stub = stubArm(() => ({
      status: 200,
      body: {
        id: nsgId,
        location: 'x',
        properties: { provisioningState: 'Updating', securityRules: [{ name: 'r', properties }] },
      },
    }));
    const reading = await stub.world.network.readNsg(nsgId);
    expect(reading?.rules[0]).toMatchObject({
      direction: 'Inbound',
      access: 'Allow',
      protocol: 'Tcp',
      sources: ['10.0.0.0/8'],
      sourcePorts: ['*'],
      destinations: [],
      destinationAsgIds: ['/asg'],
      destinationPorts: ['22', '80'],
      description: '',
    });
    expect(reading?.provisioningState).toBe('Updating');
  });
});
