import type { Client } from './client';
import { Ending, exitCodes } from './ending';
import type { Session } from './session';
import { readWindow, type Seen } from './windows';

/** The API waits so long itself, at most. */
const apiWaitMaxSeconds = 60;
const paceMs = 2_000;

/** How long to wait for what was asked, and what to say of it. */
export type Waiting = {
  readonly seconds: number;
  /** "opens": what is waited for. */
  readonly text: string;
  /** What goes on all the same when nobody waits any more. */
  readonly anyway: string;
  readonly isOver: (seen: Seen) => boolean;
};

/** The header that lets the API wait, and how long it may then take. */
export function preferOf(seconds: number): { readonly prefer: string; readonly waitMs: number } {
  const wait = Math.min(seconds, apiWaitMaxSeconds);
  return { prefer: wait === 0 ? 'respond-async' : `wait=${wait}`, waitMs: wait * 1_000 };
}

/**
 * Asks for something and follows the window until that is done or the time is over, whichever is
 * first; answers the window as it then stands. Ctrl-C ends it with the word on what goes on anyway.
 */
export async function askAndFollow(
  { client, now, progress }: Session,
  ask: () => Promise<Seen>,
  { seconds, text, anyway, isOver }: Waiting,
): Promise<Seen> {
  const line = progress(text);
  const endAt = now() + seconds * 1_000;
  try {
    let seen = await ask();
    while (!isOver(seen) && now() < endAt) {
      line.say(`${text} (${seen.view.phase})`);
      await client.pause(Math.min(paceMs, endAt - now()));
      seen = await lookAgain(client, seen);
    }
    return seen;
  } catch (error) {
    if (!(error instanceof Ending) || error.exitCode !== exitCodes.interrupted) throw error;
    throw new Ending(exitCodes.interrupted, anyway);
  } finally {
    line.stop();
  }
}

/** Where the API is out of reach for once, the next look may find it. */
async function lookAgain(client: Client, seen: Seen): Promise<Seen> {
  try {
    return await readWindow(client, seen.view.id);
  } catch (error) {
    if (error instanceof Ending && error.exitCode === exitCodes.unreached) return seen;
    throw error;
  }
}
