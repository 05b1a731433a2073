/**
 * Limits of Azure that the local one keeps, each with the page it was taken from. Nothing of the
 * app reads them: they are the world's, not ours.
 */

/** A token bucket: `burst` calls at once, then `perSecond` more each second. */
export type BucketLimit = { burst: number; perSecond: number };

/** Everything that counts calls; tests and the bench may hand in other values. */
export type Limits = {
  /** Per subscription + principal + kind; the same again per tenant for calls without one. */
  front: { reads: BucketLimit; writes: BucketLimit; deletes: BucketLimit };
  /** All principals of a subscription together have this many times as much. */
  frontGlobalFactor: number;
  /** Per subscription and region. */
  network: { periodMs: number; writes: number; reads: number };
  /** For all principals together; `perRegion`: of a subscription, in a region. */
  compute: {
    updates: { perVm: BucketLimit; perRegion: BucketLimit };
    reads: { perVm: BucketLimit; perRegion: BucketLimit };
    polls: { perVm: BucketLimit; perRegion: BucketLimit };
    lists: BucketLimit;
  };
  resourceGraph: { periodMs: number; queries: number };
};

/** What Azure publishes today. */
export const azureLimits: Limits = {
  // learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling,
  // "Azure Resource Manager regional throttling and token bucket algorithm".
  front: {
    reads: { burst: 250, perSecond: 25 },
    writes: { burst: 200, perSecond: 10 },
    deletes: { burst: 200, perSecond: 10 },
  },
  frontGlobalFactor: 15,
  // Same page, "Network throttling": 1,000 write or delete and 10,000 read operations in 5 minutes.
  network: { periodMs: 300_000, writes: 1_000, reads: 10_000 },
  // learn.microsoft.com/azure/virtual-machines/compute-throttling-limits, so many a minute. An
  // update is any write to a VM or to an extension of it.
  compute: {
    updates: {
      perVm: { burst: 12, perSecond: 4 / 60 },
      perRegion: { burst: 1_500, perSecond: 500 / 60 },
    },
    reads: {
      perVm: { burst: 36, perSecond: 12 / 60 },
      perRegion: { burst: 24_000, perSecond: 8_000 / 60 },
    },
    polls: {
      perVm: { burst: 45, perSecond: 15 / 60 },
      perRegion: { burst: 15_000, perSecond: 5_000 / 60 },
    },
    lists: { burst: 900, perSecond: 300 / 60 },
  },
  // learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests.
  resourceGraph: { periodMs: 5_000, queries: 15 },
};

/** learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits */
export const networkSecurityGroupLimits = {
  /** Security rules per NSG, default rules not counted. */
  rules: 1_000,
  /** Addresses and ranges of one side of a rule. */
  addresses: 4_000,
  /** Application security groups of one side of a rule. */
  applicationSecurityGroups: 10,
  /** networkSecurityGroup.json 2024-01-01: "Restricted to 140 chars". */
  description: 140,
  /** learn.microsoft.com/azure/virtual-network/network-security-groups-overview */
  priorityMin: 100,
  priorityMax: 4096,
  name: 80,
} as const;

/** learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data: 100, at most 1,000. */
export const resourceGraphPage = { rows: 100, rowsMax: 1_000 } as const;
