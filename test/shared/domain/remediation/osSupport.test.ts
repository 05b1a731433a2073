import type { CandidateImage } from '../../../../shared/domain/remediation/candidate';
import { osSupport } from '../../../../shared/domain/remediation/osSupport';
import { imageOf, linuxCandidate, windowsCandidate } from '../../../support/candidates';

/** Where the rows come from. */
const sources = {
  older: 'howto-vm-sign-in-azure-ad-windows, 2023: Server 2019+, Windows 10 1809+, 11 21H2+',
  newer: 'howto-vm-sign-in-azure-ad-windows, 2025-12: Windows 11 24H2+, Server 2025+ with Desktop',
  exit51: 'howto-vm-sign-in-azure-ad-windows, 2025-12, exit code 51: Server 2019+, 10 1809+',
  builds: 'windows/release-health/release-information and windows-server-release-info',
  core: 'windows-server-release-info: semi-annual and annual channels are Server Core alone',
  linux: 'howto-vm-sign-in-azure-ad-linux, 2025-03: supported distributions',
  agent: 'WALinuxAgent, azurelinuxagent/common/version.py: get_distro',
  osRelease: 'os-release(5): ID, NAME, VERSION_ID',
  ubuntu: 'documentation.ubuntu.com/azure: find Ubuntu images',
  redhat: 'azure/virtual-machines/workloads/redhat/redhat-imagelist',
  endorsed: 'azure/virtual-machines/linux/endorsed-distros',
  marketplace: 'azure/virtual-machines/windows/cli-ps-findimage: names of images',
  sql: 'azure-sql/virtual-machines/windows: images of SQL Server',
} as const;

type Source = keyof typeof sources;
type Reason = 'osUnsupported' | 'serverCore' | 'osUnknown' | null;

const noImage: CandidateImage = { publisher: '', offer: '', sku: '', id: '' };
const gallery: CandidateImage = { ...noImage, id: '/subscriptions/x/galleries/g/images/i' };

describe('every row here', () => {
  it('names a source', () => {
    for (const source of Object.values(sources)) expect(source.length).toBeGreaterThan(10);
  });
});

