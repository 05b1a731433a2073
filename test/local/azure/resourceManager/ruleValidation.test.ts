import * as fc from 'fast-check';
import { estateOf, fillerRules, nsgId } from '../../../../local/estate';
import { prefixKind } from '../../../../local/azure/resourceManager/addressPrefix';
import type { SecurityRuleProperties } from '../../../../local/azure/resourceManager/securityRule';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { allowRule, clientOf, fixture, managerWith } from './harness';

const nsg = nsgId('nsg-vm-app-01');
const rules = `${nsg}/securityRules`;
let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

type Recorded = { http_status: number; body: { error: { code: string; message: string } } };

/** Azure's own text for a code, as reported in public. */
function recordedMessage(code: string): string {
  const { errors } = fixture('errors/errors.json') as { errors: Recorded[] };
  return errors.find((item) => item.body.error?.code === code)?.body.error.message ?? '';
}

/** A text with what differs from run to run taken out. */
const skeleton = (text: string): string =>
  text
    .replace(/\/subscriptions\/\S+/g, '<id>')
    .replace(/Rule[AB]|postern-[\w-]+|deny-[\w-]+/g, '<rule>')
    .replace(/(provided|used): \S+/g, '$1: <value>');

async function refusal(
  changes: Record<string, unknown>,
  name = 'postern-a-b-0',
): Promise<{ status: number; code: string; message: string }> {
  const properties = { ...allowRule(), ...changes };
  const { status, json } = await clientOf(managerWith())('PUT', `${rules}/${name}`, { properties });
  const error = (json['error'] ?? {}) as { code?: string; message?: string };
  return { status, code: error.code ?? '', message: error.message ?? '' };
}

