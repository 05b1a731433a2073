import type * as z from 'zod';
import { readinessSchema } from '../../../shared/contract/remediation/remediationSchemas';
import { Ending, exitCodes } from '../ending';
import { saveText } from '../saveText';
import type { Session } from '../session';
import { understood } from '../windows';
import { plain, shortTime } from '../words';

export type ReadinessFlags = {
  readonly rdp?: string;
  readonly csv?: string;
  readonly force?: boolean;
};

type Readiness = z.output<typeof readinessSchema>;

/** Fifty pages of the index, and more while closes go first. */
const estateWaitMs = 180_000;

/**
 * Shows how ready a VM is, or saves its file for Remote Desktop, or that of the whole estate.
 * Throws `Ending`: `refused` where something is missing that it needs.
 */
export async function readiness(
  session: Session,
  vm: string | undefined,
  { rdp, csv, force }: ReadinessFlags,
): Promise<void> {
  const replace = force === true;
  if (csv !== undefined) {
    if (vm !== undefined) throw wrong('The CSV is of every VM: leave out the one.');
    const call = { path: 'readiness.csv', wanted: 'csv', waitMs: estateWaitMs } as const;
    return saveText(session, csv, String(await session.client.send(call)), replace);
  }
  if (vm === undefined) throw wrong('Name a VM by its id, or a file for all of them: --csv FILE.');
  if (!vm.startsWith('/')) throw wrong('Write the whole id of the VM: /subscriptions/…');
  const json = await session.client.send({ path: 'readiness', query: { vm } });
  const read = understood(readinessSchema, json);
  if (rdp !== undefined) {
    if (read.rdp === null) {
      throw new Ending(exitCodes.refused, 'There is no file for Remote Desktop of this VM.', json);
    }
    return saveText(session, rdp, read.rdp.text, replace);
  }
  session.tell(() => readinessText(read, session), json);
  if (read.state === 'notReady') {
    throw new Ending(exitCodes.refused, 'It is not ready for sign-in with Entra ID.');
  }
}

const marks = { ok: '+', missing: '!', unknown: '?', notAssessed: '-' } as const;

function readinessText(read: Readiness, { colours }: Session): string {
  const state = read.state === 'ready' ? colours.green('READY') : colours.red(read.state);
  const lines = read.facts.flatMap(({ part, state: is, what, next, from }) => [
    `  ${marks[is]} ${part.padEnd(13)} ${plain(what)}${from === null ? '' : ` (${plain(from, 20)})`}`,
    ...(next === '' ? [] : [`    ${''.padEnd(13)} ${plain(next)}`]),
  ]);
  const sources = Object.entries(read.sources).map(
    ([name, of]) => `  ${plain(name, 20)}: ${plain(of)}`,
  );
  return [
    `${plain(read.name, 100)} (${plain(read.os.name, 100)}) is ${state}, read ${shortTime(read.readAt)}`,
    ...lines,
    'Where it comes from:',
    ...sources,
    plain(read.note),
  ].join('\n');
}

function wrong(message: string): Ending {
  return new Ending(exitCodes.wrong, message);
}
