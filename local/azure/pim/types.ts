import type { ActiveRole, EventSink, RoleDefinition } from '../contract';
import type { Random } from './random';

/** Somebody or something that can hold a role. */
export type Principal = {
  objectId: string;
  type: 'User' | 'Group' | 'ServicePrincipal';
  displayName: string;
  /** Users: sign-in name and mail. */
  upn?: string;
  /** Users: where their tokens are issued to, `claims.ipaddr`; absent where the token has none. */
  ipAddress?: string;
  /** Groups: object ids of the members, groups among them. */
  members?: string[];
};

/** What may be changed while it runs. Times in milliseconds. */
export type PimKnobs = {
  /** False: the tenant has no Entra ID P2, and PIM's reads and requests answer 400. */
  licence: boolean;
  /** From a request (or its start) to the role assignment. Seen in Azure: 1.7 s and 8 s. */
  assignmentDelayMs: number;
  /** From a deactivation or removal to the end of the role assignment. */
  deactivationDelayMs: number;
  /** From `endDateTime` to the end of the role assignment. Seen in Azure: 0.9 s. */
  removalDelayMs: number;
  /** From a person's own request to its event. */
  requestEventDelayMs: number;
  /** From a change of a role assignment to its event. */
  eventDelayMs: number;
  /** How long after its start an instance is first listed; PIM promises nothing. */
  listingLagMs: number;
  /** How long after its end a list may still show an instance. */
  staleListMs: number;
  /** A re-activation gets the role assignment GUID of the one before it. Unknown of Azure. */
  roleAssignmentGuidReuse: boolean;
  /** `assignedTo()` also lists rows of scopes above the one asked. Unknown of Azure. */
  assignedToListsAbove: boolean;
  /** Policy: the shortest activation, and how long one must stand before it may be ended. */
  minimumActiveMs: number;
  /** Policy: the longest activation; Azure allows 24 h at most. */
  maximumActiveMs: number;
  justificationRequired: boolean;
  ticketRequired: boolean;
  /** An approval nobody gives is timed out after this. Fixed at 24 h in Azure. */
  approvalTimeoutMs: number;
  /** Rows per page of a list; the rest follows by `nextLink`. */
  pageSize: number;
};

/** All that a PIM has to remember, as plain JSON. Opaque: only `from` reads it. */
export type PimSnapshot = {
  eligibilities: Eligibility[];
  grants: Omit<Grant, 'stopWaiting'>[];
  /** So many of `grants`, from the first, are given; the others wait for approval or never were. */
  standing: number;
  /** Each with the place of its grant in `grants`, -1 for none. */
  requests: (Omit<ScheduleRequest, 'stopWaiting' | 'grant'> & { grantAt: number })[];
};

/** What an estate gives its PIM. */
export type PimOptions = {
  tenantId: string;
  emit: EventSink;
  principals: Principal[];
  /** Custom roles, beside Azure's own. */
  roleDefinitions?: RoleDefinition[];
  /** Plain role assignments that stand from the beginning, without events: managed identities'. */
  assignments?: ActiveRole[];
  /** Names of subscriptions by id, for `expandedProperties`. */
  subscriptionNames?: Record<string, string>;
  /** Names of the management groups above each subscription id, nearest first. */
  managementGroups?: Record<string, string[]>;
  /** Who acts for administrators where a call names nobody. */
  administrator?: Principal;
  /** What an earlier PIM knew, by its `snapshot`; it goes on from there. */
  from?: PimSnapshot;
  /** Object id of the MS-PIM service principal in this tenant. */
  msPimObjectId?: string;
  knobs?: Partial<PimKnobs>;
  random?: Random;
};

/** Statuses of a request that this imitation uses, of the 22 that Azure has. */
export type RequestStatus =
  | 'PendingApproval'
  | 'ScheduleCreated'
  | 'Provisioned'
  | 'Denied'
  | 'Canceled'
  | 'TimedOut'
  | 'Revoked';

export type RequestType =
  | 'AdminAssign'
  | 'AdminRemove'
  | 'SelfActivate'
  | 'SelfDeactivate'
  | 'AdminUpdate';

/** A right to activate. */
export type Eligibility = {
  /** GUID of the eligibility schedule. */
  scheduleName: string;
  /** GUID of its instance. */
  instanceName: string;
  /** Who holds it: a user, or a group. */
  principalId: string;
  roleDefinitionGuid: string;
  scope: string;
  startAtMs: number;
  endAtMs?: number;
  approvalRequired: boolean;
  createdAtMs: number;
};

/** A `roleAssignmentScheduleRequest` as kept. */
export type ScheduleRequest = {
  name: string;
  requestType: RequestType;
  status: RequestStatus;
  principalId: string;
  requestorId: string;
  roleDefinitionGuid: string;
  scope: string;
  startAtMs: number;
  expirationType: 'AfterDuration' | 'AfterDateTime' | 'NoExpiration';
  durationMs?: number;
  endAtMs?: number;
  /** As the requestor wrote it; echoed. */
  durationText?: string;
  justification?: string;
  ticketNumber?: string;
  ticketSystem?: string;
  eligibility?: Eligibility;
  needsApproval: boolean;
  /** The schedule it makes or ends. */
  scheduleName: string;
  /** What it gives or takes; a grant still waiting for approval stands only here. */
  grant?: Grant;
  createdAtMs: number;
  /** Calls off what the request still waits for. */
  stopWaiting?: () => void;
};

/** A role given: a plain role assignment, one made active by PIM, or an activation. */
export type Grant = {
  kind: 'Plain' | 'Assigned' | 'Activated';
  assignmentGuid: string;
  scheduleName: string;
  requestName?: string;
  principalId: string;
  roleDefinitionGuid: string;
  /** As written in the request; echoed. */
  scope: string;
  /** Through which group the eligibility came, if any. */
  throughGroup: boolean;
  eligibility?: Eligibility;
  plannedStartAtMs: number;
  endAtMs?: number;
  /** Ends that it had before somebody moved them, in the order of time; absent where nobody did. */
  movedEnds?: { atMs: number; endAtMs: number }[];
  /** When the role assignment was written; absent before. */
  effectiveAtMs?: number;
  /** When it is to be removed before its time; absent where nobody asked for that. */
  endingAtMs?: number;
  /** When it was removed; absent before. */
  removedAtMs?: number;
  createdBy: string;
  createdAtMs: number;
  /** Calls off the next thing that happens by itself: its start, its end, its removal. */
  stopWaiting?: () => void;
};
