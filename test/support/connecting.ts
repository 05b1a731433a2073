import type {
  BastionFacts,
  ConnectFacts,
  ConnectKnowledge,
  MachineFacts,
} from '../../shared/domain/connect/facts';
import { connectHelp, type ConnectHelp } from '../../shared/domain/connect/connectHelp';
import type { Grant } from '../../shared/domain/grant';
import { nowOf } from '../../shared/domain/instant';
import type { Placement, WindowRow } from '../../shared/domain/window/windowRow';
import { createTime } from './fakeNetwork';
import { grantOf, rowOf, subnetIdOf, subscription, targetOf, vmIdOf } from './grants';

export const time = createTime();
export const vnetId = subnetIdOf('x').replace(/\/subnets\/x$/, '');
export const bastionPrefix = '10.9.0.0/26';
const network = `${subscription}/resourceGroups/rg-hub/providers/Microsoft.Network`;
export const bastionId = `${network}/bastionHosts/bas-hub`;
export const loginExtension = {
  windows: { publisher: 'Microsoft.Azure.ActiveDirectory', type: 'AADLoginForWindows' },
  linux: { publisher: 'Microsoft.Azure.ActiveDirectory', type: 'AADSSHLoginForLinux' },
};

/** A running Server 2022 that is ready for Entra sign-in. */
export function windowsVm(changes: Partial<MachineFacts> = {}, name = 'vm-1'): MachineFacts {
  return {
    vmId: vmIdOf(name),
    vmGuid: `guid-${name}`,
    powerState: 'PowerState/running',
    osType: 'Windows',
    osName: 'Windows Server 2022 Datacenter',
    osVersion: '10.0.20348.3207',
    computerName: name.toUpperCase(),
    image: { publisher: 'MicrosoftWindowsServer', offer: 'WindowsServer', sku: '2022-datacenter' },
    addresses: ['10.0.0.4'],
    subnetIds: [subnetIdOf('subnet-1')],
    extensions: [{ ...loginExtension.windows, state: 'Succeeded' }],
    ...changes,
  };
}

/** A running Ubuntu that is ready for Entra sign-in. */
export function linuxVm(changes: Partial<MachineFacts> = {}, name = 'vm-1'): MachineFacts {
  return windowsVm(
    {
      osType: 'Linux',
      osName: 'ubuntu',
      osVersion: '24.04',
      image: { publisher: 'Canonical', offer: 'ubuntu-24_04-lts', sku: 'server' },
      extensions: [{ ...loginExtension.linux, state: 'Succeeded' }],
      ...changes,
    },
    name,
  );
}

/** A Bastion in the network of the machines, ready for native clients. */
export function bastion(changes: Partial<BastionFacts> = {}): BastionFacts {
  return {
    id: bastionId,
    sku: 'Standard',
    state: 'Succeeded',
    tunneling: true,
    vnetId,
    peerIds: [],
    prefixes: [bastionPrefix],
    ...changes,
  };
}

/** The row of a window that is proved open, on these machines. */
export function openRow(
  changes: Partial<Grant> = {},
  phase: Placement['phase'] = 'open',
): WindowRow {
  const grant = grantOf(time, changes);
  const placement = {
    nsgId: 'x',
    phase,
    openedAt: time.now,
    targets: grant.targets.map(({ vmId, vmGuid }) => ({
      vmId,
      vmGuid,
      nicId: 'x',
      addresses: ['10.0.0.4'],
    })),
  } as unknown as Placement;
  return { ...rowOf(time, grant), until: grant.untilAt, placements: [placement] };
}

export function ports(...list: string[]): Partial<Grant> {
  return { portSets: [{ protocol: 'Tcp', ports: list }] };
}

export function from(...prefixes: string[]): Partial<Grant> {
  return { source: { prefixes, wonBy: 'a test' } };
}

/** Help of a row with what the index knows. */
export function helpOf(
  row: WindowRow,
  facts: Partial<ConnectFacts>,
  roles: ConnectKnowledge['roles'] = { facts: [] },
): ConnectHelp {
  const index = { facts: { machines: [], bastions: [], ...facts } };
  return connectHelp(row, { index, roles }, nowOf(time.now, 0));
}

/** The lines of a help's first machine, as use, way and text. */
export function linesOf({ machines: [first] }: ConnectHelp): string[] {
  return (first?.lines ?? []).map(({ use, via, line }) => `${via} ${use}: ${line}`);
}

export function codesOf({ machines: [first] }: ConnectHelp): string[] {
  return (first?.missing ?? []).map(({ code }) => code);
}

export { grantOf, rowOf, targetOf, vmIdOf };
