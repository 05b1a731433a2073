import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Role = { Name: string; Actions: string[]; NotActions: string[]; AssignableScopes: string[] };
type RoleFile = 'opener' | 'sweeper' | 'reader' | 'remediator' | 'remediatorIdentity';

const role = (name: RoleFile): Role =>
  JSON.parse(readFileSync(join(__dirname, '../../infra/roles', `${name}.json`), 'utf8')) as Role;

const nsg = 'Microsoft.Network/networkSecurityGroups';
const everybody: RoleFile[] = ['opener', 'reader'];
const machine = 'Microsoft.Compute/virtualMachines';

/** All that each role may change. */
const changed: Record<RoleFile, string[]> = {
  opener: [`${nsg}/securityRules/delete`, `${nsg}/securityRules/write`],
  sweeper: [`${nsg}/securityRules/delete`],
  reader: [],
  remediator: [`${machine}/extensions/write`],
  remediatorIdentity: [`${machine}/write`],
};

/** Which call of ours needs the action, and who makes that call. */
const needed: Record<string, { call: string; roles: RoleFile[] }> = {
  [`${nsg}/read`]: {
    call: 'readNsg; listOurRulesIn; rules in the index',
    roles: ['opener', 'sweeper', 'reader'],
  },
  [`${nsg}/securityRules/write`]: { call: 'putRule', roles: ['opener'] },
  [`${nsg}/securityRules/delete`]: { call: 'deleteRule', roles: ['opener', 'sweeper'] },
  'Microsoft.Network/networkInterfaces/read': {
    call: 'readNic; machines in the index; listCandidates',
    roles: [...everybody, 'remediator'],
  },
  'Microsoft.Network/virtualNetworks/subnets/read': { call: 'readSubnetNsgId', roles: everybody },
  'Microsoft.Network/virtualNetworks/read': {
    call: 'subnets of machines in the index; listCandidates',
    roles: [...everybody, 'remediator'],
  },
  [`${machine}/read`]: {
    call: 'readVm; machines in the index; readMachine; listCandidates',
    roles: [...everybody, 'remediator'],
  },
  [`${machine}/instanceView/read`]: { call: 'readMachine', roles: ['remediator'] },
  [`${machine}/write`]: { call: 'patchIdentity', roles: ['remediatorIdentity'] },
  [`${machine}/extensions/read`]: {
    call: 'readConnectFacts; listLoginExtensions',
    roles: [...everybody, 'remediator'],
  },
  [`${machine}/extensions/write`]: { call: 'putExtension', roles: ['remediator'] },
  'Microsoft.Authorization/policyAssignments/read': {
    call: 'listInstallingPolicies',
    roles: ['remediator'],
  },
  'Microsoft.Authorization/policyDefinitions/read': {
    call: 'listInstallingPolicies',
    roles: ['remediator'],
  },
  'Microsoft.Authorization/policySetDefinitions/read': {
    call: 'listInstallingPolicies: of initiatives',
    roles: ['remediator'],
  },
  'Microsoft.Resources/subscriptions/read': {
    call: 'listInstallingPolicies: what is below a management group',
    roles: ['remediator'],
  },
  'Microsoft.PolicyInsights/policyStates/read': { call: 'listLocalAccounts', roles: everybody },
  'Microsoft.Network/bastionHosts/read': { call: 'readConnectFacts', roles: everybody },
  'Microsoft.Authorization/locks/read': { call: 'readLocks', roles: everybody },
  'Microsoft.Authorization/roleAssignments/read': { call: 'readRoleAssignment', roles: everybody },
  'Microsoft.Authorization/roleAssignmentScheduleInstances/read': {
    call: 'listInstances',
    roles: everybody,
  },
  'Microsoft.Authorization/roleAssignmentScheduleRequests/read': {
    call: 'readScheduleRequest',
    roles: everybody,
  },
  'Microsoft.Insights/eventtypes/values/Read': { call: 'activityLog.listOn', roles: everybody },
  'Microsoft.ResourceGraph/resources/read': {
    call: 'every query of the index',
    roles: ['opener', 'sweeper', 'reader', 'remediator'],
  },
};

describe.each(Object.keys(changed) as RoleFile[])('the role of the %s', (name) => {
  const { Actions, NotActions, AssignableScopes } = role(name);

  it('holds exactly the actions of the calls that it makes', () => {
    const wanted = Object.entries(needed)
      .filter(([, { roles }]) => roles.includes(name))
      .map(([action]) => action);
    expect([...Actions].sort()).toEqual(wanted.sort());
    expect(new Set(Actions).size).toBe(Actions.length);
  });

  it('has no wildcard, and says so without exceptions', () => {
    expect(Actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(NotActions).toEqual([]);
  });

  it('changes what it is there for, and nothing else', () => {
    expect(Actions.filter((action) => !/\/read$/i.test(action))).toEqual(changed[name]);
  });

  it('can be assigned somewhere', () => {
    expect(AssignableScopes.length).toBeGreaterThan(0);
  });
});

describe('between the roles', () => {
  it('the sweeper can write nothing', () => {
    expect(role('sweeper').Actions.filter((action) => action.endsWith('/write'))).toEqual([]);
  });

  it('the reader is the opener without writing and deleting', () => {
    const reading = role('opener').Actions.filter((action) => /\/read$/i.test(action));
    expect(role('reader').Actions).toEqual(reading);
  });
});
