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
    // Sign-in with a web account, both sides: Windows 11, Windows 10 20H2, Server 2022, each with the
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
   * `webAccount`: `enablerdsaadauth` and `--enable-mfa`. `coreOnly`: there is no Desktop Experience.
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
    { publisher: 'microsoftwindowsserver', sku: /^2012/, kind: 'server', build: 9_200 },
    { publisher: 'microsoftwindowsserver', sku: /^2016/, kind: 'server', build: 14_393 },
    { publisher: 'microsoftwindowsserver', sku: /^2019/, kind: 'server', build: 17_763 },
    { publisher: 'microsoftwindowsserver', sku: /^2022/, kind: 'server', build: 20_348 },
    { publisher: 'microsoftwindowsserver', sku: /^2025/, kind: 'server', build: 26_100 },
    { publisher: 'microsoftwindowsdesktop', sku: /^win11-2[456]h2/, kind: 'client', build: 26_100 },
    { publisher: 'microsoftwindowsdesktop', sku: /^win11-/, kind: 'client', build: 22_000 },
    {
      publisher: 'microsoftwindowsdesktop',
      sku: /^(?:win10-)?(?:20h2|21h[12]|22h2)/,
      kind: 'client',
      build: 19_042,
    },
    {
      publisher: 'microsoftwindowsdesktop',
      sku: /^(?:win10-)?(?:rs5|1809|19h[12]|1903|1909|2004)/,
      kind: 'client',
      build: 17_763,
    },
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

type WindowsImage = {
  readonly publisher: string;
  readonly sku: RegExp;
  readonly kind: WindowsKind;
  readonly build: number;
};
