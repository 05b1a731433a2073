import type { World } from '../../../shared/ports/world';
import { installVirtualTime } from '../../virtualTime';
import networkSecurityGroup from '../../fixtures/answers/networkSecurityGroup.json';
import type { Reply } from './stubArm';
import { factsOf, nicId, nsgId, origin, stubArm, subnetId, subscription, vmId } from './stubArm';

const principalId = 'a3bb8764-cb92-4276-9d2a-ca1e895e55ea';
const assignmentId = `${subscription}/providers/Microsoft.Authorization/roleAssignments/ra-1`;

const groupId = `${subscription}/resourceGroups/rg-app`;

/** Every read of the app. */
const reads: [string, (world: World) => Promise<unknown>][] = [
  ['an NSG', ({ network }) => network.readNsg(nsgId)],
  ['a NIC', ({ network }) => network.readNic(nicId)],
  ['a VM', ({ compute }) => compute.readVm(vmId)],
  ['VMs', ({ compute }) => compute.listVms(groupId)],
  ['NICs', ({ network }) => network.listNics(groupId)],
  ['a subnet', ({ network }) => network.readSubnetNsgId(subnetId)],
  ['locks', ({ network }) => network.readLocks([nsgId])],
  ['a role assignment', ({ directory }) => directory.readRoleAssignment(assignmentId)],
  ['activations', ({ directory }) => directory.listInstances(subscription, principalId)],
  ['a request', ({ directory }) => directory.readScheduleRequest(subscription, principalId)],
  ['machines', ({ inventory }) => inventory.listTargets(subscription, 11)],
  ['rules', ({ inventory }) => inventory.listOurRules()],
  ['policy states', ({ inventory }) => inventory.listLocalAccounts(vmId, null)],
];

