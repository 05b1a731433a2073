import type { Asked } from '../request/asked';

/** What a row carries beside the grant where somebody's word, given once, has to be kept. Plain data. */

/** Ed25519 by one version of the app's key; base64url without padding, 86 characters. */
export type Signed = { readonly keyVersion: number; readonly signature: string };

/**
 * What stands for a group claim or an approval: both were seen once and cannot be asked for again.
 * It signs the whole grant, so that a row which was made up or changed opens nothing.
 */
export type Voucher = Signed & {
  /** The latest deadline that was granted, epoch ms. */
  readonly until: number;
  /** Epoch ms. */
  readonly issuedAt: number;
};

/** Somebody by both of the names that tell people apart. */
export type KnownPerson = { readonly objectId: string; readonly tenantId: string };

/** A second person's word on a request: what is asked of whom, until when, and what was said. */
export type Approval = {
  readonly requester: KnownPerson;
  /** Object ids of the groups whose members may approve it, as policy named them. */
  readonly groups: readonly string[];
  /** Epoch ms by the host's clock. */
  readonly expiresAt: number;
  /** What was asked for, and from where: judged again when it is approved. */
  readonly asked: Asked;
  readonly address: string | null;
  readonly answer: ApprovalAnswer | null;
};

export type ApprovalAnswer = {
  readonly kind: 'approved' | 'denied';
  readonly by: KnownPerson;
  /** Cleaned and cut; empty where the token does not say. */
  readonly name: string;
  /** The group by which they may. */
  readonly groupId: string;
  readonly at: number;
  readonly remark: string;
};
