import { hashId } from '../identity';

/**
 * A write that came with an Idempotency-Key, as it is remembered: hashes, nothing of what was sent.
 * Plain data.
 */
export type KeyedWrite = {
  /** Of the caller, what was asked for and the key: nobody meets the keys of others. */
  readonly key: string;
  /** Of what the body meant, however it was written. */
  readonly body: string;
};

/** `repeat`: it was done before. `reused`: the key belongs to another body. */
export type Repeat = 'new' | 'repeat' | 'reused';

/** So many are remembered in one place; of more than these the oldest are forgotten. */
export const keyedMax = 32;

/** `body`: plain data, read and normalised; its members in an order that is always the same. */
export function keyedWrite(
  callerId: string,
  verb: 'extend' | 'close' | 'close-all' | 'approve' | 'deny' | 'review',
  key: string,
  body: unknown,
): KeyedWrite {
  return {
    key: hashId(`${verb}|${callerId.toLowerCase()}|${key}`),
    body: hashId(JSON.stringify(body)),
  };
}

/** What a write is to those that are known. Without a key every write is new. */
export function repeatOf(
  known: readonly KeyedWrite[] | undefined,
  write: KeyedWrite | null,
): Repeat {
  const same = write === null ? undefined : known?.find(({ key }) => key === write.key);
  if (same === undefined) return 'new';
  return same.body === write?.body ? 'repeat' : 'reused';
}

/** Those that are known and this one, which takes the place of an earlier one of its key. */
export function remembered<Write extends KeyedWrite>(
  known: readonly Write[] | undefined,
  write: Write,
): readonly Write[] {
  const others = (known ?? []).filter(({ key }) => key !== write.key);
  return [...others.slice(1 - keyedMax), write];
}
