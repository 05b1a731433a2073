/** What the app asks of PIM and the authorization provider. Every function throws `Fault`. */
export type Directory = {
  /** The plain role assignment; `null`: 404. `id` begins with `/`. */
  readRoleAssignment(id: string): Promise<RoleAssignment | null>;
  /**
   * `roleAssignmentScheduleInstances` at `scope` with `assignedTo(principalId)`, all pages.
   * `answeredAt` is the `Date` of the (last) answer, epoch ms: what a confirmation's age is judged by.
   */
  listInstances(scope: string, principalId: string): Promise<InstanceList>;
  /**
   * The same list for whole scopes, at most `pagesMax` pages of it. It may open; it never closes,
   * and says of nothing that it is not there where it was cut.
   */
  listActive(query: ActiveQuery, pagesMax: number): Promise<ActiveList>;
  /** A schedule request by name at a scope; `null`: 404. For the address of the person, see intake. */
  readScheduleRequest(scope: string, name: string): Promise<ScheduleRequest | null>;
};

export type RoleAssignment = {
  readonly id: string;
  readonly scope: string;
  readonly principalId: string;
  readonly principalType: string;
  /** GUID, lower case. */
  readonly roleDefinitionGuid: string;
};

export type InstanceList = { readonly instances: readonly Instance[]; readonly answeredAt: number };

export type ActiveQuery = {
  readonly scope: string;
  /** At the scope and below it; at it and above; or of one person at, above and below it. */
  readonly of: 'below' | 'above' | { readonly principalId: string };
};

export type ActiveList = InstanceList & { readonly pages: number; readonly cut: boolean };

/** One `roleAssignmentScheduleInstance`. Times are epoch ms, `null` where absent or not a date. */
export type Instance = {
  readonly assignmentType: string;
  readonly originRoleAssignmentId: string;
  readonly scope: string;
  readonly roleDefinitionGuid: string;
  readonly principalId: string;
  readonly principalType: string;
  readonly memberType: string;
  readonly startAt: number | null;
  readonly endAt: number | null;
  /** Last segment of `roleAssignmentScheduleId`, lower case; `''` if absent. */
  readonly scheduleName: string;
  readonly principalName: string;
  readonly principalMail: string;
};

export type ScheduleRequest = {
  readonly name: string;
  readonly principalId: string;
  readonly requestorId: string;
  readonly requestType: string;
  readonly status: string;
  readonly createdAt: number | null;
  readonly justification: string;
  readonly ticket: string;
  readonly targetScheduleName: string;
};
