import type { Call } from './client';
import { callsText, windowText } from './describe';
import type { Session } from './session';
import { seenWindow } from './windows';

/** Asks what a call would do, and shows the window as it would be with what would be sent. */
export async function dryRun(
  session: Session,
  { path, body, headers }: Pick<Call, 'path' | 'body' | 'headers'>,
): Promise<void> {
  const query = { dryRun: 'true' };
  const asked: Call = {
    method: 'POST',
    path,
    query,
    ...(body && { body }),
    ...(headers && { headers }),
  };
  const { view, json } = seenWindow(await session.client.send(asked));
  const text = (): string => `${windowText(view, session.now(), session.colours)}\n`;
  session.tell(() => `${text()}${callsText(view)}`, json);
}
