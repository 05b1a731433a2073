import type { ClaimKind, PortSet, PriorityBand, WindowLimits } from '../grant';

/**
 * `policy.yaml` after validation: every id normalised, every duration in milliseconds, every prefix
 * checked. Plain data.
 */
export type Policy = {
  /** Hash of the file's meaning: frozen into each window. */
  readonly version: string;
  readonly limits: WindowLimits;
  readonly longestMs: number;
  readonly band: PriorityBand;
  /** A VM must carry this tag with this value; `null`: scopes alone decide. */
  readonly optInTag: { readonly name: string; readonly value: string } | null;
  readonly caps: {
    readonly vmsPerActivation: number;
    readonly windowsPerPerson: number;
    readonly windows: number;
  };
  readonly minimumPrefix: { readonly ipv4: number; readonly ipv6: number };
  readonly locks: 'refuse' | 'accept';
  /** Whose word over HTTP counts for windows of others. */
  readonly overseers: Overseers;
  /** Who may ask the remediator for something; nobody where the file names nobody. */
  readonly operators: Operators;
  readonly allow: readonly AllowRule[];
  /** What a group in the caller's token may open over HTTP, without an activation. */
  readonly claims: readonly ClaimRule[];
  readonly deny: readonly DenyRule[];
};

/**
 * Owner: whoever holds it could delete the rules by hand, so it counts also where no policy can be
 * read (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged).
 */
export const ownerRole = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';

export type Overseers = {
  /** GUIDs of role definitions: who holds one at or above a VM may extend and close its windows. */
  readonly administratorRoles: readonly string[];
  /** Object ids of groups whose members may read all windows and the audit. */
  readonly auditorGroups: readonly string[];
};

/** Object ids, lower case: members of these groups, and these people. */
export type Operators = { readonly groups: readonly string[]; readonly people: readonly string[] };

export type AllowRule = {
  readonly name: string;
  /** GUIDs of role definitions, lower case. */
  readonly roles: readonly string[];
  /** Scope ids, lower case; `/` for everywhere. */
  readonly scopes: readonly string[];
  /** Object ids, lower case; empty: anybody who holds the role. */
  readonly persons: readonly string[];
  readonly portSets: readonly PortSet[];
  readonly longestMs: number | null;
  /** `null`: nobody else has to agree. */
  readonly approval: ApprovalRule | null;
  readonly sources: {
    /** Named ranges; used when no address of the activation is known or wanted. */
    readonly ranges: readonly SourceRange[];
    /** The address of the person's own activation request, if it lies within these ranges. */
    readonly fromActivation: { readonly within: readonly string[] } | null;
  };
};

/** What asks for a second person: who may approve, and how long a request waits for one of them. */
export type ApprovalRule = { readonly groups: readonly string[]; readonly waitsMs: number };

/** What a member of a group may open: on call, or by breaking the glass. */
export type ClaimRule = {
  readonly name: string;
  readonly kind: ClaimKind;
  /** Object id of the group, lower case. */
  readonly group: string;
  readonly scopes: readonly string[];
  readonly portSets: readonly PortSet[];
  readonly longestMs: number;
  /** So many characters of reason, at least. */
  readonly reasonMin: number;
  /** As those of an allow rule; `fromActivation` fences the address of the call. */
  readonly sources: AllowRule['sources'];
  readonly approval: ApprovalRule | null;
  /** Groups that may close the review of a glass that was broken, beside administrators. */
  readonly reviewers: readonly string[];
};

export type SourceRange = { readonly name: string; readonly prefixes: readonly string[] };

export type DenyRule = {
  readonly name: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly persons: readonly string[];
  /** VMs that carry this tag are denied. */
  readonly tag: { readonly name: string; readonly value: string } | null;
};
