/**
 * Which Linux the login extension supports, as Microsoft's page says it. Data only: a new release,
 * or a page that has changed its mind, is a change of this file.
 */
export const linuxReleases = {
  /** The state of the page that this was taken from. */
  asOf: '2025-03',
  sources: [
    // The supported distributions; `8.3+` stands beside `9.0+` there, so both stay in their major.
    'https://learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-linux',
    // `ID` and `VERSION_ID`, which the agent repeats as `osName` and `osVersion`.
    'https://www.freedesktop.org/software/systemd/man/latest/os-release.html',
    // How the agent names those that came before that file.
    'https://github.com/Azure/WALinuxAgent/blob/master/azurelinuxagent/common/version.py',
  ],
  /**
   * `ids`: what agents call it (`ID` or `NAME`), lower case. `supported`: versions from and to,
   * both included.
   */
  distributions: [
    {
      name: 'AlmaLinux',
      ids: ['almalinux'],
      supported: [{ from: [8, 0], to: [9, Infinity] }],
    },
    {
      name: 'CBL-Mariner',
      ids: ['mariner', 'common base linux mariner'],
      supported: [{ from: [2, 0], to: [2, Infinity] }],
    },
    {
      name: 'Azure Linux',
      ids: ['azurelinux', 'microsoft azure linux'],
      supported: [{ from: [3, 0], to: [3, Infinity] }],
    },
    {
      name: 'Debian',
      ids: ['debian', 'debian gnu/linux'],
      supported: [{ from: [9, 0], to: [12, Infinity] }],
    },
    {
      name: 'openSUSE Leap',
      ids: ['opensuse-leap', 'opensuse leap', 'opensuse'],
      supported: [
        { from: [42, 3], to: [42, 3] },
        { from: [15, 1], to: [15, Infinity] },
      ],
    },
    {
      name: 'Oracle Linux',
      ids: ['ol', 'oracle', 'oracle linux server'],
      supported: [{ from: [8, 0], to: [9, Infinity] }],
    },
    {
      name: 'Red Hat Enterprise Linux',
      ids: ['rhel', 'redhat', 'red hat enterprise linux', 'red hat enterprise linux server'],
      supported: [
        { from: [7, 4], to: [7, 9] },
        { from: [8, 3], to: [8, Infinity] },
        { from: [9, 0], to: [9, Infinity] },
      ],
    },
    {
      name: 'Rocky Linux',
      ids: ['rocky', 'rocky linux'],
      supported: [{ from: [8, 0], to: [9, Infinity] }],
    },
    {
      name: 'SUSE Linux Enterprise Server',
      ids: ['sles', 'suse', 'sles_sap'],
      supported: [
        { from: [12, 0], to: [12, Infinity] },
        { from: [15, 1], to: [15, Infinity] },
      ],
    },
    {
      name: 'Ubuntu',
      ids: ['ubuntu'],
      supported: [{ from: [16, 4], to: [24, 4] }],
    },
    // Named so that they are refused by name, and not taken for something nobody knows.
    { name: 'Amazon Linux', ids: ['amzn', 'amazon linux'], supported: [] },
    { name: 'CentOS', ids: ['centos', 'centos linux', 'centos stream'], supported: [] },
    { name: 'Container Linux', ids: ['coreos', 'flatcar', 'fedora-coreos'], supported: [] },
    { name: 'Fedora', ids: ['fedora'], supported: [] },
    { name: 'FreeBSD', ids: ['freebsd'], supported: [] },
    { name: 'Kali Linux', ids: ['kali'], supported: [] },
    { name: 'openSUSE Tumbleweed', ids: ['opensuse-tumbleweed'], supported: [] },
    { name: 'SLE Micro', ids: ['sle-micro', 'sl-micro'], supported: [] },
  ],
} as const satisfies {
  readonly asOf: string;
  readonly sources: readonly string[];
  readonly distributions: readonly LinuxDistribution[];
};

export type LinuxDistribution = {
  readonly name: string;
  readonly ids: readonly string[];
  readonly supported: readonly {
    readonly from: LinuxVersion;
    readonly to: LinuxVersion;
  }[];
};

/** Major and minor: `[22, 4]` is 22.04. */
export type LinuxVersion = readonly [number, number];
