import type { Reply, Sent } from './stubArm';
import { factsOf, origin, stubArm, subscription } from './stubArm';

const subscriptionId = subscription.slice('/subscriptions/'.length);
const network = `${subscription}/resourceGroups/rg-app/providers/Microsoft.Network`;

function nsg(name: string, rules: { name: string; description?: string | null }[]): unknown {
  return {
    id: `${network}/networkSecurityGroups/${name}`,
    name,
    location: 'westeurope',
    properties: {
      provisioningState: 'Succeeded',
      securityRules: rules.map(({ name: rule, description }) => ({
        name: rule,
        properties: { description, protocol: 'Tcp', access: 'Allow' },
      })),
    },
  };
}

const page = (value: unknown[], nextLink?: string): Reply => ({
  status: 200,
  body: { value, ...(nextLink === undefined ? {} : { nextLink }) },
});

describe('the rules of a subscription', () => {
  it('come from the list of NSGs, all pages, ours alone', async () => {
    const path = `${subscription}/providers/Microsoft.Network/networkSecurityGroups`;
    const stub = stubArm(({ url }: Sent) =>
      url.searchParams.has('$skiptoken')
        ? page([nsg('nsg-2', [{ name: 'copy', description: 'postern1|1|1|x' }])])
        : page(
            [
              nsg('nsg-1', [
                { name: 'POSTERN-abc123-x-0', description: null },
                { name: 'web', description: 'for the web' },
                { name: 'none' },
              ]),
            ],
            `${origin}${path}?api-version=2024-05-01&$skiptoken=200`,
          ),
    );
    expect(await stub.world.network.listOurRulesIn(subscriptionId)).toEqual({
      isWhole: true,
      rules: [
        {
          nsgId: `${network}/networkSecurityGroups/nsg-1`,
          ruleName: 'POSTERN-abc123-x-0',
          description: '',
        },
        {
          nsgId: `${network}/networkSecurityGroups/nsg-2`,
          ruleName: 'copy',
          description: 'postern1|1|1|x',
        },
      ],
    });
    expect(stub.sent.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
      `GET ${path}`,
      `GET ${path}`,
    ]);
  });

  it('are still told where single rows make no sense, and it says that they are not all', async () => {
    const rows = [null, 7, { id: '' }, { id: 'x', properties: {} }];
    const stub = stubArm(() => page([...rows, nsg('nsg-1', [{ name: 'postern-a' }])]));
    const list = await stub.world.network.listOurRulesIn(subscriptionId);
    expect(list).toMatchObject({ isWhole: false, rules: [{ ruleName: 'postern-a' }] });
  });

  it('end at the page cap, and it says that they are not all', async () => {
    let pages = 0;
    const stub = stubArm(({ url }) => {
      pages += 1;
      return page([nsg(`nsg-${pages}`, [{ name: 'postern-a' }])], `${url.href}&p=${pages}`);
    });
    const { rules, isWhole } = await stub.world.network.listOurRulesIn(subscriptionId);
    expect(isWhole).toBe(false);
    expect(rules).toHaveLength(200);
    expect(pages).toBe(200);
  });

  it.each<[Reply, string]>([
    [{ status: 429, headers: { 'retry-after': '5' }, body: {} }, 'throttled'],
    [{ status: 403, body: { error: { code: 'AuthorizationFailed', message: '' } } }, 'denied'],
    [{ status: 503, body: '' }, 'unavailable'],
    [{ status: 200, body: '<html>' }, 'unavailable'],
    [{ status: 200, body: { value: 'all' } }, 'unavailable'],
  ])('are a fault where the answer is %j', async (reply, kind) => {
    const stub = stubArm(() => reply);
    const facts = await factsOf(stub.world.network.listOurRulesIn(subscriptionId));
    expect(facts).toMatchObject({ kind });
  });

  it('are asked of a subscription only', async () => {
    const stub = stubArm(() => page([]));
    expect(await factsOf(stub.world.network.listOurRulesIn('../x'))).toMatchObject({
      kind: 'invalid',
    });
    expect(stub.sent).toEqual([]);
  });

  it('are never asked of another host, whatever a link says', async () => {
    const stub = stubArm(() => page([], 'https://evil.example/next'));
    const facts = await factsOf(stub.world.network.listOurRulesIn(subscriptionId));
    expect(facts).toMatchObject({ kind: 'foreignHost' });
    expect(stub.sent).toHaveLength(1);
  });
});

describe('the subscriptions that the identity sees', () => {
  const seen = (id: string) => ({ subscriptionId: id, state: 'Enabled' });

  it('come from all pages, each once, in lower case', async () => {
    const other = 'AAAAAAAA-1111-4111-8111-111111111111';
    const stub = stubArm(({ url }) =>
      url.searchParams.has('$skiptoken')
        ? page([seen(other), seen(subscriptionId)])
        : page(
            [seen(subscriptionId)],
            `${origin}/subscriptions?api-version=2022-12-01&$skiptoken=x`,
          ),
    );
    expect(await stub.world.network.visibleSubscriptions()).toEqual([
      subscriptionId,
      other.toLowerCase(),
    ]);
    expect(stub.sent[0]?.authorization).toBe('Bearer planted-token');
  });

  it('end with a fault where links lead in a circle or to another host', async () => {
    const circle = stubArm(({ url }) => page([seen(subscriptionId)], url.href));
    expect(await factsOf(circle.world.network.visibleSubscriptions())).toMatchObject({
      code: 'TooManyPages',
    });
    const evil = stubArm(() => page([], 'https://evil.example/subscriptions'));
    expect(await factsOf(evil.world.network.visibleSubscriptions())).toMatchObject({
      kind: 'foreignHost',
    });
    expect(evil.tokens.asked).toBe(1);
  });

  it('are no ids but GUIDs', async () => {
    const stub = stubArm(() => page([seen('../../x'), seen(subscriptionId)]));
    expect(await stub.world.network.visibleSubscriptions()).toEqual([subscriptionId]);
  });
});
