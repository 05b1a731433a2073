import type { Refusal } from '../../shared/domain/refusal';
import type { KeyedWrite } from '../../shared/domain/request/keyedWrite';
import type { WindowRow } from '../../shared/domain/window/windowRow';

/** Who wishes, and why, in one line of their own words. */
export type WishedBy = {
  /** Object id of the person or app; whether it may ask is the door's business. */
  readonly by: string;
  readonly reason: string;
  /** The key that the wish came with: it is taken once. */
  readonly keyed?: KeyedWrite | null;
};

/** What became of a wish. Plain data. */
export type WishAnswer =
  /** The row as it is now. `changed`: this very call wrote the wish; else it stood there before. */
  | { readonly kind: 'accepted'; readonly row: WindowRow; readonly changed: boolean }
  | { readonly kind: 'refused'; readonly row: WindowRow; readonly refusal: Refusal }
  /** The key that it came with belongs to another wish. */
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'notFound' };
