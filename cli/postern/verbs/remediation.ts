import type { Wanted } from '../judgeReply';
import { Ending, exitCodes } from '../ending';
import { followRun } from '../followRun';
import { readRun, readRuns, runsText, runText, seenRun, wholeRunId } from '../runs';
import { saveText } from '../saveText';
import type { Session } from '../session';

export type RemediationFlags = {
  readonly follow?: boolean;
  readonly report?: 'json' | 'csv' | 'html';
  readonly output?: string;
  readonly outcome?: string;
  readonly why?: string;
  readonly force?: boolean;
};

/** A report of 50,000 VMs is read from over a thousand rows. */
const reportWaitMs = 180_000;

/** Lists runs, the newest first. Throws `Ending`. */
export async function remediations(
  session: Session,
  { pages }: { readonly pages: number },
): Promise<void> {
  const { runs, next, json } = await readRuns(session.client, pages);
  session.tell(() => runsText(runs, session), json);
  if (next !== null) session.remark(`There are more than these ${runs.length}: --pages adds.`);
}

/** Shows a run, follows it to its end, or saves its report. Throws `Ending`. */
export async function remediation(
  session: Session,
  beginning: string,
  flags: RemediationFlags,
): Promise<void> {
  if (flags.report === undefined && flags.output !== undefined) {
    throw new Ending(exitCodes.wrong, 'Say which report: --report csv, html or json.');
  }
  if (flags.report !== undefined && flags.output === undefined) {
    throw new Ending(exitCodes.wrong, `Name a file for it: --output night.${flags.report}.`);
  }
  const id = await wholeRunId(session.client, beginning);
  if (flags.report !== undefined) return saveReport(session, id, flags);
  const seen = await readRun(session.client, id);
  if (flags.follow === true) return followRun(session, seen);
  session.tell(() => runText(seen.view, session), seen.json);
}

/** Ends a run: nothing new is begun in it. Throws `Ending`. */
export async function cancelRemediation(
  session: Session,
  beginning: string,
  { reason }: { readonly reason?: string },
): Promise<void> {
  const id = await wholeRunId(session.client, beginning);
  const json = await session.client.send({
    method: 'POST',
    path: `remediations/${id}/cancel`,
    body: reason === undefined ? {} : { reason },
  });
  const { view } = seenRun(json);
  session.tell(() => runText(view, session), json);
  if (view.phase !== 'cancelled') {
    session.remark(`It ends when what was sent is done: postern remediation ${id} --follow`);
  }
}

const wanted = { json: 'jsonText', csv: 'csv', html: 'html' } as const satisfies Record<
  NonNullable<RemediationFlags['report']>,
  Wanted
>;

async function saveReport(session: Session, id: string, flags: RemediationFlags): Promise<void> {
  const { report = 'json', output = '', outcome, why, force } = flags;
  const text = await session.client.send({
    path: `remediations/${id}/report`,
    query: {
      format: report,
      ...(outcome === undefined ? {} : { outcome }),
      ...(why === undefined ? {} : { reason: why }),
    },
    wanted: wanted[report],
    waitMs: reportWaitMs,
  });
  return saveText(session, output, String(text), force === true);
}
