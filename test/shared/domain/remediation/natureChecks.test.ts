import type { Candidate } from '../../../../shared/domain/remediation/candidate';
import { appliances } from '../../../../shared/domain/remediation/appliances';
import type { RemediationRules } from '../../../../shared/domain/remediation/remediationRules';
import { smallSizes } from '../../../../shared/domain/remediation/smallSizes';
import {
  extensionOf,
  imageOf,
  judged,
  linuxCandidate,
  oldExtension,
  windowsCandidate,
} from '../../../support/candidates';
import { vmIdOf } from '../../../support/grants';

describe('a VM that is left alone, on Windows', () => {
  const scope = windowsCandidate()
    .vmId.replace(/\/providers.*/, '')
    .toLowerCase();
  const domainTag = { tags: [{ name: 'domain' }], scopes: [] };
  it.each<[string, string, Partial<Candidate>, string, Partial<RemediationRules>?]>([
    [
      'optedOut',
      'the rules',
      { tags: { 'Postern-Remediation': 'OFF' } },
      'postern-remediation=off',
    ],
    ['scaleSetMember', 'a scale set has a model of its own', { scaleSetId: '/ss' }, '/ss'],
    ['aksNode', 'AKS: tags of its nodes', { tags: { 'aks-managed-poolName': 'a' } }, 'tag aks-man'],
    ['aksNode', 'AKS: tags of its nodes', { tags: { 'AKS-managed-x': '' } }, 'tag AKS-managed-x'],
    ['aksNode', 'AKS: node resource groups', { vmId: vmIdIn('MC_rg_aks_weu') }, 'group MC_rg_aks'],
    ['aksNode', 'AKS: node resource groups', { vmId: vmIdIn('mc_x') }, 'resource group mc_x'],
    [
      'aksNode',
      'managedBy of a node resource group',
      { managedBy: '/s/providers/Microsoft.ContainerService/managedClusters/c' },
      'managed by /s/providers/',
    ],
    ['aksNode', 'images of AKS', { image: imageOf('microsoft-aks', 'aks', 'x') }, 'image of micr'],
    [
      'aksNode',
      'AKS puts an extension of its own on nodes',
      { extensions: [extensionOf({ publisher: 'Microsoft.AKS', type: 'Billing' })] },
      'extension of Microsoft.AKS',
    ],
    [
      'managedGroup',
      'managedBy of Azure Databricks',
      { managedBy: '/s/providers/Microsoft.Databricks/workspaces/w' },
      '/s/providers/Microsoft.Databricks/workspaces/w',
    ],
    ['appliance', 'appliances', { planPublisher: 'PaloAltoNetworks' }, 'Palo Alto firewall (palo'],
    [
      'domainJoined',
      'the extension that joins a domain',
      { extensions: [extensionOf({ name: 'x', type: 'JsonADDomainExtension' })] },
      'extension JsonADDomainExtension',
    ],
    [
      'domainJoined',
      'its older form, failed',
      { extensions: [extensionOf({ type: 'ADDomainExtension', state: 'Failed' })] },
      'extension ADDomainExtension',
    ],
    [
      'domainJoined',
      'the rules',
      { tags: { Domain: 'x' } },
      'tag domain',
      { domainJoined: domainTag },
    ],
    [
      'domainJoined',
      'the rules',
      {},
      `scope ${scope}`,
      { domainJoined: { tags: [], scopes: ['/other', scope] } },
    ],
    ['osUnsupported', 'exit code 51', { osVersion: '10.0.14393' }, 'Windows Server 2016: neither'],
    [
      'serverCore',
      'Desktop Experience',
      { osName: 'Windows Server 2022 Core' },
      'Windows Server 2022',
    ],
    [
      'osUnknown',
      'nobody told',
      { osName: '', osVersion: '', image: imageOf('', '', '') },
      'disk:',
    ],
    ['nameTooLong', 'NetBIOS', { computerName: 'sixteen-letters-' }, 'sixteen-letters-'],
  ])('%s (%s) %#', (reason, _, changes, detail, rules = {}) => {
    const verdict = judged(windowsCandidate(changes), rules);
    expect(verdict).toMatchObject({ kind: 'skip', reason });
    expect(verdict.kind === 'skip' ? verdict.detail : '').toContain(detail);
  });

  it('says which tag it was, as the rules name it', () => {
    const optOutTags = [{ name: 'Leave' }, { name: 'alone', value: 'Yes' }];
    expect(judged(windowsCandidate({ tags: { leave: 'x' } }), { optOutTags })).toMatchObject({
      detail: 'Leave',
    });
    expect(judged(windowsCandidate({ tags: { ALONE: 'yes' } }), { optOutTags })).toMatchObject({
      detail: 'alone=Yes',
    });
  });

  it('by what is around it: an assignment that installs, another of its name', () => {
    expect(judged(windowsCandidate(), {}, { policyAssignmentId: '/p/a' })).toEqual({
      kind: 'skip',
      reason: 'policyInstalls',
      detail: '/p/a',
    });
    expect(judged(windowsCandidate(), {}, { duplicateName: true })).toEqual({
      kind: 'skip',
      reason: 'duplicateName',
      detail: 'vm-1',
    });
  });
});