describe('Windows, by what its agent says', () => {
  it.each<[Source, string, string, Reason, Reason]>([
    // source, osName, osVersion, what the older list says, what the newer one says
    ['builds', 'Windows Server 2008 R2 Datacenter', '6.1.7601', 'osUnsupported', 'osUnsupported'],
    ['builds', 'Windows Server 2012 R2 Datacenter', '6.3.9600', 'osUnsupported', 'osUnsupported'],
    ['older', 'Windows Server 2016 Datacenter', '10.0.14393.7', 'osUnsupported', 'osUnsupported'],
    ['older', 'Windows Server 2019 Datacenter', '10.0.17763.6414', null, 'osUnsupported'],
    ['exit51', 'Windows Server 2019 Standard', '10.0.17763', null, 'osUnsupported'],
    ['older', 'Windows Server 2022 Datacenter', '10.0.20348.3207', null, 'osUnsupported'],
    [
      'older',
      'Windows Server 2022 Datacenter Azure Edition',
      '10.0.20348.1',
      null,
      'osUnsupported',
    ],
    ['newer', 'Windows Server 2025 Datacenter', '10.0.26100.2314', null, null],
    ['newer', 'Windows Server 2025 Datacenter Azure Edition', '10.0.26100.1', null, null],
    ['older', 'Windows 10 Enterprise', '10.0.16299.15', 'osUnsupported', 'osUnsupported'],
    ['exit51', 'Windows 10 Enterprise', '10.0.17134.1', 'osUnsupported', 'osUnsupported'],
    ['exit51', 'Windows 10 Enterprise', '10.0.17763.1', null, 'osUnsupported'],
    ['older', 'Windows 10 Enterprise for Virtual Desktops', '10.0.19045.1', null, 'osUnsupported'],
    ['older', 'Windows 11 Pro', '10.0.22000.194', null, 'osUnsupported'],
    ['older', 'Windows 11 Enterprise multi-session', '10.0.22631.1', null, 'osUnsupported'],
    ['newer', 'Windows 11 Enterprise', '10.0.26100.1', null, null],
    ['newer', 'Windows 11 Enterprise', '10.0.26200.1', null, null],
    ['builds', 'Windows 8.1 Pro', '6.3.9600', 'osUnsupported', 'osUnsupported'],
    ['builds', 'Windows 7 Enterprise', '6.1.7601', 'osUnsupported', 'osUnsupported'],
    // The year alone tells a server.
    ['older', 'Windows Server 2016 Datacenter', '', 'osUnsupported', 'osUnsupported'],
    ['older', 'Microsoft Windows Server 2019 Datacenter', '', null, 'osUnsupported'],
    ['newer', 'Windows Server 2025 Datacenter', 'strange', null, null],
    // A build without a name: server and client have to agree.
    ['builds', '', '10.0.14393.5', 'osUnsupported', 'osUnsupported'],
    ['builds', '', '10.0.17763.1', null, 'osUnsupported'],
    ['newer', '', '10.0.26100.1', null, null],
    ['core', '', '10.0.19042.1', 'osUnknown', 'osUnsupported'],
    ['core', '', '10.0.25398.1', 'osUnknown', 'osUnsupported'],
    // Without the Desktop Experience.
    ['core', 'Windows Server Datacenter', '10.0.18362.1', 'serverCore', 'osUnsupported'],
    ['core', 'Windows Server, version 20H2', '10.0.19042.1', 'serverCore', 'osUnsupported'],
    ['core', 'Windows Server, version 23H2', '10.0.25398.1', 'serverCore', 'osUnsupported'],
    ['newer', 'Windows Server 2025 Datacenter Core', '10.0.26100.1', 'serverCore', 'serverCore'],
    ['older', 'Windows Server 2019 Server Core', '10.0.17763.1', 'serverCore', 'osUnsupported'],
    // Nobody can tell.
    ['builds', 'Windows', '', 'osUnknown', 'osUnknown'],
    ['builds', 'Windows Server 2031', '', 'osUnknown', 'osUnknown'],
    ['builds', 'ubuntu', '22.04', 'osUnknown', 'osUnknown'],
    ['builds', '', '10.0.x', 'osUnknown', 'osUnknown'],
    ['builds', '', '10.0.0', 'osUnknown', 'osUnknown'],
    ['builds', '', '11.0.20348', 'osUnknown', 'osUnknown'],
    ['builds', '', '110.0.20348', 'osUnknown', 'osUnknown'],
    ['builds', '', '', 'osUnknown', 'osUnknown'],
  ])('%s: %s %s', (_, osName, osVersion, older, newer) => {
    const candidate = windowsCandidate({ osName, osVersion, image: gallery });
    expect(osSupport(candidate, 'older').refusal?.reason ?? null).toBe(older);
    expect(osSupport(candidate, 'newer').refusal?.reason ?? null).toBe(newer);
    expect(osSupport(candidate, 'newer').family).toBe('windows');
  });

  it('believes the agent, not the image that an upgrade in place left behind', () => {
    const image = imageOf('MicrosoftWindowsServer', 'WindowsServer', '2016-datacenter');
    expect(osSupport(windowsCandidate({ image }), 'older').refusal).toBeNull();
    const core = imageOf('MicrosoftWindowsServer', 'WindowsServer', '2016-datacenter-core');
    const refusal = osSupport(windowsCandidate({ image: core }), 'older').refusal;
    expect(refusal).toEqual({ reason: 'serverCore', detail: 'image 2016-datacenter-core' });
    const bare = windowsCandidate({ image: imageOf('contoso', 'golden', 'Core') });
    expect(osSupport(bare, 'older').refusal?.reason).toBe('serverCore');
  });

  it.each<[string, string, string]>([
    ['Windows Server 2016', '10.0.14393', 'neither the older nor the newer list'],
    ['Windows Server 2022', '10.0.20348', 'the newer list of Windows releases, which is believed'],
    ['Windows 11', '10.0.22000', 'the newer list of Windows releases, which is believed'],
  ])('says which list refused %s', (osName, osVersion, list) => {
    const { refusal } = osSupport(windowsCandidate({ osName, osVersion }), 'newer');
    expect(refusal?.detail).toContain(list);
    expect(refusal?.detail.startsWith('Windows')).toBe(true);
  });
});

