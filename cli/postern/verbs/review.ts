import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { reviewSchema } from '../../../shared/contract/viewSchemas';
import type { Session } from '../session';
import { wholeId } from '../wholeId';
import { understood } from '../windows';
import { plain, timeText } from '../words';

export type ReviewFlags = { readonly remark?: string; readonly key?: string };

type Review = z.output<typeof reviewSchema>;

/** Shows what is to be looked into after the glass was broken, or closes it. Throws `Ending`. */
export async function review(
  session: Session,
  beginning: string,
  { remark, key = randomUUID() }: ReviewFlags,
): Promise<void> {
  const id = await wholeId(session.client, beginning);
  const path = `windows/${id}/review`;
  const json = await session.client.send(
    remark === undefined
      ? { path }
      : { method: 'POST', path, body: { remark }, headers: { 'idempotency-key': key } },
  );
  const read = understood(reviewSchema, json);
  session.tell(() => reviewText(read, session), json);
}

function reviewText(read: Review, session: Session): string {
  const { colours } = session;
  const now = session.now();
  const state = read.state === 'open' ? colours.red('OPEN') : colours.green('CLOSED');
  const machines = read.vms.map((one) => plain(one.slice(one.lastIndexOf('/') + 1), 80));
  const facts: [string, string][] = [
    ['machines', machines.join(', ')],
    ['used by', `${plain(read.usedBy.name, 80)} ${plain(read.usedBy.mail, 120)}`],
    ['reason', plain(read.reason)],
    ['rule', plain(read.policyRule)],
    ['since', timeText(read.openedAt, now)],
  ];
  if (read.closed !== null) {
    facts.push(['closed by', `${plain(read.closed.by, 80)}: ${plain(read.closed.remark)}`]);
  }
  return [
    `Review of window ${plain(read.window, 40)} is ${state}`,
    ...facts.map(([label, text]) => `  ${label.padEnd(10)} ${text}`),
  ].join('\n');
}