describe('a VM that is left alone, on Linux', () => {
  it.each<[string, string, Partial<Candidate>, string]>([
    ['appliance', 'appliances', { image: imageOf('Fortinet', 'fg', 'x') }, 'Fortinet firewall'],
    ['osUnsupported', 'the page for Linux', { osVersion: '14.04' }, 'Ubuntu 14.04'],
    ['tooLittleMemory', 'at least 1 GB', { vmSize: 'Standard_B1ls' }, 'Standard_B1ls: 0.5 GiB'],
    ['tooLittleMemory', 'at least 1 GB', { vmSize: 'basic_A0' }, 'basic_A0: 0.75 GiB'],
  ])('%s (%s) %#', (reason, _, changes, detail) => {
    const verdict = judged(linuxCandidate(changes));
    expect(verdict).toMatchObject({ kind: 'skip', reason });
    expect(verdict.kind === 'skip' ? verdict.detail : '').toContain(detail);
  });
});

describe('a VM that looks like one to leave alone, and is none', () => {
  it.each<[string, Candidate, Partial<RemediationRules>?]>([
    ['the tag has another value', windowsCandidate({ tags: { 'postern-remediation': 'on' } })],
    ['another tag has the value', windowsCandidate({ tags: { remediation: 'off' } })],
    ['a name of 15', windowsCandidate({ computerName: 'fifteen-letters' })],
    ['a long name on Linux', linuxCandidate({ computerName: 'a'.repeat(63) })],
    ['extensions are not mentioned', windowsCandidate({ extensionsAllowed: null })],
    ['little memory, on Windows', windowsCandidate({ vmSize: 'Standard_A0' })],
    ['a size of 1 GB', linuxCandidate({ vmSize: 'Standard_B1s' })],
    ['the old extension, on Windows', windowsCandidate({ extensions: [oldExtension()] })],
    ['an extension like one that joins', windowsCandidate({ extensions: [joinLike()] })],
    ['default outbound, accepted', windowsCandidate({ outbound: 'implicit' }), accept()],
    ['running, in capitals', windowsCandidate({ power: 'Running' })],
    ['a group like one of AKS', windowsCandidate({ vmId: vmIdIn('rg-MC_x') })],
    ['a tag like one of AKS', windowsCandidate({ tags: { 'x-aks-managed-': '' } })],
    ['an image like one of AKS', windowsCandidate({ image: imageOf('x-microsoft-aks', '', '') })],
    ['another image like it', windowsCandidate({ image: imageOf('microsoft-aks-x', '', '') })],
    ['an id that is none', windowsCandidate({ vmId: 'mc_x' })],
    ['an extension like one of AKS', windowsCandidate({ extensions: [aksLike('Microsoft.AKSx')] })],
    ['another like it', windowsCandidate({ extensions: [aksLike('x.Microsoft.AKS')] })],
    ['a publisher like an appliance', windowsCandidate({ planPublisher: 'fortinet2' })],
    ['another scope', windowsCandidate(), { domainJoined: { tags: [], scopes: ['/subscr'] } }],
    [
      'user-assigned identities beside a system one',
      windowsCandidate({ identity: { system: true, userAssigned: ['/a'] } }),
    ],
  ])('%s', (_, candidate, rules = {}) => {
    expect(judged(candidate, rules)).toMatchObject({ kind: 'fix' });
  });

  it('has the name of another, on Linux', () => {
    expect(judged(linuxCandidate(), {}, { duplicateName: true }).kind).toBe('fix');
  });
});

describe('the tables', () => {
  it.each([appliances, smallSizes])('are dated and name their pages: %#', ({ asOf, sources }) => {
    expect(asOf).toMatch(/^\d{4}-\d{2}$/);
    for (const page of sources) expect(page).toMatch(/^https:\/\/\w+\.microsoft\.com\//);
  });

  it.each(appliances.publishers)('refuses $publisher by image and by plan', ({ publisher }) => {
    expect(publisher).toBe(publisher.toLowerCase());
    const image = imageOf(publisher.toUpperCase(), 'x', 'y');
    expect(judged(linuxCandidate({ image }))).toMatchObject({ reason: 'appliance' });
    expect(judged(linuxCandidate({ planPublisher: publisher }))).toMatchObject({
      reason: 'appliance',
    });
  });

  it.each(smallSizes.sizes)('refuses $size, which has $memoryGiB GiB', ({ size, memoryGiB }) => {
    expect(memoryGiB).toBeLessThan(1);
    expect(judged(linuxCandidate({ vmSize: size }))).toMatchObject({ reason: 'tooLittleMemory' });
  });
});

function vmIdIn(group: string): string {
  return vmIdOf('vm-1').replace('/resourceGroups/rg-app/', `/resourceGroups/${group}/`);
}

function joinLike() {
  return extensionOf({ publisher: 'Microsoft.Compute', type: 'ADDomainExtensionReader' });
}

function aksLike(publisher: string) {
  return extensionOf({ publisher });
}

function accept(): Partial<RemediationRules> {
  return { defaultOutbound: 'accept' };
}
