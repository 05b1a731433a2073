import type { Estate } from '../../../../local/estate';
import { estateOf, subscriptionId, vmId } from '../../../../local/estate';
import { callers, clientOf, managerWith, rolesOf } from './harness';

type Row = Record<string, unknown>;

const graph = '/providers/Microsoft.ResourceGraph/resources';
const group = '/providers/Microsoft.Management/managementGroups/mg-postern';
const assignment = (scope: string, name: string): string =>
  `${scope}/providers/Microsoft.Authorization/policyAssignments/${name}`;

const whole: Estate = {
  ...estateOf({
    vms: [
      { name: 'vm-b', computerName: 'HOST' },
      { name: 'vm-a', computerName: 'host' },
      { name: 'vm-c', osType: 'Linux', computerName: 'host' },
      { name: 'vm-d', computerName: 'other', powerState: 'deallocated' },
      { name: 'vm-e', group: 'rg-else', computerName: 'OTHER' },
      { name: 'vm-f' },
    ],
  }),
  policyAssignments: [
    {
      id: assignment(`/subscriptions/${subscriptionId}`, 'windows'),
      scope: `/subscriptions/${subscriptionId}`,
      notScopes: [`/subscriptions/${subscriptionId}/resourceGroups/rg-app`],
      type: 'AADLoginForWindows',
    },
    { id: assignment(group, 'linux'), scope: group, type: 'AADSSHLoginForLinux' },
  ],
};

/** Somebody with these actions at this scope asks. */
async function ask(
  name: string,
  {
    scope = '/',
    actions = ['*/read'],
    body = {},
  }: { scope?: string; actions?: string[]; body?: object } = {},
): Promise<Row[]> {
  const principalId = callers['nobody']?.objectId ?? '';
  const roleDefinitionGuid = '0f0f0f0f-0000-4000-8000-00000000000a';
  const manager = managerWith({
    estate: whole,
    roleSource: rolesOf([{ principalId, roleDefinitionGuid, scope: scope.toLowerCase() }]),
  });
  manager.defineRole({ guid: roleDefinitionGuid, name: 'part', actions, notActions: [] });
  const query = `// postern:${name} v1\nresources`;
  const { json } = await clientOf(manager, 'nobody')('POST', graph, { query, ...body });
  return (json['data'] ?? json['error']) as Row[];
}

describe('the index, asked for host names that are there twice', () => {
  it('counts Windows VMs by name, without case, and names the first of each', async () => {
    expect(await ask('duplicateNames')).toEqual([
      { id: vmId('vm-a'), name: 'host', machines: 2 },
      { id: vmId('vm-d'), name: 'other', machines: 2 },
    ]);
  });

  it('counts what the caller may see, and what is asked for', async () => {
    const scope = `/subscriptions/${subscriptionId}/resourcegroups/rg-app`;
    expect(await ask('duplicateNames', { scope })).toMatchObject([{ name: 'host' }]);
    const body = { subscriptions: ['00000000-0000-4000-8000-000000000000'] };
    expect(await ask('duplicateNames', { body })).toEqual([]);
  });
});

describe('the index, asked for policies that install', () => {
  it('shows assignments with their scopes, and for a group the subscriptions below it', async () => {
    expect(await ask('installingPolicies')).toEqual([
      {
        id: assignment(group, 'linux'),
        scope: `/subscriptions/${subscriptionId}`,
        notScopes: null,
        type: 'AADSSHLoginForLinux',
      },
      {
        id: assignment(`/subscriptions/${subscriptionId}`, 'windows'),
        scope: `/subscriptions/${subscriptionId}`,
        notScopes: [`/subscriptions/${subscriptionId}/resourceGroups/rg-app`],
        type: 'AADLoginForWindows',
      },
    ]);
  });

  const scope = `/subscriptions/${subscriptionId}`;
  const above = { options: { authorizationScopeFilter: 'AtScopeAboveAndBelow' } };
  const places: [what: string, asked: Parameters<typeof ask>[1], types: string[]][] = [
    ['of a subscription with a role there', { scope }, ['AADLoginForWindows']],
    [
      'from above where the request wants them',
      { scope, body: { ...above, subscriptions: [subscriptionId] } },
      ['AADSSHLoginForLinux', 'AADLoginForWindows'],
    ],
    [
      'from above, of the group that is asked for',
      { scope, body: { ...above, managementGroups: ['mg-postern'] } },
      ['AADSSHLoginForLinux', 'AADLoginForWindows'],
    ],
    [
      'of no other subscription',
      { body: { subscriptions: ['00000000-0000-4000-8000-000000000000'] } },
      [],
    ],
    [
      'to nobody without the right',
      { actions: ['Microsoft.ResourceGraph/resources/read', 'Microsoft.Compute/*/read'] },
      [],
    ],
  ];
  it.each(places)('%s', async (_what, asked, types) => {
    expect((await ask('installingPolicies', asked)).map(({ type }) => type)).toEqual(types);
  });
});