describe('a rule that Azure would refuse is refused in its words', () => {
  const withText: [string, string, Record<string, unknown>][] = [
    ['a priority that is taken', 'SecurityRuleConflict', { priority: 1000 }],
    ['a port range without end', 'SecurityRuleInvalidPortRange', { destinationPortRange: '22-' }],
    [
      'host bits in a prefix',
      'SecurityRuleInvalidAddressPrefix',
      { sourceAddressPrefix: '50.206.209.68/27' },
    ],
    [
      'a service tag in a list',
      'SecurityRuleParameterContainsUnsupportedValue',
      {
        destinationAddressPrefix: undefined,
        destinationAddressPrefixes: ['10.0.0.4', 'AzureContainerRegistry'],
      },
    ],
  ];
  it.each(withText)('%s', async (_what, code, changes) => {
    const refused = await refusal(changes);
    expect(refused).toMatchObject({ status: 400, code });
    expect(skeleton(refused.message)).toBe(skeleton(recordedMessage(code)));
  });

  const byCode: [string, string, Record<string, unknown>][] = [
    ['a priority below 100', 'SecurityRuleInvalidPriority', { priority: 99 }],
    ['a priority above 4096', 'SecurityRuleInvalidPriority', { priority: 4097 }],
    ['no priority', 'SecurityRuleParametersMissing', { priority: undefined }],
    ['a priority that is no number', 'InvalidRequestFormat', { priority: '200' }],
    ['half a priority', 'InvalidRequestFormat', { priority: 200.5 }],
    ['no protocol', 'SecurityRuleParametersMissing', { protocol: undefined }],
    ['an unknown protocol', 'InvalidRequestFormat', { protocol: 'Sctp' }],
    ['no access', 'SecurityRuleParametersMissing', { access: undefined }],
    ['an unknown direction', 'InvalidRequestFormat', { direction: 'Sideways' }],
    ['no source', 'SecurityRuleParametersMissing', { sourceAddressPrefix: undefined }],
    ['an empty destination', 'SecurityRuleParametersMissing', { destinationAddressPrefix: '' }],
    ['no port', 'SecurityRuleParametersMissing', { destinationPortRange: undefined }],
    ['a port above 65535', 'SecurityRuleInvalidPortRange', { destinationPortRange: '65536' }],
    ['a range that runs backwards', 'SecurityRuleInvalidPortRange', { sourcePortRange: '9-1' }],
    ['two ports in one text', 'SecurityRuleInvalidPortRange', { destinationPortRange: '22,80' }],
    [
      'any port in a list',
      'SecurityRuleParameterContainsInvalidPortRanges',
      { destinationPortRange: undefined, destinationPortRanges: ['22', '*'] },
    ],
    ['both forms of ports', 'SecurityRuleParametersConflict', { destinationPortRanges: ['22'] }],
    [
      'both forms of addresses',
      'SecurityRuleParametersConflict',
      { sourceAddressPrefixes: ['10.0.0.1'] },
    ],
    [
      'prefixes and application security groups',
      'SecurityRuleParametersConflict',
      { sourceApplicationSecurityGroups: [{ id: '/a' }] },
    ],
    ['half an address', 'SecurityRuleInvalidAddressPrefix', { sourceAddressPrefix: '10.0.0' }],
    ['IPv6 host bits', 'SecurityRuleInvalidAddressPrefix', { sourceAddressPrefix: 'fd00::1/64' }],
    [
      'any address in a list',
      'SecurityRuleParameterContainsUnsupportedValue',
      { sourceAddressPrefix: undefined, sourceAddressPrefixes: ['*'] },
    ],
    ['a long description', 'SecurityRuleDescriptionTooLong', { description: 'x'.repeat(141) }],
    [
      'more than 4,000 addresses',
      'SecurityRuleAddressPrefixesLimitReached',
      {
        sourceAddressPrefix: undefined,
        sourceAddressPrefixes: Array.from(
          { length: 4_001 },
          (_item, at) => `10.${at >> 8}.${at & 255}.1`,
        ),
      },
    ],
    [
      'more than 10 application security groups',
      'NumberOfApplicationSecurityGroupsReferencedInSecurityRuleLimitReached',
      {
        sourceAddressPrefix: undefined,
        sourceApplicationSecurityGroups: Array.from({ length: 11 }, () => ({ id: '/a' })),
      },
    ],
  ];
  it.each(byCode)('%s', async (_what, code, changes) => {
    expect(await refusal(changes)).toMatchObject({ status: 400, code });
  });

  it.each(['-begins', 'ends-', 'ends.', 'a b', 'x'.repeat(81), 'ä'])(
    'the name %s',
    async (name) => {
      const refused = await refusal({}, encodeURIComponent(name));
      expect(refused).toMatchObject({ status: 400, code: 'InvalidResourceName' });
      expect(refused.message).toContain('can be up to 80 characters long');
    },
  );

  it.each(['a', 'ends_', '1.2-3_x', 'x'.repeat(80)])('but not the name %s', async (name) => {
    expect((await refusal({}, name)).status).toBe(201);
  });

  it('but not a description of 140 characters, IPv6, a tag or another casing', async () => {
    const good: Partial<Record<keyof SecurityRuleProperties, unknown>>[] = [
      { description: 'x'.repeat(140) },
      { sourceAddressPrefix: 'fd00::/64', destinationAddressPrefix: 'fd00::4' },
      { sourceAddressPrefix: 'Storage.WestEurope' },
      { protocol: 'TCP', access: 'allow' },
      { priority: 100 },
      { priority: 4096 },
      { priority: 1000, direction: 'Outbound' },
    ];
    for (const changes of good) expect((await refusal(changes)).status).toBe(201);
  });

  it('the 1,001st rule', async () => {
    const estate = estateOf({
      vms: [{ name: 'vm-app-01' }],
      rules: { 'nsg-vm-app-01': fillerRules(1_000) },
    });
    const call = clientOf(managerWith({ estate }));
    const refused = await call('PUT', `${rules}/one-more`, { properties: allowRule() });
    expect(refused.json).toMatchObject({
      error: {
        code: 'SecurityRuleCountLimitReached',
        message: recordedMessage('SecurityRuleCountLimitReached'),
      },
    });
    const known = await call('PUT', `${rules}/filler-7`, { properties: allowRule() });
    expect(known.status).toBe(200);
  });

  it('a clash of priorities as the end of an accepted operation', async () => {
    const manager = managerWith({ conflicts: 'asynchronous', latency: { rulePut: 1_000 } });
    const call = clientOf(manager);
    const put = await call('PUT', `${rules}/postern-a-b-0`, {
      properties: allowRule({ priority: 1000 }),
    });
    expect(put.status).toBe(201);
    await time.pass(1_000);
    const poll = await call('GET', put.headers['azure-asyncoperation'] ?? '');
    expect(poll.json).toMatchObject({ status: 'Failed', error: { code: 'SecurityRuleConflict' } });
    expect((await call('GET', `${rules}/postern-a-b-0`)).status).toBe(404);
    expect(manager.writeLog.records[0]).toMatchObject({
      outcome: 'failed',
      code: 'SecurityRuleConflict',
      after: null,
    });
  });
});

describe('an address field', () => {
  it('takes a network only without host bits', () => {
    const octet = fc.nat(255);
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), fc.nat(32), (parts, bits) => {
        const value = parts.reduce((sum, part) => sum * 256 + part, 0);
        const size = 2 ** (32 - bits);
        const expected = value % size === 0 ? 'address' : 'invalid';
        expect(prefixKind(`${parts.join('.')}/${bits}`)).toBe(expected);
      }),
    );
  });

  it('is read without throwing, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['any', 'tag', 'address', 'invalid']).toContain(prefixKind(text));
      }),
    );
  });
});
