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
  policyStates: [
    { vmId: vmId('vm-b'), definitionId: '/D/One', state: 'NonCompliant' },
    { vmId: vmId('vm-a'), definitionId: '/D/one', state: 'Compliant' },
    { vmId: vmId('vm-a'), definitionId: '/d/two', state: 'Exempt' },
    { vmId: vmId('vm-e', 'rg-else'), definitionId: '/d/one', state: 'Conflict' },
  ],
};

type Asking = {
  scope?: string;
  actions?: string[];
  body?: object;
  text?: string;
  version?: string;
};

/** Somebody with these actions at this scope asks. */
async function ask(
  name: string,
  {
    scope = '/',
    actions = ['*/read'],
    body = {},
    text = 'resources',
    version = '2024-04-01',
  }: Asking = {},
): Promise<Row[]> {
  const principalId = callers['nobody']?.objectId ?? '';
  const roleDefinitionGuid = '0f0f0f0f-0000-4000-8000-00000000000a';
  const manager = managerWith({
    estate: whole,
    roleSource: rolesOf([{ principalId, roleDefinitionGuid, scope: scope.toLowerCase() }]),
  });
  manager.defineRole({ guid: roleDefinitionGuid, name: 'part', actions, notActions: [] });
  const query = `// postern:${name} v1\n${text}`;
  const url = `${graph}?api-version=${version}`;
  const { json } = await clientOf(manager, 'nobody')('POST', url, { query, ...body });
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
  type Place = [what: string, asked: Asking, types: string[]];
  const places: Place[] = [
    ['of a subscription with a role there', { scope }, ['AADLoginForWindows']],
    [
      'from above where the request wants them',
      { scope, body: { ...above, subscriptions: [subscriptionId] } },
      ['AADSSHLoginForLinux', 'AADLoginForWindows'],
    ],
    [
      'from above where it wants them of everything that it may see',
      { scope, body: above },
      ['AADSSHLoginForLinux', 'AADLoginForWindows'],
    ],
    ...['2021-06-01-preview', '2022-10-01'].map((version): Place => [
      `from above by version ${version}`,
      { scope, body: above, version },
      ['AADSSHLoginForLinux', 'AADLoginForWindows'],
    ]),
    [
      'not from above by a version that has no such option',
      { scope, body: above, version: '2021-03-01' },
      ['AADLoginForWindows'],
    ],
    [
      'not from above of another place than what is asked for',
      { scope: '/', body: { ...above, subscriptions: ['00000000-0000-4000-8000-000000000000'] } },
      [],
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

describe('the index, asked what policy found', () => {
  const scope = `/subscriptions/${subscriptionId}`;
  const of = (rows: Row[]) =>
    rows.map(({ vmId: id, state }) => `${String(id).split('/').at(-1)} ${String(state)}`);
  const all = "where definitionId in~ ('/d/ONE', '/d/two')";

  it('has a row for each state of a definition that is named, in order of ids', async () => {
    const rows = await ask('localAccounts', { text: all });
    expect(of(rows)).toEqual([
      'vm-a Compliant',
      'vm-a Exempt',
      'vm-b NonCompliant',
      'vm-e Conflict',
    ]);
    expect(rows[0]).toEqual({
      id: expect.stringContaining(vmId('vm-a').toLowerCase()) as string,
      vmId: vmId('vm-a').toLowerCase(),
      definitionId: '/d/one',
      state: 'Compliant',
    });
  });

  it.each<[what: string, asked: Asking, told: string[]]>([
    ['one definition', { text: "where definitionId in~ ('/d/two')" }, ['vm-a Exempt']],
    ['one VM', { text: `${all}\n| where vmId in~ ('${vmId('vm-b')}')` }, ['vm-b NonCompliant']],
    [
      'what the caller may read',
      {
        text: all,
        scope: `${scope}/resourceGroups/rg-else`,
        actions: ['Microsoft.ResourceGraph/resources/read', 'Microsoft.PolicyInsights/*/read'],
      },
      ['vm-e Conflict'],
    ],
    [
      'nothing without the right',
      {
        text: all,
        actions: ['Microsoft.ResourceGraph/resources/read', 'Microsoft.Compute/*/read'],
      },
      [],
    ],
    [
      'nothing of another subscription',
      { text: all, body: { subscriptions: ['00000000-0000-4000-8000-000000000000'] } },
      [],
    ],
  ])('%s', async (_what, asked, told) => {
    expect(of(await ask('localAccounts', asked))).toEqual(told);
  });

  it('does not answer a query that names no definition', async () => {
    expect(await ask('localAccounts')).toMatchObject({ code: 'BadRequest' });
  });
});
