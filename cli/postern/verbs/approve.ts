import { randomUUID } from 'node:crypto';
import { windowText } from '../describe';
import { Ending, exitCodes } from '../ending';
import { askAndFollow, preferOf } from '../follow';
import { refusalLines } from '../judgeReply';
import type { Session } from '../session';
import { wholeId } from '../wholeId';
import { type Seen, seenWindow } from '../windows';

export type ApproveFlags = {
  readonly reason?: string;
  readonly wait: number;
  readonly key?: string;
};
export type DenyFlags = { readonly reason: string; readonly key?: string };

const underWay = ['planned', 'opening'];

/** Agrees to a request and waits until its window is proved open. Throws `Ending`. */
export async function approve(
  session: Session,
  beginning: string,
  { reason, wait, key = randomUUID() }: ApproveFlags,
): Promise<void> {
  const id = await wholeId(session.client, beginning);
  const { prefer, waitMs } = preferOf(wait);
  const body = reason === undefined ? {} : { remark: reason };
  const headers = { 'idempotency-key': key, prefer };
  const path = `windows/${id}/approve`;
  const ask = async (): Promise<Seen> =>
    seenWindow(await session.client.send({ method: 'POST', path, body, headers, waitMs }));
  const { view, json } = await askAndFollow(session, ask, {
    seconds: wait,
    text: 'The window opens',
    anyway: `Nobody waits any more; a window that was approved opens all the same: postern show ${id}`,
    isOver: ({ view: one }) => !underWay.includes(one.phase),
  });
  if (view.phase === 'refused') {
    const reasons = refusalLines(view.refusals).join('\n');
    throw new Ending(exitCodes.refused, `Window ${view.id} was refused.\n${reasons}`, json);
  }
  session.tell(() => windowText(view, session.now(), session.colours), json);
  if (!underWay.includes(view.phase)) return;
  const message = `Not proved open within ${wait} s; it opens all the same: postern show ${id}`;
  throw new Ending(exitCodes.unfinished, message);
}

/** Says no to a request: that is its end. Throws `Ending`. */
export async function deny(
  session: Session,
  beginning: string,
  { reason, key = randomUUID() }: DenyFlags,
): Promise<void> {
  const id = await wholeId(session.client, beginning);
  const headers = { 'idempotency-key': key };
  const path = `windows/${id}/deny`;
  const call = { method: 'POST', path, body: { reason }, headers } as const;
  const { view, json } = seenWindow(await session.client.send(call));
  session.tell(() => windowText(view, session.now(), session.colours), json);
}
