/** Sizes of VMs with less than the 1 GB of memory that the extension for Linux asks for. */
export const smallSizes = {
  asOf: '2025-12',
  sources: [
    'https://learn.microsoft.com/azure/virtual-machines/sizes/general-purpose/bv1-series',
    'https://learn.microsoft.com/azure/virtual-machines/sizes/general-purpose/av1-series',
    'https://learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-linux',
  ],
  /** Names in lower case; every other size has 1 GiB or more. */
  sizes: [
    { size: 'standard_b1ls', memoryGiB: 0.5 },
    { size: 'basic_a0', memoryGiB: 0.75 },
    { size: 'standard_a0', memoryGiB: 0.75 },
  ],
} as const satisfies {
  readonly asOf: string;
  readonly sources: readonly string[];
  readonly sizes: readonly { readonly size: string; readonly memoryGiB: number }[];
};
