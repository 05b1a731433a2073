import * as z from 'zod';
import { connectSchema } from '../../../shared/contract/viewSchemas';
import { saveText } from '../saveText';
import type { Session } from '../session';
import { wholeId } from '../wholeId';
import { understood } from '../windows';
import { plain, timeText } from '../words';

export type ConnectFlags = {
  readonly vm?: string;
  readonly rdp?: string;
  readonly force?: boolean;
};

const missing = z.array(z.looseObject({ code: z.string(), what: z.string(), next: z.string() }));

/** What this command prints of the help. */
const helpSchema = connectSchema.extend({
  sessions: z.string(),
  missing,
  vms: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      lines: z.array(z.looseObject({ via: z.string(), line: z.string(), note: z.string() })),
      rdp: z.looseObject({ find: z.string() }).nullish(),
      missing,
    }),
  ),
});
type Help = z.output<typeof helpSchema>;

/** Prints what leads to the machines of a window, or saves the `.rdp` of one. Throws `Ending`. */
export async function connect(
  session: Session,
  beginning: string,
  { vm, rdp, force }: ConnectFlags,
): Promise<void> {
  const id = await wholeId(session.client, beginning);
  const query = vm === undefined ? {} : { query: { vm } };
  if (rdp !== undefined) {
    const call = { path: `windows/${id}/connect.rdp`, wanted: 'rdp', ...query } as const;
    return saveText(session, rdp, String(await session.client.send(call)), force === true);
  }
  const json = await session.client.send({ path: `windows/${id}/connect`, ...query });
  const help = understood(helpSchema, json);
  session.tell(() => helpText(help, session), json);
}

function helpText({ window, phase, until, sessions, vms, missing: lacks }: Help, session: Session) {
  const { colours, now } = session;
  return [
    `Window ${plain(window, 40)} is ${phase.toUpperCase()}, until ${timeText(until, now())}`,
    ...missingLines(lacks, ''),
    ...vms.flatMap((vm) => [
      '',
      colours.bold(plain(vm.name, 80)),
      ...vm.lines.flatMap(({ via, line, note }) => [
        `  ${colours.dim(`# ${[plain(via, 20), plain(note)].filter((one) => one !== '').join(': ')}`)}`,
        `  ${plain(line, 4_000)}`,
      ]),
      ...(vm.rdp ? ['  --vm NAME --rdp FILE saves the file.', `  ${plain(vm.rdp.find)}`] : []),
      ...missingLines(vm.missing, '  '),
    ]),
    '',
    plain(sessions),
  ].join('\n');
}

function missingLines(all: z.output<typeof missing>, indent: string): string[] {
  return all.map(({ code, what, next }) => {
    return `${indent}! ${plain(what)} [${plain(code, 60)}] ${plain(next)}`;
  });
}
