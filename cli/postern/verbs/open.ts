import { randomUUID } from 'node:crypto';
import { windowText } from '../describe';
import { dryRun } from '../dryRun';
import { Ending, exitCodes } from '../ending';
import { askAndFollow, preferOf } from '../follow';
import { refusalLines } from '../judgeReply';
import type { Session } from '../session';
import { type Seen, seenWindow } from '../windows';

export type OpenFlags = {
  readonly for: string;
  readonly reason: string;
  readonly ports?: readonly string[];
  readonly ticket?: string;
  readonly source?: string;
  readonly breakGlass?: boolean;
  readonly wait: number;
  readonly key?: string;
  readonly dryRun?: boolean;
};

const underWay = ['planned', 'opening'];

/** Opens a window and waits until it is proved open. Throws `Ending` for every other end. */
export async function open(
  session: Session,
  vms: readonly string[],
  flags: OpenFlags,
): Promise<void> {
  const { reason, ports, ticket, source } = flags;
  const body = {
    vms,
    duration: flags.for,
    reason,
    ...(ports === undefined ? {} : { ports }),
    ...(ticket === undefined ? {} : { ticket }),
    ...(source === undefined ? {} : { source }),
    ...(flags.breakGlass === true ? { breakGlass: true } : {}),
  };
  const key = flags.key ?? randomUUID();
  if (flags.dryRun === true) {
    return dryRun(session, { path: 'windows', body, headers: { 'idempotency-key': key } });
  }
  // Before the call: it is needed most where no answer comes.
  session.remark(`Idempotency-Key ${key}: the same call with --key ${key} is the same window.`);
  const { prefer, waitMs } = preferOf(flags.wait);
  const headers = { 'idempotency-key': key, prefer };
  const ask = async (): Promise<Seen> =>
    seenWindow(
      await session.client.send({ method: 'POST', path: 'windows', body, headers, waitMs }),
    );
  const seen = await askAndFollow(session, ask, {
    seconds: flags.wait,
    text: 'The window opens',
    anyway: `Nobody waits any more; a window that was granted opens all the same: postern list`,
    isOver: ({ view }) => !underWay.includes(view.phase),
  });
  endOf(session, seen, flags.wait);
}

function endOf(session: Session, { view, json }: Seen, seconds: number): void {
  if (view.phase === 'refused') {
    const reasons = refusalLines(view.refusals).join('\n');
    throw new Ending(exitCodes.refused, `Window ${view.id} was refused.\n${reasons}`, json);
  }
  session.tell(() => windowText(view, session.now(), session.colours), json);
  if (view.phase === 'open') return;
  if (view.phase === 'awaitingApproval') {
    const message = 'It waits for a second person, who says: postern approve';
    throw new Ending(exitCodes.unfinished, `${message} ${view.id}`);
  }
  if (underWay.includes(view.phase)) {
    const message = `Not proved open within ${seconds} s; it opens all the same: postern show`;
    throw new Ending(exitCodes.unfinished, `${message} ${view.id}`);
  }
  throw new Ending(exitCodes.refused, 'This request had its window, and that one ends or is over.');
}
