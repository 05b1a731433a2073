import { randomUUID } from 'node:crypto';
import { Ending, exitCodes } from '../ending';
import { followRun } from '../followRun';
import { runText, seenRun } from '../runs';
import type { Session } from '../session';

export type RemediateFlags = {
  readonly reason: string;
  readonly scope?: readonly string[];
  readonly dryRun?: boolean;
  readonly forReal?: boolean;
  readonly follow?: boolean;
  readonly key?: string;
};

/** Asks for a run; a dry one unless it is said to be for real. Throws `Ending`. */
export async function remediate(session: Session, flags: RemediateFlags): Promise<void> {
  const { reason, scope, dryRun, forReal, follow, key = randomUUID() } = flags;
  if (dryRun === true && forReal === true) {
    throw new Ending(exitCodes.wrong, 'A run is dry or for real: leave one of them out.');
  }
  const body = {
    reason,
    dryRun: forReal !== true,
    ...(scope === undefined ? {} : { scopes: scope }),
  };
  // Before the call: it is needed most where no answer comes.
  session.remark(`Idempotency-Key ${key}: the same call with --key ${key} is the same run.`);
  const headers = { 'idempotency-key': key };
  const json = await session.client.send({ method: 'POST', path: 'remediations', body, headers });
  const seen = seenRun(json);
  if (follow === true) return followRun(session, seen);
  session.tell(() => runText(seen.view, session), json);
}
