/**
 * One security rule as read from, or written to, Azure: the singular and plural forms of the wire
 * are folded into lists, so that two rules with the same meaning compare equal.
 */
export type SecurityRule = {
  readonly name: string;
  readonly priority: number;
  readonly direction: 'Inbound' | 'Outbound';
  readonly access: 'Allow' | 'Deny';
  /** `Tcp`, `Udp`, `Icmp`, `Esp`, `Ah` or `*`, in Azure's spelling. */
  readonly protocol: string;
  readonly sources: readonly string[];
  readonly sourceAsgIds: readonly string[];
  readonly sourcePorts: readonly string[];
  readonly destinations: readonly string[];
  readonly destinationAsgIds: readonly string[];
  readonly destinationPorts: readonly string[];
  readonly description: string;
};

/** What a read of one NSG showed. `startedAt` is when the read was begun, by the host's clock. */
export type NsgReading = {
  readonly id: string;
  readonly location: string;
  /** `Succeeded` is the only state that proves anything. */
  readonly provisioningState: string;
  readonly rules: readonly SecurityRule[];
  /** The six rules that Azure puts into every NSG. */
  readonly defaultRules: readonly SecurityRule[];
  /** Ids of the NICs and subnets it is attached to. */
  readonly networkInterfaceIds: readonly string[];
  readonly subnetIds: readonly string[];
  readonly startedAt: number;
};
