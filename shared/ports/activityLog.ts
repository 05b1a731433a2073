/** What the app asks of the activity log. It is minutes late and proves nothing. Throws `Fault`. */
export type ActivityLog = {
  /** What was done to one resource between two times (epoch ms), the first page of it. */
  listOn(resourceId: string, fromMs: number, toMs: number): Promise<ActivityEvent[]>;
};

export type ActivityEvent = {
  /** Epoch ms. */
  readonly at: number;
  /** `Microsoft.Network/networkSecurityGroups/securityRules/delete`. */
  readonly operation: string;
  readonly status: string;
  /** Sign-in name or object id, cleaned and cut; `''` where the log has none. */
  readonly caller: string;
};
