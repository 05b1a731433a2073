import type { VmPlan } from './estate';
import { subscriptionId } from './estate';
import { loginExtension, type VmExtensionSeed } from './estateConnect';
import type { ImageSeed } from './estateMachine';

/**
 * One machine of the assorted estate. `end` is what a night is to make of it: `ready` (it was),
 * `fixed`, or in one word why it is left alone or what went wrong.
 */
export type AssortedMachine = { plan: VmPlan; end: string };

const system = { system: true, userAssigned: [] };
const windows = loginExtension('Windows');
const linux = loginExtension('Linux');

const shared =
  `/subscriptions/${subscriptionId}/resourceGroups/rg-shared/providers/` +
  'Microsoft.ManagedIdentity/userAssignedIdentities/app-identity';
const userAssigned = { system: false, userAssigned: [shared] };

const server = (sku: string): ImageSeed => ({
  publisher: 'MicrosoftWindowsServer',
  offer: 'WindowsServer',
  sku,
  version: 'latest',
});

const gallery: ImageSeed = {
  id:
    `/subscriptions/${subscriptionId}/resourceGroups/rg-images/providers/Microsoft.Compute/` +
    'galleries/company/images/golden/versions/1.0.0',
};

const domainJoin: VmExtensionSeed = {
  name: 'joindomain',
  publisher: 'Microsoft.Compute',
  type: 'JsonADDomainExtension',
  provisioningState: 'Succeeded',
  typeHandlerVersion: '1.3',
};

const oldLogin: VmExtensionSeed = {
  name: 'AADLoginForLinux',
  publisher: 'Microsoft.Azure.ActiveDirectory.LinuxSSH',
  type: 'AADLoginForLinux',
  provisioningState: 'Succeeded',
};

const machine = (name: string, end: string, more: Omit<VmPlan, 'name'> = {}): AssortedMachine => ({
  plan: { tags: {}, nics: [{ subnet: 'snet-nat', nsg: null }], ...more, name },
  end,
});

const linuxMachine = (
  name: string,
  end: string,
  more: Omit<VmPlan, 'name'> = {},
): AssortedMachine => machine(name, end, { osType: 'Linux', ...more });

/** In `subnet`, which has a way out or has none. */
const inSubnet = (subnet: string): Pick<VmPlan, 'nics'> => ({ nics: [{ subnet, nsg: null }] });

