/**
 * What the Linux images of the marketplace hold, for machines whose agent says nothing. The first
 * row that fits counts. `version`: where major and, if it is there, minor stand, in groups 1 and 2;
 * `in` says in which text.
 */
export const linuxImages = {
  asOf: '2025-12',
  sources: [
    'https://learn.microsoft.com/azure/virtual-machines/linux/endorsed-distros',
    'https://learn.microsoft.com/azure/virtual-machines/workloads/redhat/redhat-imagelist',
    'https://documentation.ubuntu.com/azure/azure-how-to/instances/find-ubuntu-images/',
  ],
  images: [
    // `18.04-LTS`, `16.04.0-LTS`, `18_04-lts-gen2`, `pro-22_04-lts`; later the offer alone tells.
    row('canonical', /ubuntu/, 'ubuntu', 'sku', yearAndMonth()),
    row('canonical', /ubuntu/, 'ubuntu', 'offer', yearAndMonth()),
    // `ubuntu-2204`, `ubuntu-hpc`: `2204-gen2`.
    row('microsoft-dsvm', /^ubuntu/, 'ubuntu', 'sku', /^(\d{2})(\d{2})(?:-|$)/),
    // `8.2`, `8_6`, `86-gen2`, `810-gen2`, `8-lvm-gen2`, `rhel-lvm86-gen2`, `90sapha-gen2`.
    row(
      'redhat',
      /^rhel/,
      'rhel',
      'sku',
      /^(?:rhel-)?(?:lvm|raw)?(10|[6-9])(?:[._]?(\d{1,2}))?(?!\d)/,
    ),
    row('debian', /^debian/, 'debian', 'sku', /^(\d{1,2})(?:-|$)/),
    row('credativ', /^debian/, 'debian', 'sku', /^(\d{1,2})(?:-|$)/),
    // `sles-15-sp5`, `sles-sap-12-sp5-byos`; or `sles`, `sles-byos` with `12-sp4`.
    row('suse', /^sles-/, 'sles', 'offer', /^sles-(?:sap-)?(?:byos-)?(\d{2})(?:-sp(\d))?(?:-|$)/),
    row('suse', /^sles(?:-sap)?(?:-byos)?$/, 'sles', 'sku', /^(\d{2})(?:-sp(\d))?(?:-|$)/),
    row('suse', /^opensuse/, 'opensuse-leap', 'offer', /^opensuse-leap-(\d{2})-(\d)(?:-|$)/),
    row('suse', /^opensuse-leap$/, 'opensuse-leap', 'sku', /^(\d{2})\.(\d)$/),
    row('suse', /^sle-micro/, 'sle-micro', 'offer', /^sle-micro/),
    // `8_5-gen2`, `9-gen1`.
    row('almalinux', /^almalinux/, 'almalinux', 'sku', /^(\d{1,2})(?:_(\d{1,2}))?(?:-|$)/),
    row('resf', /^rockylinux/, 'rocky', 'sku', /^(\d{1,2})(?:-|$)/),
    // `ol8_9-lvm-gen2`, `ol84-lvm`, `ol810-lvm`, `7.7`, `81-gen2`.
    row('oracle', /^oracle-linux$/, 'ol', 'sku', /^(?:ol)?(10|[6-9])(?:[._]?(\d{1,2}))?(?!\d)/),
    row('microsoftcblmariner', /./, 'azurelinux', 'sku', /^azure-linux-(\d)(?:-|$)/),
    row('microsoftcblmariner', /^cbl-/, 'mariner', 'sku', /^(?:cbl-mariner-)?(\d)(?:-|$)/),
    row('openlogic', /^centos/, 'centos', 'sku', /^(\d)/),
    row('kinvolk', /^flatcar/, 'flatcar', 'offer', /^flatcar/),
    // `sql2022-ubuntu2204`, `sql2019-rhel8`, `sql2019-sles15`.
    row('microsoftsqlserver', /-ubuntu/, 'ubuntu', 'offer', /-ubuntu(\d{2})(\d{2})(?:-|$)/),
    row('microsoftsqlserver', /-rhel/, 'rhel', 'offer', /-rhel(\d)(\d)?(?:-|$)/),
    row('microsoftsqlserver', /-sles/, 'sles', 'offer', /-sles(\d{2})(?:-|$)/),
  ],
} as const satisfies {
  readonly asOf: string;
  readonly sources: readonly string[];
  readonly images: readonly LinuxImage[];
};

/** All lower case. */
export type LinuxImage = {
  readonly publisher: string;
  readonly offer: RegExp;
  /** One of the ids of `linuxReleases`. */
  readonly id: string;
  readonly in: 'offer' | 'sku';
  readonly version: RegExp;
};

function row(
  publisher: string,
  offer: RegExp,
  id: string,
  where: LinuxImage['in'],
  version: RegExp,
): LinuxImage {
  return { publisher, offer, id, in: where, version };
}

/** `18.04`, `18_04`. */
function yearAndMonth(): RegExp {
  return /(?:^|-)(\d{2})[._](\d{2})(?!\d)/;
}
