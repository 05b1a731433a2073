/** What an operator has decided about the nightly run: `remediation.yaml`, read and checked. */
export type RemediationRules = {
  /** Subscriptions, resource groups or management groups that are looked at, ids without case. */
  readonly scopes: readonly string[];
  /** `NAME=value` or `NAME`: a VM with one of these tags is left alone. Compared without case. */
  readonly optOutTags: readonly TagMatch[];
  /** The tag by which an owner allows a system identity beside user-assigned ones. */
  readonly keepIdentitiesTag: TagMatch;
  /** What says that a machine belongs to a domain, beside its extensions. */
  readonly domainJoined: {
    readonly tags: readonly TagMatch[];
    /** Ids of VMs, resource groups or subscriptions, lower case. */
    readonly scopes: readonly string[];
  };
  /** Which published list of Windows releases is believed. */
  readonly windowsList: 'older' | 'newer';
  /** Whether machines that have Azure's default outbound access alone count as connected. */
  readonly defaultOutbound: 'refuse' | 'accept';
  /** Client versions of Windows are enrolled in Intune as well (`mdmId`). */
  readonly intune: boolean;
  /** A scope's first night only tells what it would do. */
  readonly firstNight: 'dryRun' | 'fix';
  /** How long a run that is over, and its reports, can be read. */
  readonly keepRunsDays: number;
};

/** `value` absent: any value. */
export type TagMatch = { readonly name: string; readonly value?: string };
