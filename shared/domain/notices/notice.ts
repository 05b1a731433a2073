import type { TargetRefusal } from '../grant';
import type { RunNews } from '../remediation/runNews';

/** What people are told of, in the order in which it happens to a window. */
export const noticeKinds = [
  'breakGlass',
  'opened',
  'extended',
  'closingIn10',
  'closingIn2',
  'overrun',
  'closed',
  'refused',
] as const;

export type WindowNoticeKind = (typeof noticeKinds)[number];

/** `remediated`: a run of the remediation is over. */
export type NoticeKind = WindowNoticeKind | 'remediated';

/** Ways to people and machines. Each is told on its own: one that is down holds up no other. */
export const channelNames = ['teams', 'slack', 'webhook', 'topic'] as const;

export type ChannelName = (typeof channelNames)[number];

/** A request over HTTP that was refused: no window's row tells of it. Texts are cleaned and cut. */
export type RefusedAsk = {
  readonly at: number;
  readonly personId: string;
  readonly personName: string;
  readonly vms: readonly string[];
  readonly reason: string;
  readonly ticket: string;
  readonly refusal: { readonly code: string; readonly rule: string; readonly next: string };
  readonly targets: readonly TargetRefusal[];
  /** Refusals before this one that nobody was told of, because there were too many. */
  readonly mutedBefore: number;
};

/** One notice on its way to one channel. */
export type Delivery = {
  /** The same notice has the same id whenever and by whomever it is sent. */
  readonly notice: string;
  readonly kind: NoticeKind;
  readonly channel: ChannelName;
  /** `overtaken`: it would have told what was not so any more. `givenUp`: nobody took it for a day. */
  readonly state: 'due' | 'sent' | 'overtaken' | 'givenUp';
  /** When it was put on this list, epoch ms of the host's clock as all times here. */
  readonly owedAt: number;
  readonly tries: number;
  /** It is not tried before this. */
  readonly nextAt: number;
  /** When it came to its end; `null` while it is due. */
  readonly endedAt: number | null;
};

/**
 * What was told of one window, apart from the window's own row: whoever sends must never be in the
 * way of whoever closes. One row per window that lives or still owes a notice, one per refused
 * request, and one per run that is over; removed when nothing is owed any more.
 */
export type NoticesRow = {
  /** The id of a window or of a run of the remediation, or `ask-` and a hash. */
  readonly id: string;
  readonly createdAt: number;
  readonly ask: RefusedAsk | null;
  /** Of a run: what it came to, put together once. */
  readonly news?: RunNews;
  /** The deadline that was seen last, and since when it is known. */
  readonly deadline: { readonly until: number; readonly since: number } | null;
  readonly deliveries: readonly Delivery[];
  /** Somebody sends until then at the latest; 0: nobody does. */
  readonly claimedUntil: number;
};

/** How one channel does: told by whoever sends, read by whoever sends next, and by health. */
export type NoticeChannelRow = {
  readonly id: ChannelName;
  /** Since when nothing was taken; `null` while all is well. */
  readonly failingSince: number | null;
  readonly faults: number;
  /** Nothing is sent before this. */
  readonly notBefore: number;
  /** Code and status of the last fault; never an address, which may be a secret. */
  readonly code: string;
  readonly status: number;
  /** Notices that were given up in all, and when the last of them was; `null`: never. */
  readonly undelivered: number;
  readonly undeliveredAt: number | null;
};