describe('Windows, by its image', () => {
  const server = 'MicrosoftWindowsServer';
  const desktop = 'MicrosoftWindowsDesktop';
  it.each<[Source, string, string, string, Reason, boolean]>([
    // source, publisher, offer, sku, what the older list says, whether it is a client
    ['marketplace', server, 'WindowsServer', '2008-R2-SP1', 'osUnsupported', false],
    ['marketplace', server, 'WindowsServer', '2012-R2-Datacenter', 'osUnsupported', false],
    ['marketplace', server, 'WindowsServer', '2016-Datacenter', 'osUnsupported', false],
    ['older', server, 'WindowsServer', '2019-Datacenter', null, false],
    ['older', server, 'WindowsServer', '2019-datacenter-gensecond', null, false],
    ['older', server, 'WindowsServer', '2022-datacenter-azure-edition', null, false],
    ['newer', server, 'WindowsServer', '2025-datacenter-g2', null, false],
    ['marketplace', server, 'preview', 'windows-server-2025-azure-edition', null, false],
    ['core', server, 'WindowsServer', '2019-Datacenter-Core', 'serverCore', false],
    ['core', server, 'WindowsServer', '2022-datacenter-core-g2', 'serverCore', false],
    ['core', server, 'WindowsServer', '2022-datacenter-azure-edition-core', 'serverCore', false],
    ['core', server, 'WindowsServer', '2019-datacenter-core_smalldisk', 'serverCore', false],
    ['core', server, 'WindowsServerSemiAnnual', 'datacenter-core-20h2', 'serverCore', false],
    ['core', server, 'WindowsServer', '23h2-datacenter-core', 'serverCore', false],
    ['marketplace', server, 'WindowsServer', '2022-datacenter-score', null, false],
    ['exit51', desktop, 'Windows-10', 'rs5-enterprise', null, true],
    ['exit51', desktop, 'Windows-10', '19h2-pro', null, true],
    ['exit51', desktop, 'Windows-10', 'rs4-pro', 'osUnsupported', true],
    ['older', desktop, 'windows-10', 'win10-22h2-avd', null, true],
    ['older', desktop, 'office-365', '20h2-evd-o365pp', null, true],
    ['older', desktop, 'windows-11', 'win11-21h2-pro', null, true],
    ['newer', desktop, 'windows-ent-cpc', 'win11-24h2-ent-cpc', null, true],
    ['marketplace', desktop, 'windows-7', 'win7-enterprise', 'osUnsupported', true],
    ['sql', 'MicrosoftSQLServer', 'SQL2016SP1-WS2016', 'enterprise', 'osUnsupported', false],
    ['sql', 'MicrosoftSQLServer', 'sql2019-ws2019', 'standard', null, false],
    ['sql', 'microsoftsqlserver', 'sql2022-ws2022', 'sqldev-gen2', null, false],
    ['marketplace', server, 'WindowsServer', '2031-datacenter', 'osUnknown', false],
    ['marketplace', 'somebody', 'WindowsServer', '2022-datacenter', 'osUnknown', false],
  ])('%s: %s %s %s', (_, publisher, offer, sku, older, isClient) => {
    const image = imageOf(publisher, offer, sku);
    const os = osSupport(windowsCandidate({ osName: '', osVersion: '', image }), 'older');
    expect(os.refusal?.reason ?? null).toBe(older);
    expect(os.isClient).toBe(isClient);
  });
});