/** Forty machines, the name of each its story. */
export const assortedMachines: readonly AssortedMachine[] = [
  // Nothing to do.
  machine('win-ready', 'ready', { identity: system, extensions: [windows] }),
  linuxMachine('lin-ready', 'ready', { identity: system, extensions: [linux] }),
  // What a night is for.
  machine('win-no-ext', 'fixed', { identity: system }),
  machine('win-nothing', 'fixed'),
  linuxMachine('lin-no-ext', 'fixed', { identity: system }),
  linuxMachine('lin-nothing', 'fixed'),
  machine('win11-client', 'fixed', {
    image: {
      publisher: 'MicrosoftWindowsDesktop',
      offer: 'windows-11',
      sku: 'win11-24h2-ent',
      version: 'latest',
    },
    osName: 'Windows 11 Enterprise',
    osVersion: '10.0.26100.4061',
  }),
  machine('win-failed-odd', 'fixed', {
    identity: system,
    extensions: [
      { ...windows, name: 'AADLogin', typeHandlerVersion: '1.0', provisioningState: 'Failed' },
    ],
  }),
  machine('win-gallery', 'fixed', { image: gallery }),
  machine('win-both-ids', 'fixed', { identity: { ...userAssigned, system: true } }),
  // Its owner has decided.
  machine('win-opted-out', 'optedOut', { tags: { 'postern-remediation': 'off' } }),
  machine('win-policy', 'policyInstalls', { group: 'rg-policy' }),
  machine('win-user-ids', 'userAssignedIdentities', { identity: userAssigned }),
  // Its owner agrees, and the remediator may not assign what the machine has.
  machine('win-ids-agreed', 'identityForbidden', {
    identity: userAssigned,
    tags: { 'postern-system-identity': 'allow' },
  }),
  // What it is.
  linuxMachine('vmss-flex', 'scaleSetMember', {
    scaleSetId:
      `/subscriptions/${subscriptionId}/resourceGroups/rg-app/providers/Microsoft.Compute/` +
      'virtualMachineScaleSets/vmss-flex',
  }),
  linuxMachine('aks-node', 'aksNode', {
    group: 'MC_rg-aks_aks-1_westeurope',
    tags: { 'aks-managed-poolName': 'nodepool1' },
    image: { publisher: 'microsoft-aks', offer: 'aks', sku: 'ubuntu-2204-gen2', version: 'latest' },
    osVersion: '22.04',
  }),
  linuxMachine('fw-paloalto', 'appliance', {
    image: {
      publisher: 'paloaltonetworks',
      offer: 'vmseries-flex',
      sku: 'byol',
      version: 'latest',
    },
    plan: { name: 'byol', publisher: 'paloaltonetworks', product: 'vmseries-flex' },
    osName: 'PAN-OS',
    osVersion: '11.1',
  }),
  machine('win-domain', 'domainJoined', {
    extensions: [domainJoin],
    guest: { joined: 'Domain' },
  }),
  machine('win-by-hand', 'domainJoined', {
    tags: { 'domain-joined': 'corp.contoso.com' },
    guest: { joined: 'Domain' },
  }),
  machine('win-2016', 'osUnsupported', {
    image: server('2016-Datacenter'),
    osName: 'Windows Server 2016 Datacenter',
    osVersion: '10.0.14393.7876',
  }),
  linuxMachine('lin-flatcar', 'osUnsupported', {
    image: { publisher: 'kinvolk', offer: 'flatcar', sku: 'stable', version: 'latest' },
    osName: 'flatcar',
    osVersion: '3815.2.0',
  }),
  machine('win-core', 'serverCore', {
    image: server('2022-datacenter-core-g2'),
    osName: 'Windows Server 2022 Datacenter',
  }),
  linuxMachine('lin-unknown', 'osUnknown', { image: gallery, agent: 'notReady' }),
  linuxMachine('lin-512mb', 'tooLittleMemory', { vmSize: 'Standard_B1ls' }),
  machine('win-long-name', 'nameTooLong', { computerName: 'win-with-a-long-name' }),
  machine('win-twin-a', 'duplicateName', { computerName: 'TWIN' }),
  machine('win-twin-b', 'duplicateName', { computerName: 'twin' }),
  // What state it is in.
  machine('win-stopped', 'notRunning', { powerState: 'deallocated' }),
  machine('win-agentless', 'agentNotReady', { agent: 'absent' }),
  machine('win-no-exts', 'extensionsDisallowed', { allowExtensionOperations: false }),
  linuxMachine('lin-old-ext', 'oldLinuxExtension', { identity: system, extensions: [oldLogin] }),
  linuxMachine('lin-failed', 'failedExtension', {
    identity: system,
    extensions: [{ ...linux, provisioningState: 'Failed' }],
  }),
  machine('win-busy', 'extensionBusy', {
    identity: system,
    extensions: [{ ...windows, provisioningState: 'Creating' }],
  }),
  machine('win-private', 'noOutboundPath', inSubnet('snet-private')),
  machine('win-implicit', 'onlyDefaultOutbound', inSubnet('snet-old')),
  // What goes wrong in the night.
  machine('win-no-tenant', 'extensionFailed', { guest: { login: 'noTenant' } }),
  machine('win-firewalled', 'extensionFailed', { guest: { login: 'discovery' } }),
  linuxMachine('lin-apt-busy', 'extensionFailed', { guest: { login: 'packageManager' } }),
  machine('win-falls-mute', 'agentNotReady', { guest: { login: 'agentSilent' } }),
  machine('win-never-ends', 'neverEnded', { guest: { login: 'neverEnds' } }),
];
