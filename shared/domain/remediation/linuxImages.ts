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
    // `18.04-LTS`, `18_04-lts-gen2`, `pro-22_04-lts`; of 24.04 the offer alone tells.
    { publisher: /^canonical$/, offer: /ubuntu/, id: 'ubuntu', in: 'sku', version: dotted() },
    { publisher: /^canonical$/, offer: /ubuntu/, id: 'ubuntu', in: 'offer', version: dotted() },
    // `8.2`, `8_6`, `86-gen2`, `810-gen2`, `8-lvm-gen2`, `rhel-lvm86-gen2`, `90sapha-gen2`.
    {
      publisher: /^redhat$/,
      offer: /^rhel/,
      id: 'rhel',
      in: 'sku',
      version: /^(?:rhel-)?(?:lvm|raw)?(10|[6-9])(?:[._]?(\d{1,2}))?(?!\d)/,
    },
    {
      publisher: /^(?:debian|credativ)$/,
      offer: /^debian/,
      id: 'debian',
      in: 'sku',
      version: /^(\d{1,2})(?:-|$)/,
    },
    // `sles-15-sp5`, `sles-sap-12-sp5-byos`, `sles-byos-15-sp1`.
    {
      publisher: /^suse$/,
      offer: /^sles-/,
      id: 'sles',
      in: 'offer',
      version: /^sles-(?:byos-|sap-|sap-byos-)?(\d{2})(?:-sp(\d))?(?:-|$)/,
    },
    {
      publisher: /^suse$/,
      offer: /^sles$/,
      id: 'sles',
      in: 'sku',
      version: /^(\d{2})(?:-sp(\d))?(?:-|$)/,
    },
    {
      publisher: /^suse$/,
      offer: /^opensuse-leap/,
      id: 'opensuse-leap',
      in: 'offer',
      version: /^opensuse-leap-(\d{2})-(\d)(?:-|$)/,
    },
    {
      publisher: /^suse$/,
      offer: /^opensuse-leap$/,
      id: 'opensuse-leap',
      in: 'sku',
      version: /^(\d{2})\.(\d)$/,
    },
    {
      publisher: /^almalinux$/,
      offer: /^almalinux/,
      id: 'almalinux',
      in: 'sku',
      version: /^(\d{1,2})(?:_(\d{1,2}))?(?:-|$)/,
    },
    {
      publisher: /^resf$/,
      offer: /^rockylinux/,
      id: 'rocky',
      in: 'sku',
      version: /^(\d{1,2})(?:-|$)/,
    },
    // `ol8_9-lvm-gen2`, `ol84-lvm`, `ol810-lvm`, `7.7`, `81-gen2`.
    {
      publisher: /^oracle$/,
      offer: /^oracle-linux$/,
      id: 'ol',
      in: 'sku',
      version: /^(?:ol)?(10|[6-9])(?:[._]?(\d{1,2}))?(?!\d)/,
    },
    {
      publisher: /^microsoftcblmariner$/,
      offer: /mariner|azure-linux/,
      id: 'azurelinux',
      in: 'sku',
      version: /^azure-linux-(\d)(?:-|$)/,
    },
    {
      publisher: /^microsoftcblmariner$/,
      offer: /mariner/,
      id: 'mariner',
      in: 'sku',
      version: /^(?:cbl-mariner-)?(\d)(?:-|$)/,
    },
    { publisher: /^openlogic$/, offer: /^centos/, id: 'centos', in: 'sku', version: /^(\d)/ },
    { publisher: /^kinvolk$/, offer: /^flatcar/, id: 'flatcar', in: 'offer', version: /^flatcar/ },
  ],
} as const satisfies {
  readonly asOf: string;
  readonly sources: readonly string[];
  readonly images: readonly LinuxImage[];
};

export type LinuxImage = {
  readonly publisher: RegExp;
  readonly offer: RegExp;
  /** One of the ids of `linuxReleases`. */
  readonly id: string;
  readonly in: 'offer' | 'sku';
  readonly version: RegExp;
};

/** `18.04`, `18_04` */
function dotted(): RegExp {
  return /(?:^|-)(\d{2})[._](\d{2})(?:-|$)/;
}