describe('Linux, by what its agent says', () => {
  it.each<[Source, string, string, Reason]>([
    ['linux', 'almalinux', '7.9', 'osUnsupported'],
    ['linux', 'almalinux', '8.10', null],
    ['linux', 'almalinux', '9.4', null],
    ['linux', 'almalinux', '10.0', 'osUnsupported'],
    ['linux', 'mariner', '1.0', 'osUnsupported'],
    ['linux', 'mariner', '2.0.20240123', null],
    ['osRelease', 'Common Base Linux Mariner', '2.0', null],
    ['linux', 'azurelinux', '3.0', null],
    ['osRelease', 'Microsoft Azure Linux', '4.0', 'osUnsupported'],
    ['linux', 'debian', '8.11', 'osUnsupported'],
    ['linux', 'debian', '9', null],
    ['osRelease', 'Debian GNU/Linux', '12', null],
    ['agent', 'debian', '12.5', null],
    ['linux', 'debian', '13', 'osUnsupported'],
    ['linux', 'opensuse-leap', '42.2', 'osUnsupported'],
    ['linux', 'opensuse-leap', '42.3', null],
    ['linux', 'opensuse-leap', '15.0', 'osUnsupported'],
    ['linux', 'opensuse-leap', '15.1', null],
    ['linux', 'opensuse-leap', '15.6', null],
    ['linux', 'opensuse-leap', '16.0', 'osUnsupported'],
    ['linux', 'opensuse-tumbleweed', '20240101', 'osUnsupported'],
    ['linux', 'ol', '7.9', 'osUnsupported'],
    ['linux', 'ol', '8.9', null],
    ['agent', 'oracle', '9.3', null],
    ['linux', 'rhel', '7.3', 'osUnsupported'],
    ['linux', 'rhel', '7.4', null],
    ['agent', 'redhat', '7.9', null],
    ['linux', 'rhel', '8.2', 'osUnsupported'],
    ['linux', 'rhel', '8.3', null],
    ['linux', 'rhel', '8.10', null],
    ['linux', 'rhel', '9.0', null],
    ['linux', 'rhel', '10.0', 'osUnsupported'],
    ['osRelease', 'Red Hat Enterprise Linux', '9.4', null],
    ['linux', 'rocky', '8.9', null],
    ['linux', 'rocky', '9.3', null],
    ['linux', 'rocky', '7.1', 'osUnsupported'],
    ['linux', 'sles', '11.4', 'osUnsupported'],
    ['linux', 'sles', '12.5', null],
    ['linux', 'sles', '12', null],
    ['linux', 'sles', '15.0', 'osUnsupported'],
    ['linux', 'sles', '15.1', null],
    ['agent', 'SLES', '15-SP5', null],
    ['osRelease', 'sles_sap', '15.6', null],
    ['linux', 'sle-micro', '5.5', 'osUnsupported'],
    ['linux', 'ubuntu', '14.04', 'osUnsupported'],
    ['linux', 'ubuntu', '16.04', null],
    ['linux', 'ubuntu', '18.04', null],
    ['linux', 'ubuntu', '20.04', null],
    ['osRelease', 'Ubuntu', '22.04', null],
    ['linux', 'ubuntu', '24.04', null],
    ['linux', 'ubuntu', '24.10', 'osUnsupported'],
    ['linux', 'ubuntu', '26.04', 'osUnsupported'],
    ['linux', 'centos', '7.9.2009', 'osUnsupported'],
    ['linux', 'centos', '', 'osUnsupported'],
    ['linux', 'flatcar', '3815.2.0', 'osUnsupported'],
    ['linux', 'fedora', '39', 'osUnsupported'],
    ['linux', 'amzn', '2', 'osUnsupported'],
    ['linux', 'freebsd', '13.2', 'osUnsupported'],
    // The minor version decides, and nobody told it.
    ['linux', 'rhel', '8', 'osUnknown'],
    ['linux', 'rhel', '7', 'osUnknown'],
    ['linux', 'rhel', '9', null],
    ['linux', 'sles', '15', 'osUnknown'],
    ['linux', 'ubuntu', '24', 'osUnknown'],
    ['linux', 'ubuntu', '16', 'osUnknown'],
    ['linux', 'ubuntu', '20', null],
    ['linux', 'ubuntu', '', 'osUnknown'],
    ['linux', 'ubuntu', 'jammy', 'osUnknown'],
    ['linux', 'rhel', '6', 'osUnsupported'],
    ['linux', 'rhel', 'v8.6', 'osUnknown'],
    // Nobody knows it.
    ['agent', 'gentoo', '2.14', 'osUnknown'],
    ['agent', 'Windows Server 2022', '10.0.20348', 'osUnknown'],
    ['agent', 'constructor', '22.04', 'osUnknown'],
  ])('%s: %s %s', (_, osName, osVersion, expected) => {
    // Another word than the agent's, which does not count.
    const image = imageOf('Canonical', '0001-com-ubuntu-server-jammy', '22_04-lts');
    const os = osSupport(linuxCandidate({ osName, osVersion, image }), 'newer');
    expect(os.refusal?.reason ?? null).toBe(expected);
    expect(os).toMatchObject({ family: 'linux', isClient: false });
  });
});

