import type { NsgReading, SecurityRule } from '../../shared/domain/networkSecurityGroup';
import type { NicFacts, PlanReadings } from '../../shared/domain/window/planReadings';
import { nicIdOf, subnetIdOf, vmIdOf } from './grants';

/** An NSG as a read shows it. */
export function nsgReading(id: string, changes: Partial<NsgReading> = {}): NsgReading {
  return {
    id,
    location: 'westeurope',
    provisioningState: 'Succeeded',
    rules: [],
    defaultRules: [],
    networkInterfaceIds: [],
    subnetIds: [],
    startedAt: 0,
    ...changes,
  };
}

/** One interface of a VM of this name. */
export function nicFacts(
  name: string,
  nsgId: string,
  addresses: readonly string[] = ['10.0.0.4'],
  subnet = 'subnet-1',
): NicFacts {
  const subnetId = subnetIdOf(subnet);
  return {
    vmId: vmIdOf(name),
    nsgId,
    ipConfigurations: addresses.map((address) => ({ address, subnetId })),
  };
}

/**
 * Readings in which `vm-1` stands behind one or two NSGs: the first on its interface, the second on
 * its subnet. `changes` are laid over it by id.
 */
export function readingsOf(
  nsgIds: readonly [string, string?],
  rules: readonly SecurityRule[] = [],
  changes: Partial<PlanReadings> = {},
): PlanReadings {
  const [nicNsg, subnetNsg = ''] = nsgIds;
  const nicId = nicIdOf('nic-vm-1');
  const subnetId = subnetIdOf('subnet-1');
  const ids = nsgIds.flatMap((id) => (id === undefined ? [] : [id]));
  return {
    vms: new Map(
      Array.from({ length: 60 }, (_, index) => `vm-${index}`).map((name) => [
        vmIdOf(name).toLowerCase(),
        { kind: 'ok', value: { vmGuid: `guid-${name}` } },
      ]),
    ),
    nics: new Map([[nicId.toLowerCase(), { kind: 'ok', value: nicFacts('vm-1', nicNsg) }]]),
    subnetNsgIds: new Map([[subnetId.toLowerCase(), { kind: 'ok', value: subnetNsg }]]),
    nsgs: new Map(
      ids.map((id) => [id.toLowerCase(), { kind: 'ok', value: nsgReading(id, { rules }) }]),
    ),
    locks: new Map(),
    neighbours: new Map(),
    ...changes,
  };
}
