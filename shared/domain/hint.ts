/** A hint that intake works on: something an event told us, not believed before it is confirmed. */
export type HintRow = {
  /** Intake id: hash of the event's id. */
  readonly id: string;
  readonly kind: 'look' | 'end';
  readonly roleAssignmentId: string;
  /** The event's own time and the time it reached us, epoch ms. */
  readonly eventAt: number;
  readonly receivedAt: number;
  readonly nextLook: number;
  readonly looks: number;
  /** How it ended; `null` while intake works on it. Codes, never prose of others. */
  readonly outcome: string | null;
  readonly windowId: string | null;
  /** Answers in a row: above zero those that lacked the activation, below zero those that showed it. */
  readonly lacks: number;
  /** Absent: an event told us. Else reconcile found it by itself. */
  readonly from?: 'reconcile';
};

/** An address seen in somebody's own activation request. It counts only when the request is confirmed. */
export type AddressHintRow = {
  /** Key of the request: hash of its lower-case name. */
  readonly id: string;
  readonly requestName: string;
  readonly scope: string;
  readonly objectId: string;
  readonly address: string;
  readonly eventAt: number;
  readonly receivedAt: number;
  /** A second, different hint under the same name voids both. */
  readonly void: boolean;
};

/** A delete hint by role assignment. */
export type EndHintRow = {
  /** `assignmentKey` of the role assignment. */
  readonly id: string;
  readonly eventAt: number;
  readonly receivedAt: number;
  /** `open`: unjudged, blocks PUTs. `ended`: confirmed gone. `unfounded`: still listed after two minutes. */
  readonly state: 'open' | 'ended' | 'unfounded';
};
