/**
 * Why a VM was left alone, or what became of it. One table: a code that is not here does not exist.
 * Codes are stable: people filter reports by them. `next` is what an operator can do in the morning.
 */
export const reasons = {
  // Decided by an owner.
  optedOut: {
    text: 'A tag of the VM says that it is to be left alone.',
    next: 'Take the tag away if that has changed.',
  },
  policyInstalls: {
    text: 'An assignment of Azure Policy installs the extension already.',
    next: 'See the compliance of that assignment; two that install would fight.',
  },
  // What it is.
  scaleSetMember: {
    text: 'It is an instance of a scale set; its model would undo the change.',
    next: 'Add the extension to the model of the scale set.',
  },
  aksNode: {
    text: 'It is a node of an AKS cluster, on which the extension is not supported.',
    next: 'Use the access that AKS itself gives to its nodes.',
  },
  managedGroup: {
    text: 'Another resource made it for itself, and makes it anew as it likes.',
    next: 'Use the access that the resource named in the detail gives to its machines.',
  },
  appliance: {
    text: 'Its image is an appliance, whose maker forbids extensions.',
    next: 'Use the sign-in of the appliance itself.',
  },
  domainJoined: {
    text: 'It belongs to an Active Directory domain; joining Entra ID would exclude that.',
    next: 'Sign in over the domain, or take it out of the domain first.',
  },
  osUnsupported: {
    text: 'The login extension does not support what it runs.',
    next: 'Upgrade the machine, or use the access it has.',
  },
  serverCore: {
    text: 'It runs Server Core; the extension asks for the Desktop Experience.',
    next: 'Use an image with the Desktop Experience.',
  },
  osUnknown: {
    text: 'Nobody can tell what it runs: no known image, and no agent that says it.',
    next: 'Start its agent, or name it in the exceptions.',
  },
  tooLittleMemory: {
    text: 'It has less than 1 GB of memory, which the extension for Linux needs.',
    next: 'Choose a larger size.',
  },
  nameTooLong: {
    text: 'Its host name has more than 15 characters; the join would cut it.',
    next: 'Give it a shorter host name.',
  },
  duplicateName: {
    text: 'Another VM has the same host name; a second device of a name is refused.',
    next: 'Rename one of them, or delete the stale device in Entra ID.',
  },
  // What state it is in.
  notRunning: {
    text: 'It does not run; extensions are installed by its agent.',
    next: 'Nothing: it is looked at again each night.',
  },
  agentNotReady: {
    text: 'Its agent does not answer.',
    next: 'Install or restart the VM agent.',
  },
  extensionsDisallowed: {
    text: 'Its profile forbids extensions (allowExtensionOperations).',
    next: 'Allow them, or leave it as it is.',
  },
  oldLinuxExtension: {
    text: 'The old AADLoginForLinux is installed; the new one ends with exit code 23 beside it.',
    next: 'Remove AADLoginForLinux, then wait for the next night.',
  },
  failedExtension: {
    text: 'The extension is there and has failed; on Linux it has to be removed first.',
    next: 'Read its message on the VM, remove it, then wait for the next night.',
  },
  extensionBusy: {
    text: 'Somebody else is installing or removing the extension right now.',
    next: 'Nothing: it is looked at again each night.',
  },
  userAssignedIdentities: {
    text: 'It has user-assigned identities; a system identity would become its default one.',
    next: 'Let its owner opt in by tag, once its processes name the identity they use.',
  },
  noOutboundPath: {
    text: 'Nothing gives it a way to the Internet.',
    next: 'Give its subnet a NAT gateway, or a route to the endpoints of the extension.',
  },
  onlyDefaultOutbound: {
    text: 'It has no explicit way to the Internet, only the default one that Azure retires.',
    next: 'Give its subnet a NAT gateway, or set defaultOutbound: accept.',
  },
  // What could not be known; no reason to stop.
  joinUnknown: {
    text: 'Nothing says that it belongs to a domain, and nothing says that it does not.',
    next: 'Name it under domainJoined if it does.',
  },
  agentUnknown: {
    text: 'The index does not know its agent; it is read before anything is written.',
    next: 'Nothing.',
  },
  outboundUnknown: {
    text: 'Its way to the Internet could not be read.',
    next: 'Let the identity read network interfaces and subnets.',
  },
  nameUnknown: {
    text: 'Its host name is not known.',
    next: 'Nothing.',
  },
  // What became of it in the night.
  vanished: {
    text: 'It was deleted while the run was under way.',
    next: 'Nothing.',
  },
  replaced: {
    text: 'Another machine has its name now.',
    next: 'Nothing: the new one is looked at in the next night.',
  },
  changedByOthers: {
    text: 'Somebody else changed it while the run was under way.',
    next: 'Nothing: it is looked at again in the next night.',
  },
  stoppedMeanwhile: {
    text: 'It was stopped while the run was under way.',
    next: 'Nothing: it is looked at again each night.',
  },
  neverEnded: {
    text: 'The install did not end within 90 minutes.',
    next: 'Look at the agent on the VM; it may be stuck in another extension.',
  },
  noEtag: {
    text: 'Azure does not say which state of it was read: a change could take identities away.',
    next: 'Turn its system-assigned identity on by hand.',
  },
  identityForbidden: {
    text: 'The remediator may not assign the identities that the VM has.',
    next: 'Give it Managed Identity Operator on them, or take the tag away.',
  },
  forbidden: {
    text: 'The remediator may not write to this VM.',
    next: 'Give its identity the role of the remediator at this scope.',
  },
  locked: {
    text: 'A lock on the VM or above it forbids the write.',
    next: 'Take the lock away, or leave the VM as it is.',
  },
  refusedByPolicy: {
    text: 'An Azure Policy denies the write.',
    next: 'See which one in the detail, and exempt the extension.',
  },
  extensionFailed: {
    text: 'The extension ended with an error.',
    next: 'See the decoded error.',
  },
  refused: {
    text: 'Azure refused the write.',
    next: 'See the decoded error.',
  },
  unreachable: {
    text: 'Azure could not be reached in the time there was.',
    next: 'Nothing: it is looked at again in the next night.',
  },
  cancelled: {
    text: 'The run was cancelled before it came to this VM.',
    next: 'Start another run.',
  },
  paused: {
    text: 'It failed in the nights before, and is left alone for some of them.',
    next: 'Mend what the decoded error says, or release it to have it tried at once.',
  },
  quarantined: {
    text: 'It failed three times; it is left alone until it changes or is released.',
    next: 'Mend what the decoded error says, then release it from quarantine.',
  },
} as const satisfies Record<string, { readonly text: string; readonly next: string }>;

export type ReasonCode = keyof typeof reasons;