const garbage: [string, Reply][] = [
  ['nothing', { status: 200 }],
  ['an HTML page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }],
  ['an HTML page called JSON', { status: 200, body: '<html>' }],
  ['half of a JSON', { status: 200, body: '{"value":[{"id":' }],
  ['null', { status: 200, body: 'null' }],
  ['a number', { status: 200, body: '7' }],
  ['an array', { status: 200, body: '[]' }],
  ['an empty object', { status: 200, body: '{}' }],
  ['lists that are texts', { status: 200, body: { value: 'abc', data: 'abc', properties: 'abc' } }],
  ['lists of nulls', { status: 200, body: { value: [null], data: [null], properties: null } }],
  ['things under the right names', { status: 200, body: { id: {}, name: [], properties: [1] } }],
  ['an odd status', { status: 299, body: '{}' }],
];

describe.each(garbage)('%s for an answer', (_what, reply) => {
  it.each(reads)('is a fault when %s is read, and concludes nothing', async (_name, read) => {
    const stub = stubArm(() => reply);
    expect(await factsOf(read(stub.world))).toMatchObject({ kind: 'unavailable' });
    expect(stub.sent).toHaveLength(1);
  });
});

describe('an NSG that is almost one', () => {
  const { properties } = networkSecurityGroup;
  const [rule] = properties.securityRules;
  const changedRule = (change: object) => ({
    ...properties,
    securityRules: [{ ...rule, properties: { ...rule?.properties, ...change } }],
  });
  it.each<[string, object]>([
    ['without its list of rules', { ...properties, securityRules: undefined }],
    ['without a state', { ...properties, provisioningState: undefined }],
    ['with a rule that is a text', { ...properties, securityRules: ['rule'] }],
    ['with a rule without a name', { ...properties, securityRules: [{ properties: {} }] }],
    ['with an access of another kind', changedRule({ access: 'Perhaps' })],
    ['with a direction of another kind', changedRule({ direction: 'Sideways' })],
    ['with a priority that is a text', changedRule({ priority: '100' })],
    ['with a priority between two', changedRule({ priority: 100.5 })],
    ['with prefixes that are numbers', changedRule({ sourceAddressPrefixes: [1] })],
    ['with a prefix that is a list', changedRule({ sourceAddressPrefix: ['*'] })],
  ])('%s is not taken for an answer', async (_what, changed) => {
    const body = { ...networkSecurityGroup, properties: changed };
    const stub = stubArm(() => ({ status: 200, body }));
    expect(await factsOf(stub.world.network.readNsg(nsgId))).toMatchObject({
      kind: 'unavailable',
      code: 'StrangeAnswer',
    });
  });
});

describe('a link to another host', () => {
  const evil = [
    'https://evil.example/subscriptions',
    'https://management.azure.com.evil.example/x',
    'https://management.azure.com@evil.example/x',
    'https://user:word@management.azure.com/x',
    'https://management.azure.com:8443/x',
    'http://management.azure.com/x',
    '//evil.example/x',
    'https://evil.example\\@management.azure.com/x',
    'ftp://management.azure.com/x',
  ];

  it.each(evil)('%s as the next page: nothing is sent, no token is asked for', async (nextLink) => {
    for (const list of [
      (world: World) => world.directory.listInstances(subscription, principalId),
      (world: World) => world.network.readLocks([nsgId]),
    ]) {
      const stub = stubArm(() => ({ status: 200, body: { value: [], nextLink } }));
      expect(await factsOf(list(stub.world))).toMatchObject({ kind: expect.any(String) });
      // The client takes `//evil.example/x` for a path of its own host, which is as good.
      expect(new Set(stub.sent.map(({ url }) => url.origin))).toEqual(new Set([origin]));
      expect(stub.tokens.asked).toBe(stub.sent.length);
    }
  });

  it('is a fault of its own kind', async () => {
    const nextLink = 'https://evil.example/x';
    const stub = stubArm(() => ({ status: 200, body: { value: [], nextLink } }));
    const call = stub.world.directory.listInstances(subscription, principalId);
    expect(await factsOf(call)).toMatchObject({ kind: 'foreignHost' });
  });

  it.each(evil)(
    '%s as the operation of a write: the write counts, the link does not',
    async (url) => {
      const headers = { 'azure-asyncoperation': url, location: url };
      const stub = stubArm(() => ({ status: 202, headers, body: '' }));
      expect(await stub.world.network.deleteRule(nsgId, 'r')).toBe('accepted');
      expect(stub.sent.map((sent) => sent.url.origin)).toEqual([origin]);
      expect(stub.tokens.asked).toBe(1);
    },
  );

  it.each([301, 302, 307, 308])(
    'as a redirect (%i) is not followed by anything',
    async (status) => {
      for (const [, read] of reads) {
        const headers = { location: 'https://evil.example/x' };
        const stub = stubArm(() => ({ status, headers, body: '' }));
        expect(await factsOf(read(stub.world))).toMatchObject({ kind: 'foreignHost' });
        expect(stub.sent).toHaveLength(1);
      }
    },
  );

  it('within the host is followed, but not for ever', async () => {
    const nextLink = `${origin}${subscription}/more`;
    const stub = stubArm(() => ({ status: 200, body: { value: [], nextLink } }));
    const call = stub.world.directory.listInstances(subscription, principalId);
    expect(await factsOf(call)).toMatchObject({ kind: 'unavailable', code: 'TooManyPages' });
    expect(stub.sent).toHaveLength(200);
  });

  it.each([7, {}, [], true])('that is %j and no link is a fault', async (nextLink) => {
    const stub = stubArm(() => ({ status: 200, body: { value: [], nextLink } }));
    const call = stub.world.directory.listInstances(subscription, principalId);
    expect(await factsOf(call)).toMatchObject({ kind: 'unavailable' });
    expect(stub.sent).toHaveLength(1);
  });
});

describe('an answer that does not come', () => {
  it.each(reads)(
    'is given up after 15 s when %s is read, and not asked again',
    async (_n, read) => {
      const time = installVirtualTime();
      try {
        const stub = stubArm(() => new Promise<never>(() => undefined));
        const facts = factsOf(read(stub.world));
        await time.pass(14_999);
        expect(stub.sent).toHaveLength(1);
        await time.pass(1);
        expect(await facts).toMatchObject({ kind: 'unavailable', code: 'ETIMEDOUT' });
        await time.pass(120_000);
        expect(stub.sent).toHaveLength(1);
      } finally {
        time.uninstall();
      }
    },
  );

  it.each(reads)('because %s cannot be reached is not asked for again', async (_name, read) => {
    const stub = stubArm(() => {
      throw Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' });
    });
    expect(await factsOf(read(stub.world))).toMatchObject({
      kind: 'unavailable',
      code: 'EAI_AGAIN',
    });
    expect(stub.sent).toHaveLength(1);
  });

  it.each([429, 500, 503])('but a %i is repeated by nobody here', async (status) => {
    for (const [, read] of reads) {
      const stub = stubArm(() => ({ status, headers: { 'retry-after': '0' }, body: '' }));
      expect(await factsOf(read(stub.world))).toMatchObject({ status });
      expect(stub.sent).toHaveLength(1);
    }
  });
});
