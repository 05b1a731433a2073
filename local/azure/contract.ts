/**
 * The seams inside the local Azure: what a provider is given and what it may touch. Resource
 * Manager, PIM, Event Grid and the sign-in endpoints are written against these and nothing else of
 * each other, so that each can be tested alone and all can be served in process or over TLS.
 */

/** One HTTP request as it reaches the local Azure, over a socket or in process. */
export type ArmRequest = {
  method: string;
  /** Absolute URL, as the client sent it. */
  url: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body?: string;
};

/** One HTTP answer. `body` is JSON text, or absent for an empty body. */
export type ArmResponse = {
  status: number;
  headers: Record<string, string>;
  body?: string;
};

/** Who calls: a managed identity of the app, a person, or an administrator of the estate. */
export type Caller = {
  /** Object id. The RBAC check and the write log go by it. */
  objectId: string;
  /** A short name for printing: `opener`, `sweeper`, `ada@contoso.com`. */
  name: string;
  kind: 'app' | 'person';
};

/** A request whose path is parsed and whose caller is known and allowed. */
export type ArmContext = {
  request: ArmRequest;
  caller: Caller;
  /** Path without query, as sent: `/subscriptions/…`. Compare without case. */
  path: string;
  /** Query, names in lower case, `%24` decoded. */
  query: URLSearchParams;
  /** Parsed JSON body, `undefined` where there is none. */
  json: unknown;
};

/** Answers the paths it knows, `undefined` for all others; the last resort answers 501 by name. */
export type Provider = (context: ArmContext) => Promise<ArmResponse | undefined>;

/** One event as PIM and Resource Manager raise it, before a delivery schema is put around it. */
export type ResourceEvent = {
  id: string;
  /** `Microsoft.Resources.ResourceWriteSuccess` and its kin. */
  type: string;
  /** `/subscriptions/{id}` */
  topic: string;
  subject: string;
  /** ISO 8601, UTC. */
  time: string;
  data: Record<string, unknown>;
};

/** Where events go once raised; the Event Grid of the local Azure listens here. */
export type EventSink = (event: ResourceEvent) => void;

/** A role assignment as the authorization provider keeps it: plain, or made by PIM. */
export type ActiveRole = {
  principalId: string;
  /** GUID of the role definition, lower case. */
  roleDefinitionGuid: string;
  /** Scope id, lower case, without trailing slash; `/` for the tenant. */
  scope: string;
};

/** What the RBAC check asks: which roles does this principal hold now? */
export type RoleSource = (principalId: string) => ActiveRole[];

/** A role definition that the local Azure enforces: the app's own from `infra/roles`, and Azure's. */
export type RoleDefinition = {
  guid: string;
  name: string;
  /** With `*` wildcards; compared without case. */
  actions: string[];
  notActions: string[];
};

/** One accepted or refused write, the evidence that verdicts and tests judge by. */
export type WriteRecord = {
  /** Running number, from 1. */
  sequence: number;
  /** When the request was received, ISO 8601. */
  at: string;
  caller: Caller;
  method: string;
  path: string;
  /** Writes to VMs only: what was sent, without protected settings. */
  body?: unknown;
  /** HTTP status of the answer to the write itself. */
  status: number;
  /** Accepted writes only: when its effect became true in the network; absent while it runs. */
  effectiveAt?: string;
  /** How the operation ended, for accepted writes. */
  outcome?: 'succeeded' | 'failed' | 'canceled';
  /** Error code, for refused or failed writes. */
  code?: string;
  /** The resource written (for a rule: the rule), before and after; `null` = absent. */
  before: unknown;
  after: unknown;
};

/** An activation as PIM itself knows it: the ground truth of when a window must be gone. */
export type ActivationTruth = {
  /** Role assignment id, as stored. */
  roleAssignmentId: string;
  requestName: string;
  principalId: string;
  roleDefinitionGuid: string;
  scope: string;
  /** ISO 8601. */
  startAt: string;
  endAt: string;
  /** The ends it had before an administrator moved them, and when that was; absent where nobody did. */
  movedEnds?: { at: string; endAt: string }[];
  /** Set when it ended before `endAt`: deactivated or removed. */
  endedEarlyAt?: string;
};
