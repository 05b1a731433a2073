import { osOf } from '../../../../shared/domain/connect/osOf';
import { windowsReleases } from '../../../../shared/domain/connect/windowsReleases';
import { linuxVm, windowsVm } from '../../../support/connecting';

const server = 'MicrosoftWindowsServer';
const desktop = 'MicrosoftWindowsDesktop';

describe('the OS of a machine whose agent speaks', () => {
  it.each<[string, string, boolean | null, string | null]>([
    ['Windows Server 2016 Datacenter', '10.0.14393.5', false, 'neither'],
    ['Windows Server 2019 Datacenter', '10.0.17763.6414', false, 'older'],
    ['Windows Server 2022 Datacenter', '10.0.20348', true, 'older'],
    ['Windows Server 2022 Datacenter Azure Edition', '10.0.20348.3207', true, 'older'],
    ['Windows Server, version 23H2', '10.0.25398.1', true, 'older'],
    ['Windows Server 2025 Datacenter', '10.0.26100.2314', true, 'newer'],
    ['Windows 10 Enterprise', '10.0.16299.15', false, 'neither'],
    ['Windows 10 Enterprise', '10.0.17763.1', false, 'older'],
    ['Windows 10 Pro', '10.0.19041.1', false, 'older'],
    ['Windows 10 Pro', '10.0.19042.1', true, 'older'],
    ['Windows 10 Pro', '10.0.19045.4412', true, 'older'],
    ['Windows 11 Pro', '10.0.22000.194', true, 'older'],
    ['Windows 11 Enterprise', '10.0.26100.1', true, 'newer'],
    // Without a name: counted where server and client of that build agree.
    ['', '10.0.17763.1', false, 'older'],
    ['', '10.0.20348.1', true, 'older'],
    ['', '10.0.19042.1', null, 'older'],
    ['', '10.0.26100.1', true, 'newer'],
  ])('%s %s', (osName, osVersion, webAccount, login) => {
    // The image says something else: an upgrade in place leaves it behind.
    const image = { publisher: server, offer: 'WindowsServer', sku: '2012-datacenter' };
    expect(osOf(windowsVm({ osName, osVersion, image }))).toMatchObject({
      family: 'windows',
      webAccount,
      login,
    });
  });
});

describe('the OS of a machine whose agent is silent', () => {
  it.each<[string, string, string, boolean | null]>([
    [server, '2016-Datacenter', 'Windows Server 2016', false],
    [server, '2019-datacenter-gensecond', 'Windows Server 2019', false],
    [server, '2022-datacenter-azure-edition', 'Windows Server 2022', true],
    [server.toUpperCase(), '2025-Datacenter-G2', 'Windows Server 2025', true],
    [desktop, '20h2-pro', 'Windows 10 20H2', true],
    [desktop, 'win10-22h2-avd-m365', 'Windows 10 20H2', true],
    [desktop, '19h2-pro', 'Windows 10 1809', false],
    [desktop, 'rs5-enterprise', 'Windows 10 1809', false],
    [desktop, 'win11-21h2-pro', 'Windows 11 21H2', true],
    [desktop, 'win11-24h2-ent', 'Windows 11 24H2', true],
    [desktop, 'win99-pro', 'Windows', null],
    ['somebody', '2022-datacenter', 'Windows', null],
    ['', '', 'Windows', null],
  ])('%s %s', (publisher, sku, name, webAccount) => {
    const image = { publisher, offer: 'x', sku };
    const os = osOf(windowsVm({ osName: '', osVersion: '', image }));
    expect(os).toMatchObject({ family: 'windows', name, webAccount });
  });
});

describe('an OS that is none of these', () => {
  it('is Linux by its disk, whatever its image', () => {
    expect(osOf(linuxVm({ osName: 'Windows Server 2022' }))).toMatchObject({
      family: 'linux',
      webAccount: null,
    });
    expect(osOf(linuxVm({ osName: '', osVersion: '' })).name).toBe('Linux');
  });

  it.each(['', 'Plan9', 'windows\n'])('is unknown with a disk of %j', (osType) => {
    expect(osOf(windowsVm({ osType })).family).toBe('unknown');
  });

  it('is unknown where nobody told, and shown in one harmless line', () => {
    expect(osOf(null)).toEqual({ family: 'unknown', name: '', webAccount: null, login: null });
    const { name } = osOf(windowsVm({ osName: `a\r\n\u001b[2J${'x'.repeat(10_000)}` }));
    expect(name.length).toBeLessThanOrEqual(100);
    expect(name).toMatch(/^[ -~]+$/);
  });
});

describe('the table of releases', () => {
  it('is dated, names its pages, and goes up by build', () => {
    expect(windowsReleases.asOf).toMatch(/^\d{4}-\d{2}$/);
    for (const page of windowsReleases.sources) expect(page).toMatch(/^https:\/\/learn\.microsoft/);
    for (const kind of ['server', 'client'] as const) {
      const builds = windowsReleases.releases
        .filter((one) => one.kind === kind)
        .map(({ build }) => build);
      expect([...builds].sort((one, other) => one - other)).toEqual(builds);
      expect(builds.length).toBeGreaterThan(3);
    }
  });
});
