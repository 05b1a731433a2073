/**
 * Which Windows may do what, as Microsoft's pages say it. Data only: a new release, or a page that
 * has changed its mind, is a change of this file. Nothing else in the product knows a version.
 */
export const windowsReleases = {
  /** The state of the pages that this was taken from. */
  asOf: '2025-12',
  sources: [
    // Login extension; the page of December 2025 names Windows 11 24H2 and Server 2025, its part on
    // exit code 51 still Windows 10 1809 and Server 2019. Both lists stand below.
    'https://learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-windows',
    // Sign-in with a web account, both sides: Windows 11, 10 20H2 and Server 2022, each with the
    // cumulative update of October 2022 (KB5018418, KB5018410, KB5018421).
    'https://learn.microsoft.com/windows/client-management/client-tools/connect-to-remote-aadj-pc',
    // `--enable-mfa` asks of the target what signing in with a web account asks.
    'https://learn.microsoft.com/azure/bastion/connect-vm-native-client-windows',
    'https://learn.microsoft.com/windows/release-health/release-information',
    // Which releases of Windows Server exist, and which of them as Server Core alone.
    'https://learn.microsoft.com/windows/release-health/windows-server-release-info',
  ],
  /**
   * From this build on, up to the next row of the same kind. `login`: the extension may be
   * installed, by the `newer` list of the page, by the `older` one only, or by `neither`.
   * `webAccount`: `enablerdsaadauth` and `--enable-mfa`. `coreOnly`: without Desktop Experience.
   */
  releases: [
    {
      kind: 'server',
      build: 0,
      name: 'Windows Server before 2012',
      login: 'neither',
      webAccount: false,
    },
    {
      kind: 'server',
      build: 9_200,
      name: 'Windows Server 2012',
      login: 'neither',
      webAccount: false,
    },
    {
      kind: 'server',
      build: 14_393,
      name: 'Windows Server 2016',
      login: 'neither',
      webAccount: false,
    },
    {
      kind: 'server',
      build: 17_763,
      name: 'Windows Server 2019',
      login: 'older',
      webAccount: false,
    },
    // Its successors of 1903 to 20H2 came out as Server Core alone.
    {
      kind: 'server',
      build: 18_362,
      name: 'Windows Server, version 1903 to 20H2',
      login: 'older',
      webAccount: false,
      coreOnly: true,
    },
    {
      kind: 'server',
      build: 20_348,
      name: 'Windows Server 2022',
      login: 'older',
      webAccount: true,
    },
    {
      kind: 'server',
      build: 25_398,
      name: 'Windows Server, version 23H2',
      login: 'older',
      webAccount: true,
      coreOnly: true,
    },
    {
      kind: 'server',
      build: 26_100,
      name: 'Windows Server 2025',
      login: 'newer',
      webAccount: true,
    },
    {
      kind: 'client',
      build: 0,
      name: 'Windows before 10 1809',
      login: 'neither',
      webAccount: false,
    },
    { kind: 'client', build: 17_763, name: 'Windows 10 1809', login: 'older', webAccount: false },
    { kind: 'client', build: 19_042, name: 'Windows 10 20H2', login: 'older', webAccount: true },
    { kind: 'client', build: 22_000, name: 'Windows 11 21H2', login: 'older', webAccount: true },
    { kind: 'client', build: 26_100, name: 'Windows 11 24H2', login: 'newer', webAccount: true },
  ],
  /** What images hold, for machines whose agent says nothing. The first row that fits counts. */
  images: [
    // `2022-datacenter-azure-edition-core`; previews say `windows-server-2025-…`.
    server(/^2008/, 7_601),
    server(/^2012/, 9_200),
    server(/^2016/, 14_393),
    server(/^2019/, 17_763),
    server(/^datacenter-core-(?:1903|1909|2004|20h2)/, 18_362),
    server(/^(?:windows-server-)?2022/, 20_348),
    server(/^23h2/, 25_398),
    server(/^(?:windows-server-)?2025/, 26_100),
    desktop(/^win11-2[456]h2/, 26_100),
    desktop(/^win11-/, 22_000),
    desktop(/^(?:win10-)?(?:20h2|21h[12]|22h2)/, 19_042),
    desktop(/^(?:win10-)?(?:rs5|1809|19h[12]|1903|1909|2004)/, 17_763),
    desktop(/^(?:win10-)?(?:th2|rs[1-4]|1607|1703|1709|1803)/, 14_393),
    desktop(/^win[78]/, 7_601),
    // `sql2022-ws2022`.
    sqlServer(/-ws2012/, 9_200),
    sqlServer(/-ws2016/, 14_393),
    sqlServer(/-ws2019/, 17_763),
    sqlServer(/-ws2022/, 20_348),
    sqlServer(/-ws2025/, 26_100),
  ],
} as const satisfies {
  readonly asOf: string;
  readonly sources: readonly string[];
  readonly releases: readonly WindowsRelease[];
  readonly images: readonly WindowsImage[];
};

export type WindowsKind = 'server' | 'client';

export type WindowsRelease = {
  readonly kind: WindowsKind;
  readonly build: number;
  readonly name: string;
  readonly login: 'newer' | 'older' | 'neither';
  readonly webAccount: boolean;
  readonly coreOnly?: true;
};

/** The text of which `in` tells that fits `form` holds Windows of that build. All lower case. */
export type WindowsImage = {
  readonly publisher: string;
  readonly in: 'offer' | 'sku';
  readonly form: RegExp;
  readonly kind: WindowsKind;
  readonly build: number;
};

function server(form: RegExp, build: number): WindowsImage {
  return { publisher: 'microsoftwindowsserver', in: 'sku', form, kind: 'server', build };
}

function desktop(form: RegExp, build: number): WindowsImage {
  return { publisher: 'microsoftwindowsdesktop', in: 'sku', form, kind: 'client', build };
}

function sqlServer(form: RegExp, build: number): WindowsImage {
  return { publisher: 'microsoftsqlserver', in: 'offer', form, kind: 'server', build };
}
