/**
 * Every way in which Postern says no. One table: a code that is not here does not exist, and each
 * names the rule that refused and what to do next. Codes are stable: people alarm on them.
 */
const texts = {
  // The person and the role.
  roleNotAllowed: (of: { role: string }) => ({
    rule: `No allow rule of the policy names role ${of.role}.`,
    next: 'Activate a role that the policy names, or ask its owner to add this one.',
  }),
  scopeNotAllowed: (of: { scope: string; allowed: readonly string[] }) => ({
    rule: `No allow rule for this role covers ${of.scope}.`,
    next: `Activate it again on a scope at or under ${listed(of.allowed)}; PIM lets you narrow it.`,
  }),
  personNotAllowed: (of: { rules: readonly string[] }) => ({
    rule: `Allow rule ${listed(of.rules)} is for named people only.`,
    next: 'Ask the owner of the policy to add your object id.',
  }),
  denied: (of: { rule: string }) => ({
    rule: `Deny rule ${of.rule} of the policy forbids it.`,
    next: 'Ask the owner of the policy why; a deny wins over every allow.',
  }),
  notAUser: (of: { principalType: string }) => ({
    rule: `Windows open for people; this activation belongs to a ${of.principalType}.`,
    next: 'Let a person activate the role: PIM assigns it to the user, also through a group.',
  }),
  noEnd: () => ({
    rule: 'The activation has no end, and a window without an end is never opened.',
    next: 'Set a maximum duration in the PIM settings of the role, then activate it again.',
  }),
  tooShort: (of: { openSeconds: number; shortestSeconds: number }) => ({
    rule: `It could stand open for ${of.openSeconds} s, and the least is ${of.shortestSeconds} s.`,
    next: 'Activate the role for longer.',
  }),
  openingsDisabled: () => ({
    rule: 'Openings are switched off: policy or signing key are not in order.',
    next: 'GET /api/health names the faults; correct them and start the app again.',
  }),
  sweeperSilent: () => ({
    rule: 'The sweeper app has been silent for 5 minutes, and SWEEPER says that it is required.',
    next: 'See why it does not run: GET /api/health of that app. Then activate again.',
  }),
  keyUnknownToSweeper: (of: { keyVersion: number }) => ({
    rule: `The sweeper app does not hold public key ${of.keyVersion}, so it could close nothing.`,
    next: 'Add the key to MARKER_PUBLIC_KEYS of the sweeper app, or start that app.',
  }),

  // Where from.
  noAddress: (of: { rule: string; completeWith: string }) => ({
    rule: `Allow rule ${of.rule} wants the address of the activation request; none was confirmed.`,
    next: `Complete it from where you are: ${of.completeWith}`,
  }),
  addressNotInRange: (of: { rule: string; address: string; within: readonly string[] }) => ({
    rule: `Address ${of.address} is not within ${listed(of.within)} of allow rule ${of.rule}.`,
    next: 'Activate the role from inside one of these ranges, for example over the VPN.',
  }),
  addressFamily: (of: { sources: readonly string[] }) => ({
    rule: `The VM has no address of the family of ${listed(of.sources)}.`,
    next: 'Connect over the other family, or give the VM such an address.',
  }),
  addressAmbiguous: (of: { address: string; nsg: string }) => ({
    rule: `Address ${of.address} is used more than once behind ${of.nsg}.`,
    next: 'Use an NSG of its own for one of the networks.',
  }),

  // What is asked for over HTTP.
  noActiveRole: () => ({
    rule: 'No role of yours that the policy names is active now.',
    next: 'Activate one in PIM, then ask again.',
  }),
  vmNotCovered: (of: { vms: readonly string[] }) => ({
    rule: `No active role of yours covers ${listed(of.vms)}.`,
    next: 'Activate a role at or above these VMs, or see whether the name is right.',
  }),
  vmAmbiguous: (of: { name: string; ids: readonly string[] }) => ({
    rule: `Several VMs are called ${of.name}: ${listed(of.ids)}.`,
    next: 'Name the one that is meant by its id.',
  }),
  severalActivations: () => ({
    rule: 'No single activation of yours covers all of these VMs, and a window ends with one.',
    next: 'Ask for the VMs of each activation in a request of its own.',
  }),
  portNotAllowed: (of: { rule: string; allowed: readonly string[] }) => ({
    rule: `Allow rule ${of.rule} opens ${listed(of.allowed)} and no other port.`,
    next: 'Ask for these ports, or leave ports out.',
  }),
  sourceNotAllowed: (of: { rule: string; allowed: readonly string[] }) => ({
    rule: `By allow rule ${of.rule} this window may let in ${listed(of.allowed)} and nothing wider.`,
    next: 'Call from the address that is to be let in, or leave source out.',
  }),
  noClaim: (of: { kind: 'onCall' | 'breakGlass' }) => ({
    rule:
      of.kind === 'breakGlass'
        ? 'No group of yours may break the glass here.'
        : 'No group of yours may open this on call.',
    next: 'Ask the owner of the policy which group may, or activate a role in PIM.',
  }),
  groupsOverage: () => ({
    rule: 'You are in more groups than a token can hold, so nobody can see which are yours.',
    next: 'Ask for the API to be sent only the groups assigned to it, or activate a role in PIM.',
  }),
  reasonTooShort: (of: { rule: string; least: number }) => ({
    rule: `Rule ${of.rule} wants a reason of ${of.least} characters at least.`,
    next: 'Write what has happened and what you are about to do.',
  }),

  // A second person.
  approvalNeeded: (of: { rule: string }) => ({
    rule: `Rule ${of.rule} wants a second person to agree, and an activation alone has nobody to ask.`,
    next: 'POST /api/windows asks for it; the window opens when somebody has approved it.',
  }),
  requestsWaiting: (of: { cap: number }) => ({
    rule: `${of.cap} requests of yours wait for approval already.`,
    next: 'Have one of them approved, or close it.',
  }),
  approvalExpired: () => ({
    rule: 'Nobody approved the request in the time that the policy gives.',
    next: 'Ask again, with a new Idempotency-Key, and tell somebody who may approve it.',
  }),
  approvalDenied: (of: { remark: string }) => ({
    rule: `The request was denied: ${of.remark === '' ? 'no reason was given' : of.remark}`,
    next: 'Ask whoever denied it.',
  }),
  approvalOwn: () => ({
    rule: 'Nobody approves, denies or reviews what they asked for themselves.',
    next: 'Ask another member of the approving group.',
  }),
  notAnApprover: () => ({
    rule: 'No group of yours may approve this.',
    next: 'Ask a member of a group that the policy names for it.',
  }),
  approvalNotAwaited: () => ({
    rule: 'This window does not wait for an approval.',
    next: 'GET it to see where it stands; to end it, close it.',
  }),
  approvalAnswered: (of: { kind: 'approved' | 'denied' }) => ({
    rule: `Somebody has ${of.kind} it already.`,
    next:
      of.kind === 'approved' ? 'To end the window, close it.' : 'A new request can be approved.',
  }),
  approvalStale: () => ({
    rule: 'What was asked for would be granted otherwise now: role, machines or policy have changed.',
    next: 'Ask again; the new request shows what would be opened.',
  }),
  voucherInvalid: () => ({
    rule: 'What the ledger says of this window is not what was signed, so nothing opens by it.',
    next: 'See the runbook voucherInvalid; ask again with a new Idempotency-Key.',
  }),

  // How many.
  tooBroad: (of: { vms: number; cap: number; atLeast: boolean; scope: string }) => ({
    rule: `${of.atLeast ? 'At least ' : ''}${of.vms} VMs under ${of.scope}; the cap is ${of.cap}.`,
    next: 'Activate the role again on a resource group or a single VM; PIM lets you narrow it.',
  }),
  noTargets: (of: { scope: string; covered: number }) => ({
    rule: `None of the ${of.covered} VMs under ${of.scope} may be opened.`,
    next: 'Opt a VM in with the tag that the policy names, then activate again.',
  }),
  windowsPerPerson: (of: { cap: number }) => ({
    rule: `The cap of ${of.cap} open windows per person is reached.`,
    next: 'Deactivate a role that you no longer need, then activate this one again.',
  }),
  windowsInAll: (of: { cap: number }) => ({
    rule: `The cap of ${of.cap} open windows in all is reached.`,
    next: 'Wait until a window closes, or ask the owner of the policy to raise caps.windows.',
  }),
  closesFull: (of: { shortestSeconds: number }) => ({
    rule:
      'So many windows end about then that Azure could not close this one in time if it stood open ' +
      `for the least of ${of.shortestSeconds} s.`,
    next: 'Activate the role for longer, or so that it ends at another time.',
  }),
  tooManyPlacements: (of: { placements: number; cap: number }) => ({
    rule: `It would take ${of.placements} security rules; one window may have ${of.cap}.`,
    next: 'Activate the role on fewer VMs.',
  }),

  // One VM.
  vmNotOptedIn: (of: { tag: string; value: string }) => ({
    rule: `The VM does not carry the tag ${of.tag} with the value ${of.value}.`,
    next: 'Set the tag on the VM if it is meant to be reached this way.',
  }),
  vmsNotOptedInMore: (of: { vms: number; tag: string; value: string }) => ({
    rule: `${of.vms} more VMs do not carry the tag ${of.tag} with the value ${of.value}.`,
    next: 'Set the tag on those that are meant to be reached this way.',
  }),
  noNic: () => ({
    rule: 'The VM has no network interface with a private address.',
    next: 'Attach one, then activate again.',
  }),
  noNsg: () => ({
    rule: 'No NSG stands on the way to the VM, so there is nothing to open or to close.',
    next: 'Attach an NSG to its subnet or its network interface.',
  }),
  notRunning: (of: { powerState: string }) => ({
    rule: `The VM is not running (${of.powerState}).`,
    next: 'Start the VM.',
  }),
  vanished: () => ({
    rule: 'The VM or its network interface is gone, or another machine has taken its place.',
    next: 'Activate again if the machine was made anew.',
  }),
  locked: (of: { lock: string }) => ({
    rule: `Lock ${of.lock} would forbid closing again; the policy refuses locked targets.`,
    next: 'Remove the lock, or set locks: accept in the policy.',
  }),
  shadowed: (of: { rule: string; nsg: string }) => ({
    rule: `Rule ${of.rule} of ${of.nsg} denies the same traffic above the band of priorities.`,
    next: 'Move that rule below the band, or the band above it.',
  }),
  bandFull: (of: { nsg: string; from: number; to: number }) => ({
    rule: `No priority between ${of.from} and ${of.to} is free in ${of.nsg}.`,
    next: 'Free one, or widen priorities in the policy.',
  }),
  ruleCountLimit: (of: { nsg: string; rules: number }) => ({
    rule: `${of.nsg} holds ${of.rules} rules, which is all that Azure allows.`,
    next: 'Remove rules that nobody needs.',
  }),
  tooLate: () => ({
    rule: 'It was too late: a rule sent now might take effect after the window has been closed.',
    next: 'Activate the role again, for longer.',
  }),
  bastionSubnet: (of: { nsg: string }) => ({
    rule: `${of.nsg} also guards an AzureBastionSubnet.`,
    next: 'Give the subnet of the VM an NSG of its own.',
  }),
  tooManySlots: (of: { nsg: string }) => ({
    rule: `Ports and sources need more than three rules in ${of.nsg}.`,
    next: 'Merge ports in the policy, or use sources of one address family.',
  }),
  readDenied: (of: { azureCode: string }) => ({
    rule: `The identity of Postern may not read the network of the VM (${of.azureCode}).`,
    next: 'Assign the role of the opener at this scope.',
  }),
  unreadable: (of: { azureCode: string }) => ({
    rule: `Resource Manager gave no answer about the VM in time (${of.azureCode}).`,
    next: 'Activate the role again.',
  }),
  putDenied: (of: { azureCode: string }) => ({
    rule: `Azure forbids the identity of Postern to write the rule (${of.azureCode}).`,
    next: 'Assign the role of the opener at this scope, or exempt rules named postern-*.',
  }),
  putInvalid: (of: { azureCode: string }) => ({
    rule: `Azure refused the content of the rule (${of.azureCode}).`,
    next: 'Look the code up; the log holds the whole rule.',
  }),
  planFailed: (of: { nsg: string; plans: number }) => ({
    rule: `After ${of.plans} plans the rule still met a conflict in ${of.nsg}.`,
    next: 'See who else writes rules there, then activate again.',
  }),

  // Extending.
  extendNotOpen: () => ({
    rule: 'The window is not open yet; only what is proved open can be extended.',
    next: 'Ask again when it is open.',
  }),
  extendClosing: () => ({
    rule: 'The window is closing or closed, and a window never opens again.',
    next: 'Activate the role again: that opens a window of its own.',
  }),
  extendNotLater: (of: { until: string }) => ({
    rule: `The window ends at ${of.until} already; an extend names a later time.`,
    next: 'Name a later end, as a time and not as a length; to end it earlier, close it.',
  }),
  extendTooLate: () => ({
    rule: 'It is too late: a rule sent now might take effect after the window has been closed.',
    next: 'Activate the role again when this window is closed, for longer.',
  }),
  extendPastActivation: (of: { end: string }) => ({
    rule: `The activation ends at ${of.end}, and PIM cannot extend an activation in place.`,
    next: 'Activate longer next time, or deactivate, wait about two minutes and activate again.',
  }),
  extendNotActive: () => ({
    rule: 'The activation that this window stands on is not active any more.',
    next: 'Activate the role again: that opens a window of its own.',
  }),
  extendPastApproval: (of: { end: string }) => ({
    rule: `It was approved until ${of.end}, and for no longer.`,
    next: 'Ask for another window: it is approved by itself.',
  }),
  extendPastPolicy: (of: { longest: string }) => ({
    rule: `The policy lets this window stay open until ${of.longest} at the longest.`,
    next: 'Name an earlier end, or ask the owner of the policy for a longer time.',
  }),
} as const;

export type RefusalCode = keyof typeof texts;

type Details = { readonly [Code in RefusalCode]: Parameters<(typeof texts)[Code]> };
type Table = {
  readonly [Code in RefusalCode]: (...of: Details[Code]) => { rule: string; next: string };
};

const table: Table = texts;

/** A refusal is an answer, so it is returned; only surprises are thrown. Plain data. */
export type Refusal = {
  readonly code: RefusalCode;
  /** What refused, in one sentence. */
  readonly rule: string;
  /** What to do next, in one sentence. */
  readonly next: string;
};

/** Builds a refusal: `refusal('locked', { lock: 'do-not-delete' })`. */
export function refusal<Code extends RefusalCode>(code: Code, ...of: Details[Code]): Refusal {
  return { code, ...table[code](...of) };
}

/** True for a code of the table: ids from files and rows are text until this has been asked. */
export function isRefusalCode(text: string): text is RefusalCode {
  return Object.hasOwn(texts, text);
}

export const refusalCodes = Object.keys(texts).filter(isRefusalCode);

function listed(items: readonly string[]): string {
  const shown = items.slice(0, 5).join(', ');
  return items.length > 5 ? `${shown} and ${items.length - 5} more` : shown;
}