describe('Linux, by its image', () => {
  it.each<[Source, string, string, string, Reason]>([
    ['ubuntu', 'Canonical', 'UbuntuServer', '14.04.5-LTS', 'osUnsupported'],
    ['ubuntu', 'Canonical', 'UbuntuServer', '16.04.0-LTS', null],
    ['ubuntu', 'Canonical', 'UbuntuServer', '18_04-lts-gen2', null],
    ['ubuntu', 'canonical', '0001-com-ubuntu-server-focal', '20_04-lts-gen2', null],
    ['ubuntu', 'canonical', '0001-com-ubuntu-pro-jammy', 'pro-22_04-lts-gen2', null],
    ['ubuntu', 'canonical', 'ubuntu-24_04-lts', 'server', null],
    ['ubuntu', 'canonical', '0001-com-ubuntu-server-oracular', '24_10', 'osUnsupported'],
    ['ubuntu', 'canonical', 'ubuntu-core-18', 'core', 'osUnknown'],
    ['endorsed', 'microsoft-dsvm', 'ubuntu-hpc', '2204', null],
    ['redhat', 'RedHat', 'RHEL', '7.3', 'osUnsupported'],
    ['redhat', 'RedHat', 'RHEL', '7.7', null],
    ['redhat', 'RedHat', 'RHEL', '79-gen2', null],
    ['redhat', 'RedHat', 'RHEL', '7-LVM', 'osUnknown'],
    ['redhat', 'RedHat', 'RHEL', '8', 'osUnknown'],
    ['redhat', 'RedHat', 'RHEL', '82gen2', 'osUnsupported'],
    ['redhat', 'RedHat', 'RHEL', '86-gen2', null],
    ['redhat', 'RedHat', 'RHEL', '810-gen2', null],
    ['redhat', 'RedHat', 'RHEL', '9-lvm-gen2', null],
    ['redhat', 'RedHat', 'RHEL', '9_4', null],
    ['redhat', 'RedHat', 'RHEL', '10-lvm-gen2', 'osUnsupported'],
    ['redhat', 'RedHat', 'rhel-byos', 'rhel-lvm86-gen2', null],
    ['redhat', 'RedHat', 'rhel-byos', 'rhel-lvm74', null],
    ['redhat', 'RedHat', 'RHEL-SAP-HA', '90sapha-gen2', null],
    ['redhat', 'RedHat', 'RHEL', '7111', 'osUnknown'],
    ['redhat', 'RedHat', 'openshift', '413', 'osUnknown'],
    ['endorsed', 'Debian', 'debian-12', '12-gen2', null],
    ['endorsed', 'debian', 'debian-13', '13', 'osUnsupported'],
    ['endorsed', 'credativ', 'Debian', '8', 'osUnsupported'],
    ['endorsed', 'credativ', 'Debian', '9', null],
    ['endorsed', 'debian', 'debian-sid', 'sid', 'osUnknown'],
    ['endorsed', 'SUSE', 'sles-12-sp5', 'gen2', null],
    ['endorsed', 'suse', 'sles-15-sp5-basic', 'gen2', null],
    ['endorsed', 'suse', 'sles-sap-15-sp4-byos', 'gen2', null],
    ['endorsed', 'suse', 'sles-15', 'gen1', 'osUnknown'],
    ['endorsed', 'suse', 'SLES-BYOS', '12-SP4', null],
    ['endorsed', 'suse', 'SLES', '11-SP4', 'osUnsupported'],
    ['endorsed', 'suse', 'opensuse-leap-15-5', 'gen2', null],
    ['endorsed', 'suse', 'openSUSE-Leap', '42.3', null],
    ['endorsed', 'suse', 'sle-micro-5-5', 'gen2', 'osUnsupported'],
    ['endorsed', 'suse', 'manager-server-4-3-byos', 'gen2', 'osUnknown'],
    ['endorsed', 'almalinux', 'almalinux-x86_64', '9-gen2', null],
    ['endorsed', 'almalinux', 'almalinux', '8_5-gen2', null],
    ['endorsed', 'almalinux', 'almalinux-x86_64', '10-gen2', 'osUnsupported'],
    ['endorsed', 'resf', 'rockylinux-x86_64', '9-base', null],
    ['endorsed', 'Oracle', 'Oracle-Linux', 'ol79-gen2', 'osUnsupported'],
    ['endorsed', 'Oracle', 'Oracle-Linux', 'ol8_9-lvm-gen2', null],
    ['endorsed', 'Oracle', 'Oracle-Linux', 'ol810-lvm', null],
    ['endorsed', 'Oracle', 'Oracle-Linux', '81-gen2', null],
    ['endorsed', 'Oracle', 'Oracle-Linux', 'ol10-lvm-gen2', 'osUnsupported'],
    ['endorsed', 'MicrosoftCBLMariner', 'cbl-mariner', 'cbl-mariner-1', 'osUnsupported'],
    ['endorsed', 'MicrosoftCBLMariner', 'cbl-mariner', 'cbl-mariner-2-gen2', null],
    ['endorsed', 'MicrosoftCBLMariner', 'azure-linux-3', 'azure-linux-3-gen2', null],
    ['endorsed', 'OpenLogic', 'CentOS', '7_9-gen2', 'osUnsupported'],
    ['endorsed', 'kinvolk', 'flatcar-container-linux-free', 'stable', 'osUnsupported'],
    ['sql', 'MicrosoftSQLServer', 'sql2022-ubuntu2204', 'standard', null],
    ['sql', 'MicrosoftSQLServer', 'sql2019-rhel8', 'standard', 'osUnknown'],
    ['sql', 'MicrosoftSQLServer', 'sql2017-sles12', 'standard', null],
    ['sql', 'MicrosoftSQLServer', 'sql2022-ws2022', 'standard', 'osUnknown'],
    ['endorsed', 'somebody', 'ubuntu', '22_04', 'osUnknown'],
    ['endorsed', '', '', '', 'osUnknown'],
  ])('%s: %s %s %s', (_, publisher, offer, sku, expected) => {
    const image = imageOf(publisher, offer, sku);
    const os = osSupport(linuxCandidate({ osName: '', osVersion: '', image }), 'newer');
    expect(os.refusal?.reason ?? null).toBe(expected);
  });
});

