import type { AlarmName } from '../alarms';
import type { FaultFacts } from '../fault';
import type { Grant } from '../grant';
import type { SecurityRule } from '../networkSecurityGroup';
import type { Approval, Signed, Voucher } from './papers';
import type { KeyedWrite } from '../request/keyedWrite';

/**
 * One window as the ledger keeps it. Plain data: it survives `JSON.stringify` unchanged. Replaced
 * by ETag only. All times are epoch milliseconds by the host's clock, except `until`,
 * `wantedUntil` and what the grant holds, which are absolute deadlines.
 */
export type WindowRow = {
  /** 2: it stands on a voucher, which an app of before does not know. */
  readonly schema: 1 | 2;
  readonly id: string;
  readonly grant: Grant;
  readonly createdAt: number;
  /** `Date` of the answer that listed the activation for the grant; absent for other origins. */
  readonly listedAt?: number;
  /** Rises by one with each change of wish or deadline; a worker that holds an older one stands back. */
  readonly generation: number;
  /** Deadline in the last proved marker; `null` until a rule was proved open. */
  readonly until: number | null;
  /** The deadline that is wished for; what new markers are signed with. Later than `until`: an extend. */
  readonly wantedUntil: number;
  /** When PIM is asked once more whether the activation ends later by now; `null`: not again. */
  readonly endLookAt: number | null;
  readonly wish: 'open' | 'closed';
  /** Why it is to be closed; `null` while the wish is `open`. */
  readonly closeReason: CloseReason | null;
  /** Set by the save that precedes the first DELETE; from then on nothing opens or extends. */
  readonly closingAt: number | null;
  /** When somebody should look again; passed by 60 s means that the worker is dead. */
  readonly nextLook: number;
  /** How often priorities were planned; more than five times is a refusal. */
  readonly plans: number;
  readonly placements: readonly Placement[];
  /** Targets that got no rule, from the grant and from planning. */
  readonly refusals: readonly Grant['refusedTargets'][number][];
  /** A delete hint that is not judged yet: while it stands, no PUT is confirmed. */
  readonly endHintAt: number | null;
  /** Its turn to open comes here, because others open on its NSGs before it; `null`: at once. */
  readonly openFrom: number | null;
  /** Closing is planned to begin here, because later there is no room for it; `null`: at the guard. */
  readonly closeFrom: number | null;
  /** When the window reached its end; `null` while it lives. */
  readonly concludedAt: number | null;
  /** Writes over HTTP that came with a key, the last ones; absent where there was none. */
  readonly keyed?: readonly KeyedWish[];
  /** What vouches for a group claim or an approval, which nobody can be asked for again. */
  readonly voucher?: Voucher;
  /** It waits, or has waited, for a second person. */
  readonly approval?: Approval;
};

/** A wish that came with a key, and the generation of the row that holds it first. */
export type KeyedWish = KeyedWrite & { readonly generation: number };

/** Was it written by a newer version? Such a row may be closed by marker, and opens nothing here. */
export function isNewer({ schema }: { readonly schema: number }): boolean {
  return schema > 2;
}

/** Why a window closes. The first reason stays. */
export type CloseReason =
  | 'expired'
  | 'deactivated'
  | 'neverOpened'
  | 'shadowed'
  | 'removedByOthers'
  | 'changedByOthers'
  | 'confirmationLost'
  | 'planFailed'
  | 'clockSkew'
  /** Policy as it is now would not grant it. */
  | 'policyChanged'
  /** A machine, its interface or its address is not what it was granted for. */
  | 'targetChanged'
  /** PIM does not list the activation any more, and no event said so. */
  | 'activationGone'
  /** Nobody approved it in time, or somebody said no. */
  | 'approvalExpired'
  | 'approvalDenied'
  /** What the row says is not what was signed. */
  | 'voucherInvalid'
  | 'asked';

/** The phases of one placement. */
export type PlacementPhase =
  /** In the plan; no PUT was ever begun. */
  | 'planned'
  /** A PUT was announced by `lastPutAt`; it may or may not have arrived. */
  | 'putting'
  /** Read back: our rule with exactly the planned content, and effective. */
  | 'open'
  /** To be deleted. */
  | 'closing'
  /** Read as gone, but a late PUT may still land: watched until `lastPutAt + settle`. */
  | 'gone'
  /** A lock forbade the delete; the rule stands with access Deny until the lock goes. */
  | 'disarmed'
  /** Read as gone, at least `settle` after the last PUT. The end. */
  | 'closed';

/** How a placement came to its end. */
export type ClosedKind = 'deleted' | 'neverPut' | 'nsgGone' | 'removedByOthers';

/** A DELETE of a rule as the activity log has it: when it was done (Azure's clock), and by whom. */
export type GoneBy = { readonly at: number; readonly caller: string };

/** One rule of ours in one NSG: the rule's whole life. */
export type Placement = {
  readonly nsgId: string;
  readonly slot: number;
  /** Exactly what is PUT, marker included. Its name is never used again. */
  readonly rule: SecurityRule;
  /**
   * The content of an extend that was announced: it, or still `rule`, stands in the NSG. `null`: no
   * extend of this placement is under way.
   */
  readonly nextRule: SecurityRule | null;
  readonly targets: readonly PlacementTarget[];
  readonly phase: PlacementPhase;
  /** Saved before each PUT that may take effect; `null` if there was none. */
  readonly lastPutAt: number | null;
  /** When the last DELETE was accepted; `null` if none was. */
  readonly lastDeleteAt: number | null;
  /** When a PUT with access Deny was last tried; `null` if never. */
  readonly disarmAt: number | null;
  readonly putCount: number;
  readonly deleteCount: number;
  /** When the first PUT was accepted, when it was proved open, when the first DELETE was accepted. */
  readonly putAcceptedAt: number | null;
  readonly openedAt: number | null;
  readonly deleteAcceptedAt: number | null;
  /**
   * When it was last known to stand: a read begun then showed it, or a DELETE sent then found it.
   * Absent in rows of before, and where it was never seen.
   */
  readonly seenAt?: number;
  /** Since when it is seen as gone, and when the read began that proved it closed. */
  readonly goneAt: number | null;
  readonly closedAt: number | null;
  readonly closedKind: ClosedKind | null;
  /** Who deleted it, where nobody saw it go before the deadline and the activity log tells. */
  readonly goneBy?: GoneBy;
  /** Since when the NSG itself could not be found. */
  readonly nsgMissingSince: number | null;
  /** The NSG would admit the same traffic without our rule (found when planned). */
  readonly admittedAnyway: boolean;
  /** The fault of the last attempt, `null` after a success. */
  readonly fault: FaultFacts | null;
  /** Consecutive attempts that ended in a fault: sets the pace of repeats. */
  readonly faults: number;
  /** Nothing is done before this; `null`: at once. Forgotten with each change of phase. */
  readonly notBefore: number | null;
  /** `Date` of the answer that last confirmed the activation for this rule. */
  readonly confirmedAt: number | null;
  /** Since when the activation is no longer listed; `null` while it is. */
  readonly unconfirmedSince: number | null;
  /** Names of the alarms raised for it: each is raised once. */
  readonly alarms: readonly AlarmName[];
  /** Of a window with a voucher: the signature over what was planned. */
  readonly seal?: Signed;
};

export type PlacementTarget = {
  readonly vmId: string;
  readonly vmGuid: string;
  readonly nicId: string;
  /** Private addresses, without prefix length. */
  readonly addresses: readonly string[];
};
