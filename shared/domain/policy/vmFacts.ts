/** One VM as the index knows it. The index lags: the NIC is read fresh before a rule is planned. */
export type VmFacts = {
  readonly vmId: string;
  readonly vmGuid: string;
  readonly name: string;
  readonly powerState: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly nicIds: readonly string[];
  /** NSGs of the subnets of its NICs. */
  readonly subnetNsgIds: readonly string[];
  /** Private addresses of all its NICs. */
  readonly addresses: readonly string[];
};

/** One row of the index: a VM, one of its NICs, one of that NIC's addresses; texts are `''` where absent. */
export type VmRow = {
  readonly vmId: string;
  readonly vmGuid: string;
  readonly name: string;
  readonly powerState: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly nicId: string;
  readonly subnetNsgId: string;
  readonly privateIp: string;
};

/** Folds rows into VMs, in the order in which they first appear. */
export function vmsOf(rows: readonly VmRow[]): VmFacts[] {
  const vms = new Map<string, VmFacts>();
  for (const row of rows) {
    const key = row.vmId.toLowerCase();
    const seen = vms.get(key);
    const { vmId, vmGuid, name, powerState, tags } = seen ?? row;
    const nicIds = withText(seen?.nicIds ?? [], row.nicId);
    const subnetNsgIds = withText(seen?.subnetNsgIds ?? [], row.subnetNsgId);
    const addresses = withText(seen?.addresses ?? [], row.privateIp);
    const own = { nicIds, subnetNsgIds, addresses };
    vms.set(key, { vmId, vmGuid, name, powerState, tags, ...own });
  }
  return [...vms.values()];
}

function withText(texts: readonly string[], text: string): readonly string[] {
  const known = text === '' || texts.some((one) => one.toLowerCase() === text.toLowerCase());
  return known ? texts : [...texts, text];
}
