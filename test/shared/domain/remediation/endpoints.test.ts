import {
  type CloudName,
  endpoints,
  endpointsFor,
  metadataQueriesFor,
} from '../../../../shared/domain/remediation/endpoints';

const page = 'howto-vm-sign-in-azure-ad-windows: network requirements';
const linuxPage = 'howto-vm-sign-in-azure-ad-linux: network';
const joinPage = 'how-to-hybrid-join: network connectivity requirements';
const all: readonly CloudName[] = ['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud'];

describe('what a VM with Windows has to reach', () => {
  it.each<[string, CloudName, string]>([
    [page, 'AzureCloud', 'enterpriseregistration.windows.net'],
    [page, 'AzureCloud', 'login.microsoftonline.com'],
    [page, 'AzureCloud', 'pas.windows.net'],
    [`${page}, troubleshooting`, 'AzureCloud', 'device.login.microsoftonline.com'],
    [page, 'AzureUSGovernment', 'enterpriseregistration.microsoftonline.us'],
    [page, 'AzureUSGovernment', 'login.microsoftonline.us'],
    [page, 'AzureUSGovernment', 'pasff.usgovcloudapi.net'],
    [joinPage, 'AzureUSGovernment', 'device.login.microsoftonline.us'],
    [page, 'AzureChinaCloud', 'enterpriseregistration.partner.microsoftonline.cn'],
    [page, 'AzureChinaCloud', 'login.chinacloudapi.cn'],
    [page, 'AzureChinaCloud', 'pas.chinacloudapi.cn'],
    [joinPage, 'AzureChinaCloud', 'device.login.partner.microsoftonline.cn'],
  ])('%s: %s %s', (_, cloud, host) => {
    const found = endpointsFor(cloud, 'windows').find(({ url }) => url === `https://${host}/`);
    expect(found).toMatchObject({ port: 443 });
  });

  it.each(all)('is that of its own cloud alone: %s', (cloud) => {
    const urls = endpointsFor(cloud, 'windows').map(({ url }) => url);
    expect(urls).toHaveLength(5);
    expect(new Set(urls).size).toBe(5);
    const others = all
      .filter((one) => one !== cloud)
      .flatMap((one) => Object.values(endpoints.clouds[one]));
    for (const host of others) expect(urls).not.toContain(`https://${host}/`);
    expect(urls.join()).not.toContain('packages');
  });
});

describe('what a VM with Linux has to reach', () => {
  it.each<[string, CloudName, string[]]>([
    [linuxPage, 'AzureCloud', ['login.microsoftonline.com', 'pas.windows.net']],
    [linuxPage, 'AzureUSGovernment', ['login.microsoftonline.us', 'pasff.usgovcloudapi.net']],
    [linuxPage, 'AzureChinaCloud', ['login.chinacloudapi.cn', 'pas.chinacloudapi.cn']],
  ])('%s: %s %s', (_, cloud, hosts) => {
    const urls = endpointsFor(cloud, 'linux').map(({ url }) => url);
    expect(urls).toEqual([
      'https://packages.microsoft.com/',
      'http://169.254.169.254/',
      ...hosts.map((host) => `https://${host}/`),
    ]);
  });
});

describe('the metadata service', () => {
  it.each(all)('is asked over http on port 80, not 443: %s', (cloud) => {
    for (const family of ['windows', 'linux'] as const) {
      const plain = endpointsFor(cloud, family).filter(({ url }) => url.startsWith('http://'));
      expect(plain).toMatchObject([{ url: 'http://169.254.169.254/', port: 80 }]);
    }
  });

  it.each<[CloudName, string]>([
    ['AzureCloud', 'urn:ms-drs:enterpriseregistration.windows.net'],
    ['AzureUSGovernment', 'urn:ms-drs:enterpriseregistration.microsoftonline.us'],
    ['AzureChinaCloud', 'urn:ms-drs:enterpriseregistration.partner.microsoftonline.cn'],
  ])('is asked three things in %s', (cloud, resource) => {
    const at = 'curl -H Metadata:true "http://169.254.169.254/metadata';
    expect(metadataQueriesFor(cloud).map(({ command }) => command)).toEqual([
      `${at}/instance?api-version=2017-08-01"`,
      `${at}/identity/info?api-version=2018-02-01"`,
      `${at}/identity/oauth2/token?resource=${resource}&api-version=2018-02-01"`,
    ]);
    for (const { expected } of metadataQueriesFor(cloud)) expect(expected).toMatch(/\.$/);
  });
});

describe('the table', () => {
  it('is dated and names its pages', () => {
    expect(endpoints.asOf).toMatch(/^\d{4}-\d{2}$/);
    for (const one of endpoints.sources) expect(one).toMatch(/^https:\/\//);
  });

  it.each(all)('says of each place what it is for and how it answers: %s', (cloud) => {
    for (const family of ['windows', 'linux'] as const) {
      for (const { purpose, expected } of endpointsFor(cloud, family)) {
        expect(purpose).not.toBe('');
        expect(expected).toMatch(/\.$/);
      }
    }
  });
});
