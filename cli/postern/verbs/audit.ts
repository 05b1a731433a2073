import { verificationSchema } from '../../../shared/contract/viewSchemas';
import { Ending, exitCodes } from '../ending';
import { saveText } from '../saveText';
import type { Session } from '../session';
import { understood } from '../windows';
import { plain } from '../words';

export type AuditFlags = {
  /** ISO 8601. */
  readonly since?: string;
  readonly until?: string;
  readonly person?: string;
  readonly vm?: string;
  readonly window?: string;
  readonly csv?: boolean;
  readonly out?: string;
  readonly force?: boolean;
  readonly verify?: boolean;
};

/**
 * Saves the records of a period, as they are stored, for `npm run audit -- verify`; or has the app
 * walk every chain of it. Throws `Ending`: `refused` where a chain is broken.
 */
export async function audit(session: Session, flags: AuditFlags): Promise<void> {
  const { since, until, person, vm, window } = flags;
  const query = {
    ...(since === undefined ? {} : { from: since }),
    ...(until === undefined ? {} : { to: until }),
    ...(person === undefined ? {} : { person }),
    ...(vm === undefined ? {} : { vm }),
    ...(window === undefined ? {} : { window }),
  };
  return flags.verify === true ? verify(session, query) : save(session, query, flags);
}

type Query = Readonly<Record<string, string>>;

async function save(session: Session, query: Query, flags: AuditFlags): Promise<void> {
  const { out, force, csv } = flags;
  if (out === undefined) {
    throw new Ending(exitCodes.wrong, 'Name a file to save it in: --out audit.jsonl.');
  }
  const wanted = csv === true ? 'csv' : 'records';
  const asked = csv === true ? { ...query, format: 'csv' } : query;
  const text = String(await session.client.send({ path: 'audit', query: asked, wanted }));
  return saveText(session, out, text, force === true);
}

async function verify(session: Session, query: Query): Promise<void> {
  const json = await session.client.send({ path: 'audit/verify', query });
  const { intact, files, records, faults } = understood(verificationSchema, json);
  const said = `${records} records in ${files} files`;
  if (intact) {
    session.tell(() => `Intact: ${said}.`, json);
    return;
  }
  const lines = faults
    .slice(0, 50)
    .map(({ chain, what, next }) => `  ${plain(chain, 120)}: ${plain(what)} Next: ${plain(next)}`);
  throw new Ending(exitCodes.refused, [`Broken: ${said}.`, ...lines].join('\n'), json);
}
