import { randomUUID } from 'node:crypto';
import { windowText } from '../describe';
import { dryRun } from '../dryRun';
import { Ending, exitCodes } from '../ending';
import { askAndFollow, preferOf } from '../follow';
import type { Session } from '../session';
import { wholeId } from '../wholeId';
import { readWindow, type Seen, seenWindow } from '../windows';
import { timeText } from '../words';

export type ExtendFlags = {
  /** ISO 8601. */
  readonly until?: string;
  /** Ms, added to the window's own `until`. */
  readonly by?: number;
  readonly reason: string;
  readonly wait: number;
  readonly key?: string;
  readonly dryRun?: boolean;
};

/** Moves a window's deadline and waits until every rule is proved with it. Throws `Ending`. */
export async function extend(
  session: Session,
  beginning: string,
  flags: ExtendFlags,
): Promise<void> {
  const { until: given, by, reason, wait, key = randomUUID() } = flags;
  if ((given === undefined) === (by === undefined)) {
    throw new Ending(exitCodes.wrong, 'Say either --until or --by.');
  }
  const id = await wholeId(session.client, beginning);
  const until = given ?? (await later(session, id, by ?? 0));
  const { prefer, waitMs } = preferOf(wait);
  const path = `windows/${id}/extend`;
  const body = { until, reason };
  const headers = { 'idempotency-key': key, prefer };
  if (flags.dryRun === true) return dryRun(session, { path, body, headers });
  const ask = async (): Promise<Seen> =>
    seenWindow(await session.client.send({ method: 'POST', path, body, headers, waitMs }));
  const { view, json } = await askAndFollow(session, ask, {
    seconds: wait,
    text: 'The window is extended',
    anyway: `Nobody waits any more; an extend that was granted goes on: postern show ${id}`,
    isOver: ({ view: one }) => one.phase !== 'open' || one.wantedUntil === one.until,
  });
  session.tell(() => windowText(view, session.now(), session.colours), json);
  if (isExtended(view.until, until)) return;
  if (view.phase !== 'open' || view.wantedUntil === view.until) {
    throw new Ending(exitCodes.refused, `The extend was dropped: ${view.until} is what holds.`);
  }
  const message = `Not proved within ${wait} s; until it is, the old deadline holds.`;
  throw new Ending(exitCodes.unfinished, message);
}

/** Reckoned once: whoever repeats the call by hand takes the time that is printed. */
async function later(session: Session, id: string, by: number): Promise<string> {
  const { view } = await readWindow(session.client, id);
  const until = new Date(Date.parse(view.until) + by).toISOString();
  session.remark(`Asks for ${timeText(until, session.now())}: --until ${until}`);
  return until;
}

/** Markers hold whole seconds. */
function isExtended(until: string, asked: string): boolean {
  return Math.floor(Date.parse(until) / 1_000) >= Math.floor(Date.parse(asked) / 1_000);
}
