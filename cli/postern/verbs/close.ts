import { randomUUID } from 'node:crypto';
import { windowText } from '../describe';
import { dryRun } from '../dryRun';
import { Ending, exitCodes } from '../ending';
import { askAndFollow, preferOf } from '../follow';
import type { Session } from '../session';
import { wholeId } from '../wholeId';
import { type Seen, seenWindow } from '../windows';

export type CloseFlags = {
  readonly reason?: string;
  readonly wait: number;
  readonly key?: string;
  readonly dryRun?: boolean;
};

/** Closes a window and waits until each of its rules is read as gone. Throws `Ending`. */
export async function close(
  session: Session,
  beginning: string,
  { reason, wait, key = randomUUID(), dryRun: isDry = false }: CloseFlags,
): Promise<void> {
  const id = await wholeId(session.client, beginning);
  const { prefer, waitMs } = preferOf(wait);
  const body = reason === undefined ? {} : { reason };
  const path = `windows/${id}/close`;
  const headers = { 'idempotency-key': key, prefer };
  if (isDry) return dryRun(session, { path, body, headers });
  const ask = async (): Promise<Seen> =>
    seenWindow(await session.client.send({ method: 'POST', path, body, headers, waitMs }));
  const { view, json } = await askAndFollow(session, ask, {
    seconds: wait,
    text: 'The window closes',
    anyway: `Nobody waits any more; a window that was told to closes all the same: postern show ${id}`,
    isOver: isGone,
  });
  session.tell(() => windowText(view, session.now(), session.colours), json);
  if (isGone({ view })) return;
  const message = `Not read as gone within ${wait} s; it closes all the same: postern show ${id}`;
  throw new Ending(exitCodes.unfinished, message);
}

/** As the API judges it: concluded, or each rule read as gone; a Deny in its place is not gone. */
function isGone({ view: { outcome, rules } }: Pick<Seen, 'view'>): boolean {
  if (outcome !== null) return true;
  return rules.length > 0 && rules.every(({ phase }) => phase === 'gone' || phase === 'closed');
}
