/**
 * What a VM has to reach for Entra login, by cloud and OS, as Microsoft's pages say it. Data only.
 */
const table = {
  /** The state of the pages that this was taken from. */
  asOf: '2025-12',
  sources: [
    // Windows, with the metadata queries. `device.login` stands under troubleshooting alone.
    'https://learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-windows',
    // Linux, with the repository of packages.
    'https://learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-linux',
    // `device.login` of the national clouds.
    'https://learn.microsoft.com/entra/identity/devices/how-to-hybrid-join',
    'https://docs.azure.cn/entra/identity/devices/how-to-hybrid-join',
    // The page on login says port 443 of everything; the metadata service answers on 80.
    'https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service',
  ],
  clouds: {
    AzureCloud: {
      registration: 'enterpriseregistration.windows.net',
      login: 'login.microsoftonline.com',
      device: 'device.login.microsoftonline.com',
      roles: 'pas.windows.net',
    },
    AzureUSGovernment: {
      registration: 'enterpriseregistration.microsoftonline.us',
      login: 'login.microsoftonline.us',
      device: 'device.login.microsoftonline.us',
      roles: 'pasff.usgovcloudapi.net',
    },
    AzureChinaCloud: {
      registration: 'enterpriseregistration.partner.microsoftonline.cn',
      login: 'login.chinacloudapi.cn',
      device: 'device.login.partner.microsoftonline.cn',
      roles: 'pas.chinacloudapi.cn',
    },
  },
  packages: 'packages.microsoft.com',
  metadata: '169.254.169.254',
} as const;

export const endpoints: {
  readonly asOf: string;
  readonly sources: readonly string[];
  readonly clouds: Readonly<Record<CloudName, CloudHosts>>;
  readonly packages: string;
  readonly metadata: string;
} = table;

/** As Azure CLI and the settings call them. */
export type CloudName = keyof typeof table.clouds;

type CloudHosts = {
  readonly registration: string;
  readonly login: string;
  readonly device: string;
  readonly roles: string;
};

/** One place that a VM has to reach. */
export type Endpoint = {
  /** `https://login.microsoftonline.com/` */
  readonly url: string;
  readonly port: 80 | 443;
  readonly purpose: string;
  /** What an answer looks like that shows it to be reachable. */
  readonly expected: string;
};

/** A question to the machine's own metadata service, as typed on the machine. */
export type MetadataQuery = {
  readonly command: string;
  readonly expected: string;
};

/** What a VM of a cloud has to reach: the metadata service over http, all else over https. */
export function endpointsFor(cloud: CloudName, family: 'windows' | 'linux'): Endpoint[] {
  const { registration, login, device, roles } = endpoints.clouds[cloud];
  const shared: Endpoint[] = [
    {
      url: `http://${endpoints.metadata}/`,
      port: 80,
      purpose: 'Azure Instance Metadata Service',
      expected: 'See the metadata queries.',
    },
    https(login, 'authentication', 'Any answer; 404 with the id of the tenant as path.'),
    https(roles, 'asking for the login roles', '404 Not Found, or a question for a PIN.'),
  ];
  if (family === 'linux') {
    return [https(endpoints.packages, 'packages of the extension', 'Any answer.'), ...shared];
  }
  return [
    https(registration, 'device registration', '404 Not Found.'),
    ...shared,
    https(device, 'sign-in of the device; named under troubleshooting alone', 'Any answer.'),
  ];
}

function https(host: string, purpose: string, expected: string): Endpoint {
  return { url: `https://${host}/`, port: 443, purpose, expected };
}

/**
 * The three questions whose answers show that a machine knows itself, its tenant and its identity.
 * The page names the resource of the third for the global cloud; that of the others is named after
 * their registration in the same way.
 */
export function metadataQueriesFor(cloud: CloudName): MetadataQuery[] {
  const resource = `urn:ms-drs:${endpoints.clouds[cloud].registration}`;
  return [
    {
      command: ask('instance?api-version=2017-08-01'),
      expected: 'What the VM is.',
    },
    {
      command: ask('identity/info?api-version=2018-02-01'),
      expected: 'The id of the tenant of the subscription.',
    },
    {
      command: ask(`identity/oauth2/token?resource=${resource}&api-version=2018-02-01`),
      expected: 'A token of Entra ID whose oid is the managed identity of the VM.',
    },
  ];
}

function ask(path: string): string {
  return `curl -H Metadata:true "http://${endpoints.metadata}/metadata/${path}"`;
}
