import type { Protocol } from './portRange';

/** A role activation in PIM, as Resource Manager confirmed it. */
export type ActivationFacts = {
  /** As Resource Manager spells it (`originRoleAssignmentId`). */
  readonly roleAssignmentId: string;
  readonly scope: string;
  /** GUID, lower case. */
  readonly roleDefinitionGuid: string;
  readonly principalId: string;
  /** PIM's own start and end, epoch ms. The end is the hard ceiling of the window. */
  readonly startAt: number;
  readonly endAt: number;
};

/** What somebody asked for over HTTP. */
export type RequestOrigin = {
  readonly callerId: string;
  /** The caller's idempotency key. */
  readonly key: string;
  /** Hash of the body: the same key with another body is a slip. */
  readonly bodyHash: string;
};

/** The two kinds of claims that policy may name: on duty, or past everything else. */
export type ClaimKind = 'onCall' | 'breakGlass';

/** A group in the caller's token, checked when they called: it cannot be asked for again. */
export type ClaimFacts = {
  readonly kind: ClaimKind;
  /** Object id, lower case. */
  readonly groupId: string;
  /** The tenant that has signed the token. */
  readonly tenantId: string;
};

/** Where a window comes from. The window's id is a hash of it, so the same origin is the same window. */
export type Origin =
  | ({ readonly kind: 'activation' } & ActivationFacts)
  /** A request on an active role of the caller's: the window ends with it. */
  | ({ readonly kind: 'request' } & RequestOrigin & { readonly activation: ActivationFacts })
  /** A request on a group claim, for which the window's voucher stands. */
  | ({ readonly kind: 'claim' } & RequestOrigin & { readonly claim: ClaimFacts });

/** The activation that a window stands on, and ends with; `null`: it stands on a group claim. */
export function activationBehind(origin: Origin): ActivationFacts | null {
  if (origin.kind === 'activation') return origin;
  return origin.kind === 'request' ? origin.activation : null;
}

export type Person = {
  readonly objectId: string;
  /** Display name and mail as Resource Manager gives them, cleaned and cut; empty where unknown. */
  readonly name: string;
  readonly mail: string;
};

/** Ports that share one rule: one protocol, one address family (by the grant's sources). */
export type PortSet = {
  readonly protocol: Protocol;
  /** `22`, `5985-5986`: Azure's own notation. */
  readonly ports: readonly string[];
};

/** Which addresses may come in, and which rule of the resolver chose them. */
export type GrantSource = {
  /** CIDR notation without host bits, IPv4 or IPv6: `203.0.113.10/32`. */
  readonly prefixes: readonly string[];
  /** For people: `address of the activation request`, `range office of rule operators`. */
  readonly wonBy: string;
};

/** One VM that a grant covers, as the index knew it; the NIC is read fresh before a rule is planned. */
export type GrantTarget = {
  readonly vmId: string;
  /** The VM's own GUID (`properties.vmId`): a new VM of the same name is another machine. */
  readonly vmGuid: string;
  readonly name: string;
  readonly powerState: string;
  readonly nicIds: readonly string[];
  /** NSGs of its subnets: where to look first, believed only where the NSG itself names the subnet. */
  readonly subnetNsgIds?: readonly string[];
};

/** Windows shorter or longer than these are refused; guard, lead and settle are explained in ARCHITECTURE.md. */
export type WindowLimits = {
  readonly guardMs: number;
  readonly leadMs: number;
  readonly settleMs: number;
  readonly shortestMs: number;
};

/** What policy made of a confirmed activation or a request. */
export type Grant = {
  readonly origin: Origin;
  readonly person: Person;
  readonly reason: string;
  readonly ticket: string;
  readonly policyVersion: string;
  /** Name of the allow rule that granted it. */
  readonly policyRule: string;
  readonly source: GrantSource;
  readonly portSets: readonly PortSet[];
  readonly targets: readonly GrantTarget[];
  /** VMs that are covered but cannot be opened, each with its reason: partial success is reported. */
  readonly refusedTargets: readonly TargetRefusal[];
  /** Epoch ms: the earlier of PIM's end and the policy's longest time. */
  readonly untilAt: number;
  readonly limits: WindowLimits;
  readonly band: PriorityBand;
  /** Whether a lock on the path is refused (default) or accepted, to be disarmed at the end. */
  readonly locks: 'refuse' | 'accept';
};

/** Priorities that rules of ours may take, both ends included. */
export type PriorityBand = { readonly from: number; readonly to: number };

/** Why one VM of a grant gets no rule. `code` is one of the refusal codes. */
export type TargetRefusal = {
  readonly vmId: string;
  readonly code: string;
  /** The rule that refused and the next step, in one sentence each. */
  readonly rule: string;
  readonly next: string;
};