describe('what is said of a refusal', () => {
  it.each<[string, string, string]>([
    ['ubuntu', '14.04', 'Ubuntu 14.04: the list of distributions of 2025-03 does not have it'],
    ['ubuntu', '24.10', 'Ubuntu 24.10: the list of distributions of 2025-03 does not have it'],
    ['rhel', '8.2', 'Red Hat Enterprise Linux 8.2: the list of distributions of 2025-03 does'],
    ['debian', '13', 'Debian 13: the list of distributions of 2025-03 does not have it'],
    ['centos', 'x', 'CentOS: the list of distributions of 2025-03 does not have it'],
  ])('%s %s', (osName, osVersion, detail) => {
    const { refusal } = osSupport(linuxCandidate({ osName, osVersion }), 'older');
    expect(refusal?.detail).toContain(detail);
  });

  it('repeats what was said of an OS that nobody knows, in one harmless line', () => {
    const osName = `gen\r\ntoo\u001b[2J${'x'.repeat(9_000)}`;
    const { refusal } = osSupport(
      linuxCandidate({ osName, osVersion: '1', image: noImage }),
      'older',
    );
    expect(refusal?.reason).toBe('osUnknown');
    expect(refusal?.detail).toMatch(/^disk: Linux; agent: gen too[ -~]{100,120}; image: nothing$/);
    const byImage = osSupport(
      linuxCandidate({ osName: '', osVersion: '', image: gallery }),
      'older',
    );
    expect(byImage.refusal?.detail).toBe(`disk: Linux; agent: nothing; image: ${gallery.id}`);
  });

  it.each(['', 'Plan9', 'windows '])('knows no OS with a disk of %j', (osType) => {
    const os = osSupport(windowsCandidate({ osType }), 'older');
    expect(os).toMatchObject({ family: 'unknown', isClient: false });
    expect(os.refusal?.reason).toBe('osUnknown');
  });
});
