import type { FaultFacts } from '../fault';
import type { NsgReading } from '../networkSecurityGroup';

/** What came of one read. */
export type Reading<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'missing' }
  | { readonly kind: 'fault'; readonly fault: FaultFacts };

/** What a fresh read of a network interface says. */
export type NicFacts = {
  readonly vmId: string;
  readonly nsgId: string;
  readonly ipConfigurations: readonly { readonly address: string; readonly subnetId: string }[];
};

export type LockFacts = { readonly id: string; readonly level: string };

/** A machine of the index: used to see whether an address means two machines. */
export type NeighbourFacts = {
  readonly vmId: string;
  readonly nicId: string;
  readonly nicNsgId: string;
  readonly subnetNsgId: string;
  readonly privateIp: string;
};

/** What a fresh read of a machine says. */
export type VmFacts = { readonly vmGuid: string };

/** Everything that was read for a plan, by lower-case id. */
export type PlanReadings = {
  readonly vms: ReadonlyMap<string, Reading<VmFacts>>;
  readonly nics: ReadonlyMap<string, Reading<NicFacts>>;
  readonly subnetNsgIds: ReadonlyMap<string, Reading<string>>;
  readonly nsgs: ReadonlyMap<string, Reading<NsgReading>>;
  readonly locks: ReadonlyMap<string, Reading<readonly LockFacts[]>>;
  /** By NSG; only where its attachments leave a doubt. */
  readonly neighbours: ReadonlyMap<string, Reading<readonly NeighbourFacts[]>>;
};

/** The value of a read by id; `missing` where nobody asked. */
export function readingOf<Value>(
  readings: ReadonlyMap<string, Reading<Value>>,
  id: string,
): Reading<Value> {
  return readings.get(id.toLowerCase()) ?? { kind: 'missing' };
}
