import type { Candidate, CandidateExtension } from '../../shared/domain/remediation/candidate';
import {
  extensionOf,
  imageOf,
  linuxCandidate,
  oldExtension,
  sshExtension,
  windowsCandidate,
} from './candidates';
import { vmIdOf } from './grants';

const userAssigned = ['/subscriptions/s/resourceGroups/r/providers/x/userAssignedIdentities/a'];

function vmIn(group: string): string {
  return vmIdOf('vm-1').replace('/resourceGroups/rg-app/', `/resourceGroups/${group}/`);
}

function unknownOs(publisher: string, offer: string, sku: string): Partial<Candidate> {
  return { image: imageOf(publisher, offer, sku), osName: '', osVersion: '' };
}

function extended(...extensions: CandidateExtension[]): Partial<Candidate> {
  return { extensions };
}

/** One fact that may decide, each. Two of them together are another candidate. */
const facts: readonly Partial<Candidate>[] = [
  {},
  {
    identity: { system: false, userAssigned },
    tags: { 'Postern-System-Identity': 'ALLOW' },
  },
  { identity: { system: true, userAssigned: [] } },
  { identity: { system: true, userAssigned } },
  { identity: { system: false, userAssigned } },
  { tags: { 'postern-system-identity': 'deny' } },
  { tags: { 'POSTERN-remediation': 'Off' } },
  { tags: { 'postern-remediation': 'on', other: 'off' } },
  { tags: { 'domain-joined': '' } },
  { tags: { 'Domain-Joined': 'corp.example' } },
  { tags: { 'aks-managed-poolName': 'a' } },
  { tags: { note: 'aks-managed-poolName' } },
  { vmId: vmIn('MC_rg_aks_westeurope') },
  { vmId: vmIn('mc_x') },
  { vmId: vmIn('rg-MC_x') },
  { managedBy: '/subscriptions/s/providers/Microsoft.Databricks/workspaces/w' },
  { scaleSetId: '/subscriptions/s/providers/Microsoft.Compute/virtualMachineScaleSets/v' },
  { planPublisher: 'paloaltonetworks' },
  { extensionsAllowed: false },
  { extensionsAllowed: null },
  { computerName: 'fifteen-letters' },
  { computerName: 'sixteen-letters-' },
  { computerName: '' },
  { vmSize: 'standard_b1LS' },
  { vmSize: 'Basic_A0' },
  { vmSize: 'Standard_A0' },
  { vmSize: 'Standard_B1s' },
  { vmSize: '' },
  { power: 'deallocated' },
  { agent: 'notReady' },
  { outbound: 'none' },
  { outbound: 'implicit' },
  { osType: '' },
  { osType: 'linux' },
  { osType: 'Windows' },
  { osName: 'Windows Server 2016', osVersion: '10.0.14393' },
  { osName: 'ubuntu', osVersion: '26.04' },
  extended(extensionOf()),
  extended(sshExtension()),
  extended(extensionOf({ publisher: 'Contoso' })),
  extended(extensionOf({ state: 'Failed' })),
  extended(extensionOf({ state: 'Canceled', type: 'aadloginforwindows' })),
  extended(extensionOf({ state: 'Failed', name: 'AADLogin' })),
  extended(extensionOf({ state: 'Failed', version: '1.0' })),
  extended(extensionOf({ state: 'Updating' })),
  extended(sshExtension({ state: 'Failed' })),
  extended(sshExtension({ state: 'Creating', name: 'ssh' })),
  extended(oldExtension()),
  extended(
    extensionOf({ name: 'join', publisher: 'Microsoft.Compute', type: 'JsonADDomainExtension' }),
  ),
  extended(extensionOf({ name: 'join', type: 'ADDomainExtension', state: 'Failed' })),
  extended(extensionOf({ name: 'join', type: 'ADDomainExtensionReader' })),
  extended(extensionOf({ name: 'b', publisher: 'microsoft.aks', type: 'Billing' })),
  extended(
    extensionOf({ state: 'Failed' }),
    extensionOf({ name: 'join', type: 'ADDomainExtension' }),
  ),
  { image: { ...imageOf('', '', ''), id: '/subscriptions/s/galleries/g/images/i' } },
  unknownOs('MicrosoftWindowsServer', 'WindowsServer', '2016-Datacenter'),
  unknownOs('microsoftwindowsserver', 'windowsserver', '2019-datacenter-gensecond'),
  unknownOs('MicrosoftWindowsServer', 'WindowsServer', '2022-datacenter-azure-edition'),
  unknownOs('MicrosoftWindowsServer', 'WindowsServer', '2022-datacenter-azure-edition-core'),
  unknownOs('MicrosoftWindowsServer', 'WindowsServer', '2022-datacenter-score'),
  unknownOs('MicrosoftWindowsServer', 'WindowsServer', '2025-datacenter-g2'),
  unknownOs('MicrosoftWindowsServer', 'WindowsServerSemiAnnual', 'datacenter-core-20h2'),
  unknownOs('MicrosoftWindowsServer', 'preview', 'windows-server-2025-azure-edition'),
  unknownOs('MicrosoftWindowsDesktop', 'Windows-10', 'rs4-pro'),
  unknownOs('MicrosoftWindowsDesktop', 'Windows-10', 'win10-22h2-pro-g2'),
  unknownOs('MicrosoftWindowsDesktop', 'office-365', 'win11-23h2-avd-m365'),
  unknownOs('MicrosoftWindowsDesktop', 'windows-11', 'win11-24h2-ent'),
  unknownOs('MicrosoftSQLServer', 'sql2019-ws2019', 'standard-gen2'),
  unknownOs('MicrosoftSQLServer', 'SQL2016SP1-WS2016', 'enterprise'),
  unknownOs('Canonical', 'UbuntuServer', '14.04.5-LTS'),
  unknownOs('Canonical', 'ubuntu-24_04-lts', 'server'),
  unknownOs('canonical', '0001-com-ubuntu-pro-jammy', 'pro-22_04-lts-gen2'),
  unknownOs('canonical', '0001-com-ubuntu-server-oracular', '24_10'),
  unknownOs('RedHat', 'RHEL', '8-LVM'),
  unknownOs('RedHat', 'RHEL', '8_10'),
  unknownOs('RedHat', 'RHEL', '10-lvm-gen2'),
  unknownOs('RedHat', 'rhel-byos', 'rhel-lvm86-gen2'),
  unknownOs('SUSE', 'sles-15-sp5-basic', 'gen2'),
  unknownOs('Oracle', 'Oracle-Linux', 'ol79-gen2'),
  unknownOs('Oracle', 'Oracle-Linux', 'ol8_9-lvm-gen2'),
  unknownOs('MicrosoftCBLMariner', 'azure-linux-3', 'azure-linux-3-gen2'),
  unknownOs('microsoft-aks', 'aks', 'ubuntu-2204'),
  unknownOs('fortinet', 'fortinet_fortigate-vm_v5', 'fortinet_fg-vm'),
];

/** Thousands of VMs: each of two sound ones with every pair of facts. */
export function policyCandidates(): Candidate[] {
  return [windowsCandidate, linuxCandidate].flatMap((sound) =>
    facts.flatMap((one, at) =>
      facts
        .slice(at)
        .map((other) => sound({ ...one, ...other, tags: { ...one.tags, ...other.tags } })),
    ),
  );
}
