import { Ending, exitCodes } from './ending';
import { progressText, readRun, runText, type SeenRun } from './runs';
import type { Session } from './session';

const paceMs = 5_000;

/**
 * Follows a run to its end and shows it. A look that fails is made again; Ctrl-C leaves the run to
 * itself. Throws `Ending`: `refused` where it was cancelled or could not do its work.
 */
export async function followRun(session: Session, first: SeenRun): Promise<void> {
  const { client, progress } = session;
  const line = progress(progressText(first.view));
  let seen = first;
  try {
    while (!isOver(seen)) {
      await client.pause(paceMs);
      seen = await lookAgain(session, seen);
      line.say(progressText(seen.view));
    }
  } catch (error) {
    if (!(error instanceof Ending) || error.exitCode !== exitCodes.interrupted) throw error;
    const { id } = seen.view;
    const message = `Nobody looks any more; the run goes on: postern remediation ${id} --follow`;
    throw new Ending(
      exitCodes.interrupted,
      `${message}\nTo end it: postern remediation cancel ${id}`,
    );
  } finally {
    line.stop();
  }
  endOf(session, seen);
}

/** Shows a run that is over. Throws `Ending` where that is no good end. */
function endOf(session: Session, { view, json }: SeenRun): void {
  session.tell(() => runText(view, session), json);
  if (view.trouble !== null) {
    throw new Ending(exitCodes.refused, 'The run could not do its work.');
  }
  if (view.phase === 'cancelled') throw new Ending(exitCodes.refused, 'The run was cancelled.');
}

async function lookAgain({ client }: Session, seen: SeenRun): Promise<SeenRun> {
  try {
    return await readRun(client, seen.view.id);
  } catch (error) {
    if (error instanceof Ending && error.exitCode === exitCodes.unreached) return seen;
    throw error;
  }
}

function isOver({ view: { phase } }: SeenRun): boolean {
  return phase === 'done' || phase === 'cancelled';
}
