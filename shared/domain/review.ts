import { isBreakGlass } from './isBreakGlass';
import type { KeyedWrite } from './request/keyedWrite';
import type { KnownPerson } from './window/papers';
import type { WindowRow } from './window/windowRow';

/**
 * What is to be looked into after the glass was broken: in a table of its own, so that it outlives
 * the window and its row. Plain data; its id is the window's.
 */
export type ReviewRow = {
  readonly id: string;
  readonly usedBy: KnownPerson & { readonly name: string; readonly mail: string };
  readonly reason: string;
  readonly policyRule: string;
  readonly vmIds: readonly string[];
  /** Epoch ms by the host's clock. */
  readonly openedAt: number;
  /** When the alarm was raised; `null`: not yet, or nobody knows. */
  readonly toldAt: number | null;
  readonly closed: {
    readonly by: KnownPerson;
    readonly at: number;
    readonly remark: string;
    /** The key that it came with, if it did. */
    readonly keyed: KeyedWrite | null;
  } | null;
};

/** The review that this window asks for; `null`: it broke no glass. */
export function reviewOf({ id, grant }: WindowRow, at: number): ReviewRow | null {
  const { origin, person } = grant;
  if (origin.kind !== 'claim' || !isBreakGlass(origin)) return null;
  const { objectId, name, mail } = person;
  return {
    id,
    usedBy: { objectId, tenantId: origin.claim.tenantId, name, mail },
    reason: grant.reason,
    policyRule: grant.policyRule,
    vmIds: grant.targets.map(({ vmId }) => vmId),
    openedAt: at,
    toldAt: null,
    closed: null,
  };
}
