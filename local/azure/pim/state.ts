import { createDirectory, DEFAULT_ADMINISTRATOR, type Directory } from './directory';
import { createEventWriter, type Operation } from './events';
import { newGuid, type Random } from './random';
import { knownRoles, type KnownRole } from './roles';
import { createScopeTree, scopeKey, tidyScope, type ScopeTree } from './scopes';
import { createAlarms, type Alarms } from './time';
import type { Eligibility, Grant, PimKnobs, PimOptions, Principal, ScheduleRequest } from './types';

/** Everything one PIM knows. Only the files of this folder see it. */
export type PimState = {
  readonly knobs: PimKnobs;
  readonly tenantId: string;
  readonly msPimObjectId: string;
  readonly administrator: Principal;
  readonly roles: ReadonlyMap<string, KnownRole>;
  readonly directory: Directory;
  readonly tree: ScopeTree;
  readonly alarms: Alarms;
  readonly random: Random;
  readonly eligibilities: Eligibility[];
  /** By name, lower case, in the order made. */
  readonly requests: Map<string, ScheduleRequest>;
  /** In the order made; ended ones stay, for late lists and for the truth. */
  readonly grants: Grant[];
  subscriptionName: (id: string) => string;
  /** Raises the event of an operation `delayMs` from now. */
  tell: (operation: Omit<Operation, 'atMs'>, delayMs: number) => void;
};

const DEFAULT_KNOBS: PimKnobs = {
  licence: true,
  assignmentDelayMs: 1800,
  deactivationDelayMs: 1000,
  removalDelayMs: 900,
  requestEventDelayMs: 65,
  eventDelayMs: 600,
  listingLagMs: 0,
  staleListMs: 0,
  roleAssignmentGuidReuse: false,
  assignedToListsAbove: true,
  minimumActiveMs: 5 * 60_000,
  maximumActiveMs: 24 * 3_600_000,
  justificationRequired: true,
  ticketRequired: false,
  approvalTimeoutMs: 24 * 3_600_000,
  pageSize: 200,
};

/** Sets up an empty PIM, with the plain assignments the estate begins with. */
export function createState(options: PimOptions): PimState {
  const random = options.random ?? Math.random;
  const roles = knownRoles(options.roleDefinitions ?? []);
  const administrator = options.administrator ?? DEFAULT_ADMINISTRATOR;
  const msPimObjectId = options.msPimObjectId ?? '44444444-4444-4444-8444-444444444444';
  const names = Object.entries(options.subscriptionNames ?? {});
  const alarms = createAlarms();
  const { tenantId, emit } = options;
  const write = createEventWriter({ tenantId, msPimObjectId, emit, random });
  const state: PimState = {
    knobs: { ...DEFAULT_KNOBS, ...options.knobs },
    tenantId,
    msPimObjectId,
    administrator,
    roles,
    directory: createDirectory([...options.principals, administrator], roles),
    tree: createScopeTree(options.managementGroups ?? {}),
    alarms,
    random,
    eligibilities: [],
    requests: new Map(),
    grants: [],
    subscriptionName: (id) =>
      names.find(([known]) => known.toLowerCase() === id.toLowerCase())?.[1] ?? id,
    tell(operation, delayMs) {
      const atMs = Date.now() + delayMs;
      alarms.at(atMs, () => write({ ...operation, atMs }));
    },
  };
  for (const given of options.from ? [] : (options.assignments ?? [])) {
    const name = newGuid(random);
    state.grants.push({
      kind: 'Plain',
      assignmentGuid: name,
      scheduleName: name,
      principalId: given.principalId,
      roleDefinitionGuid: state.directory.role(given.roleDefinitionGuid).guid,
      scope: tidyScope(given.scope),
      throughGroup: false,
      plannedStartAtMs: Date.now(),
      effectiveAtMs: Date.now(),
      createdBy: administrator.objectId,
      createdAtMs: Date.now(),
    });
  }
  return state;
}

/** True while the role assignment exists. */
export function isActive(grant: Grant): boolean {
  return grant.effectiveAtMs !== undefined && grant.removedAtMs === undefined;
}

/** The full id of something of Microsoft.Authorization at a scope. */
export function authorizationId(scope: string, type: string, name: string): string {
  const prefix = tidyScope(scope) === '/' ? '' : tidyScope(scope);
  return `${prefix}/providers/Microsoft.Authorization/${type}/${name}`;
}

/** The id of the role assignment a grant is, or was, or will be. */
export function assignmentId(grant: Grant): string {
  return authorizationId(grant.scope, 'roleAssignments', grant.assignmentGuid);
}

/** True when two rows give the same role to the same principal at the same scope. */
export function isSameRole(
  one: { principalId: string; roleDefinitionGuid: string; scope: string },
  other: { principalId: string; roleDefinitionGuid: string; scope: string },
): boolean {
  return (
    one.principalId.toLowerCase() === other.principalId.toLowerCase() &&
    one.roleDefinitionGuid === other.roleDefinitionGuid &&
    scopeKey(one.scope) === scopeKey(other.scope)
  );
}
