import type { AddressHintRow, EndHintRow, HintRow } from '../domain/hint';
import type { Heartbeat } from '../domain/sweep/heartbeat';
import type { ReviewRow } from '../domain/review';
import type { LiveRow } from '../domain/live';
import type { MetaRow } from '../domain/meta';
import type { NoticeChannelRow, NoticesRow } from '../domain/notices/notice';
import type { TurnRow } from '../domain/calendar/turn';
import type { AnswersRow } from '../domain/request/keyedCloseAll';
import type { WindowRow } from '../domain/window/windowRow';

/** A row with the version it was read in. */
export type Stored<Row> = { readonly row: Row; readonly etag: string };

/** One table. Every function throws `Fault` when storage cannot be reached. */
export type Table<Row extends { readonly id: string }> = {
  /** `exists` if a row with this id is there, whatever it holds. */
  insert(row: Row): Promise<Stored<Row> | 'exists'>;
  get(id: string): Promise<Stored<Row> | null>;
  /** Writes `row` if the stored version is still `etag`; `changed` otherwise, also if it is gone. */
  replace(row: Row, etag: string): Promise<Stored<Row> | 'changed'>;
  /** Removes the row if the stored version is still `etag`. */
  remove(id: string, etag: string): Promise<'removed' | 'changed'>;
  /** All rows, in no order. */
  list(): Promise<Stored<Row>[]>;
};

/** What must outlive a crash. */
export type Ledger = {
  /** Every window that was ever granted or refused; closed ones stay as tombstones. */
  readonly windows: Table<WindowRow>;
  /** A small row for each window and intake that is not at its end: what timers read. */
  readonly live: Table<LiveRow>;
  /** Hints that intake works on. */
  readonly hints: Table<HintRow>;
  /** Addresses seen in activation requests, by request name. */
  readonly addresses: Table<AddressHintRow>;
  /** Delete hints by role assignment: while one is unjudged, no PUT is confirmed. */
  readonly endHints: Table<EndHintRow>;
  /** What is true of the ledger as a whole: one row. */
  readonly meta: Table<MetaRow>;
  /** The sweeper app's one row: that it lives, and which keys it can verify. */
  readonly heartbeats: Table<Heartbeat>;
  /** What callers' keys have come to, where no window holds them: a row for each caller. */
  readonly answers: Table<AnswersRow>;
  /** Whose turn it is to write to an NSG, by hash of its id. Nothing but requests depends on it. */
  readonly turns: Table<TurnRow>;
  /** What is owed and was told of windows, one row each while anything is: read whole by one timer. */
  readonly notices: Table<NoticesRow>;
  /** How each channel of notices does. */
  readonly noticeChannels: Table<NoticeChannelRow>;
  /** What somebody else has to look into after the glass was broken, by window; kept for good. */
  readonly reviews: Table<ReviewRow>;
};
