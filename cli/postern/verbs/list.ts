import { listText } from '../describe';
import type { Session } from '../session';
import { readList } from '../windows';

export type ListFlags = {
  readonly state?: string;
  readonly person?: string;
  readonly vm?: string;
  /** ISO 8601. */
  readonly since?: string;
  readonly review?: boolean;
  readonly all?: boolean;
  readonly pages: number;
};

/** Lists the windows that the caller may see, all pages of them up to a limit. Throws `Ending`. */
export async function list(session: Session, flags: ListFlags): Promise<void> {
  const { state, person, vm, since, review, all, pages } = flags;
  const query = {
    ...(state === undefined ? {} : { state }),
    ...(person === undefined ? {} : { person }),
    ...(vm === undefined ? {} : { vm }),
    ...(since === undefined ? {} : { since }),
    ...(review === true ? { review: 'open' } : {}),
    ...(all === true ? { all: 'true' } : {}),
  };
  const { list: seen, json } = await readList(session.client, query, pages);
  session.tell(() => listText(seen.windows, session.now(), session.colours), json);
  if (seen.next !== null) {
    session.remark(
      `There are more than these ${seen.windows.length}: --since narrows, --pages adds.`,
    );
  }
  if (!seen.isWhole)
    session.remark('Resource Manager was silent: windows of others may be missing.');
}
