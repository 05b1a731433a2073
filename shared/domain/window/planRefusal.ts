import type { TargetRefusal } from '../grant';
import type { PlacementRefusal } from './step';

/** Why a VM of a grant gets no rule, found when planning. */
export type PlanRefusal =
  | 'noNic'
  | 'noNsg'
  | 'vmVanished'
  | 'nicMoved'
  | 'noAddress4'
  | 'noAddress6'
  | 'addressAmbiguous'
  | 'bastionSubnet'
  | 'bandFull'
  | 'nsgFull'
  | 'tooManySlots'
  | 'tooManyRules'
  | 'locked'
  | 'readDenied'
  | 'unreadable';

type Words = { readonly rule: string; readonly next: string };

const words: Readonly<Record<PlanRefusal | PlacementRefusal, Words>> = {
  noNic: {
    rule: 'The VM has no network interface with a private address.',
    next: 'Attach a network interface, then activate again.',
  },
  noNsg: {
    rule: 'Neither the VM’s network interfaces nor their subnets have a network security group.',
    next: 'Attach a network security group; without one nothing is closed and nothing can be opened.',
  },
  vmVanished: {
    rule: 'The VM’s network interface does not exist any more.',
    next: 'Activate again when the VM exists; the index lags by a minute or two.',
  },
  nicMoved: {
    rule: 'The network interface belongs to another VM by now.',
    next: 'Activate again; the index lags by a minute or two.',
  },
  noAddress4: {
    rule: 'The source is IPv4 and the VM has no IPv4 address.',
    next: 'Use an IPv6 source that policy allows.',
  },
  noAddress6: {
    rule: 'The source is IPv6 and the VM has no IPv6 address.',
    next: 'Use an IPv4 source that policy allows, or give the VM an IPv6 address.',
  },
  addressAmbiguous: {
    rule: 'Another machine behind the same network security group has the same private address.',
    next: 'Give the VM a network security group of its own.',
  },
  bastionSubnet: {
    rule: 'The network security group also guards an AzureBastionSubnet.',
    next: 'Give the VM’s subnet a network security group of its own.',
  },
  bandFull: {
    rule: 'No priority of the band is free in the network security group.',
    next: 'Remove rules from the band, or widen the band in policy.',
  },
  nsgFull: {
    rule: 'The network security group holds as many rules as Azure allows.',
    next: 'Remove rules from it.',
  },
  tooManySlots: {
    rule: 'The ports and sources need more than three rules in one network security group.',
    next: 'Merge port sets in policy, or use sources of one address family.',
  },
  tooManyRules: {
    rule: 'The window needs more than forty rules.',
    next: 'Activate the role at a narrower scope.',
  },
  locked: {
    rule: 'A management lock lies on the network security group or above it.',
    next: 'Remove the lock, or let policy accept locks (rules are then disarmed at the end).',
  },
  readDenied: {
    rule: 'Postern’s identity may not read the VM’s network.',
    next: 'Assign Postern’s role at this scope.',
  },
  unreadable: {
    rule: 'Resource Manager gave no answer about the VM’s network in time.',
    next: 'Activate again.',
  },
  shadowed: {
    rule: 'A deny rule of somebody else stands above Postern’s band.',
    next: 'Lower that rule’s place below the band, or narrow it.',
  },
  neverOpened: {
    rule: 'The rule was not proved open in time.',
    next: 'Activate again, for longer.',
  },
  conflict: {
    rule: 'Every planned priority was taken by somebody else.',
    next: 'See what else writes to this network security group, then activate again.',
  },
  putDenied: {
    rule: 'Azure forbids Postern’s identity to write the rule.',
    next: 'Assign Postern’s role at this scope, or exempt postern-* rules from the policy that denies.',
  },
  putLocked: {
    rule: 'A management lock forbids writing the rule.',
    next: 'Remove the lock.',
  },
  putInvalid: {
    rule: 'Azure refused the content of the rule.',
    next: 'Look up the error code in the log.',
  },
  nsgMissing: {
    rule: 'The network security group does not exist any more.',
    next: 'Activate again.',
  },
};

/** The words of a refusal. `detail` names what refused: a rule, a lock, an error code. */
export function refusalWords(
  code: PlanRefusal | PlacementRefusal,
  detail = '',
): Omit<TargetRefusal, 'vmId'> {
  const { rule, next } = words[code];
  return { code, rule: detail === '' ? rule : `${rule} (${detail})`, next };
}
