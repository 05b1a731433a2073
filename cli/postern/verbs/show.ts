import { windowText } from '../describe';
import type { Session } from '../session';
import { wholeId } from '../wholeId';
import { readWindow } from '../windows';

/** Shows one window. Throws `Ending`. */
export async function show(session: Session, beginning: string): Promise<void> {
  const id = await wholeId(session.client, beginning);
  const { view, json } = await readWindow(session.client, id);
  session.tell(() => windowText(view, session.now(), session.colours), json);
}
