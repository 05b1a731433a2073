import { isIP } from 'node:net';
import { sameArmId } from '../armId';
import type { GrantTarget } from '../grant';
import { refusal } from '../refusal';
import type { NsgReading } from '../networkSecurityGroup';
import type { Reason } from './planRefusal';
import { type PlanReadings, readingOf } from './planReadings';

/** One NSG on the path to one network interface, and the addresses it guards there. */
export type Attachment = {
  readonly target: GrantTarget;
  readonly nicId: string;
  readonly nsgId: string;
  readonly subnetIds: readonly string[];
  readonly addresses: readonly string[];
};

/**
 * The NSGs between the network and one VM: those of its interfaces and those of their subnets, as
 * read now. All or nothing: traffic passes both NSGs, so one that cannot be opened refuses the VM.
 */
export function attachmentsOf(target: GrantTarget, readings: PlanReadings): Attachment[] | Reason {
  const changed = refusalOfVm(target, readings);
  if (changed !== null) return changed;
  if (target.nicIds.length === 0) return refusal('noNic');
  const attachments: Attachment[] = [];
  for (const nicId of target.nicIds) {
    const found = attachmentsOfNic(target, nicId, readings);
    if (!Array.isArray(found)) return found;
    attachments.push(...found);
  }
  return attachments.length > 0 ? attachments : refusal('noNsg');
}

/** The index lags: a machine of the same name may be another one by now. */
function refusalOfVm({ vmId, vmGuid }: GrantTarget, { vms }: PlanReadings): Reason | null {
  const vm = readingOf(vms, vmId);
  if (vm.kind === 'fault') return refusedByFault(vm.fault.kind, vm.fault.code);
  const same = vm.kind === 'ok' && vm.value.vmGuid.toLowerCase() === vmGuid.toLowerCase();
  return same ? null : refusal('vanished');
}

function attachmentsOfNic(
  target: GrantTarget,
  nicId: string,
  readings: PlanReadings,
): Attachment[] | Reason {
  const nic = readingOf(readings.nics, nicId);
  if (nic.kind === 'missing') return refusal('vanished');
  if (nic.kind === 'fault') return refusedByFault(nic.fault.kind, nic.fault.code);
  if (!sameArmId(nic.value.vmId, target.vmId)) return refusal('vanished');
  const configurations = nic.value.ipConfigurations.filter(({ address }) => isIP(address) !== 0);
  if (configurations.length === 0) return refusal('noNic');
  const attachments: Attachment[] = [];
  const add = (nsgId: string, some: typeof configurations): void => {
    if (nsgId === '') return;
    attachments.push({
      target,
      nicId,
      nsgId,
      subnetIds: [...new Set(some.map(({ subnetId }) => subnetId))],
      addresses: [...new Set(some.map(({ address }) => address))],
    });
  };
  add(nic.value.nsgId, configurations);
  for (const subnetId of new Set(configurations.map((one) => one.subnetId))) {
    if (subnetId === '') continue;
    const nsgId = readingOf(readings.subnetNsgIds, subnetId);
    if (nsgId.kind === 'missing') return refusal('vanished');
    if (nsgId.kind === 'fault') return refusedByFault(nsgId.fault.kind, nsgId.fault.code);
    add(
      nsgId.value,
      configurations.filter((one) => one.subnetId === subnetId),
    );
  }
  return attachments;
}

/** Why no rule can be put into one NSG at all; `null` if one can. */
export function refusalOfNsg(
  nsgId: string,
  attachments: readonly Attachment[],
  readings: PlanReadings,
  locks: 'refuse' | 'accept',
): Reason | null {
  const nsg = readingOf(readings.nsgs, nsgId);
  if (nsg.kind === 'missing') return refusal('vanished');
  if (nsg.kind === 'fault') return refusedByFault(nsg.fault.kind, nsg.fault.code);
  if (nsg.value.subnetIds.some((id) => /\/AzureBastionSubnet$/i.test(id))) {
    return refusal('bastionSubnet', { nsg: nsgId });
  }
  if (locks === 'refuse') {
    const lock = readingOf(readings.locks, nsgId);
    if (lock.kind === 'fault') return refusedByFault(lock.fault.kind, lock.fault.code);
    const first = lock.kind === 'ok' ? lock.value[0] : undefined;
    if (first !== undefined) return refusal('locked', { lock: first.id });
  }
  if (!isDoubtful(nsg.value, attachments)) return null;
  const neighbours = readingOf(readings.neighbours, nsgId);
  return neighbours.kind === 'fault'
    ? refusedByFault(neighbours.fault.kind, neighbours.fault.code)
    : null;
}

/**
 * Could an address behind this NSG belong to another machine? Addresses are unique within a virtual
 * network, so only attachments outside the networks of our own interfaces leave a doubt.
 */
export function isDoubtful(nsg: NsgReading, attachments: readonly Attachment[]): boolean {
  const ourNics = new Set(attachments.map(({ nicId }) => nicId.toLowerCase()));
  const ourVnets = new Set(attachments.flatMap(({ subnetIds }) => subnetIds.map(vnetOf)));
  return (
    ourVnets.size > 1 ||
    nsg.subnetIds.some((id) => !ourVnets.has(vnetOf(id))) ||
    nsg.networkInterfaceIds.some((id) => !ourNics.has(id.toLowerCase()))
  );
}

/** Does the index know a machine outside the grant behind this NSG under one of these addresses? */
export function isAmbiguous(
  attachment: Attachment,
  guarded: readonly Attachment[],
  readings: PlanReadings,
): boolean {
  const neighbours = readingOf(readings.neighbours, attachment.nsgId);
  if (neighbours.kind !== 'ok') return false;
  return neighbours.value.some(
    (row) =>
      attachment.addresses.includes(row.privateIp) &&
      !guarded.some(({ target }) => sameArmId(target.vmId, row.vmId)) &&
      (sameArmId(row.nicNsgId, attachment.nsgId) || sameArmId(row.subnetNsgId, attachment.nsgId)),
  );
}

function refusedByFault(kind: string, code: string): Reason {
  return refusal(kind === 'denied' ? 'readDenied' : 'unreadable', { azureCode: code });
}

function vnetOf(subnetId: string): string {
  return subnetId.toLowerCase().replace(/\/subnets\/[^/]*$/, '');
}
