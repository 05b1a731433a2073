/**
 * Makers of virtual appliances, by the publisher of their images and plans. An appliance runs an OS
 * of its maker's, often a Linux by the look of its disk; no extension but the maker's own is
 * supported on it, and one that fails can take the network down with it.
 */
export const appliances = {
  asOf: '2025-12',
  sources: [
    // The partners whose appliances Azure knows.
    'https://azure.microsoft.com/solutions/network-appliances/',
    'https://learn.microsoft.com/azure/virtual-wan/about-nva-hub',
    // An extension that has no agent of its own to run in is refused or hangs.
    'https://learn.microsoft.com/azure/virtual-machines/extensions/overview',
  ],
  publishers: [
    { publisher: 'a10networks', what: 'A10 load balancer' },
    { publisher: 'arista-networks', what: 'Arista router' },
    { publisher: 'aviatrix-systems', what: 'Aviatrix gateway' },
    { publisher: 'barracudanetworks', what: 'Barracuda firewall' },
    { publisher: 'checkpoint', what: 'Check Point firewall' },
    { publisher: 'cisco', what: 'Cisco router or firewall' },
    { publisher: 'citrix', what: 'Citrix ADC' },
    { publisher: 'f5-networks', what: 'F5 BIG-IP' },
    { publisher: 'fortinet', what: 'Fortinet firewall' },
    { publisher: 'imperva', what: 'Imperva firewall' },
    { publisher: 'infoblox', what: 'Infoblox name server' },
    { publisher: 'juniper-networks', what: 'Juniper firewall' },
    { publisher: 'kemptech', what: 'Kemp load balancer' },
    { publisher: 'netapp', what: 'NetApp storage' },
    { publisher: 'netgate', what: 'pfSense firewall' },
    { publisher: 'paloaltonetworks', what: 'Palo Alto firewall' },
    { publisher: 'radware', what: 'Radware firewall' },
    { publisher: 'riverbed', what: 'Riverbed accelerator' },
    { publisher: 'silver-peak-systems', what: 'EdgeConnect router' },
    { publisher: 'sonicwall-inc', what: 'SonicWall firewall' },
    { publisher: 'sophos', what: 'Sophos firewall' },
    { publisher: 'velocloud', what: 'VeloCloud router' },
    { publisher: 'viptela', what: 'Cisco SD-WAN router' },
    { publisher: 'watchguard-technologies', what: 'WatchGuard firewall' },
    { publisher: 'zscaler', what: 'Zscaler connector' },
  ],
} as const satisfies {
  readonly asOf: string;
  readonly sources: readonly string[];
  readonly publishers: readonly { readonly publisher: string; readonly what: string }[];
};
