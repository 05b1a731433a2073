import type { Client } from './client';
import { Ending, exitCodes } from './ending';
import { readList } from './windows';

const wholeForm = /^[a-z2-7]{20}$/;
const beginningForm = /^[a-z2-7]{4,19}$/;
const pagesMax = 25;

/**
 * The whole id of a window whose id begins so: among the windows that live, and where none of them
 * does among those of the past. Throws `Ending` for none, and for several.
 */
export async function wholeId(client: Client, text: string): Promise<string> {
  const beginning = text.toLowerCase();
  if (wholeForm.test(beginning)) return beginning;
  if (!beginningForm.test(beginning)) {
    const message =
      'A window’s id is 20 of a to z and 2 to 7; its first four do if no other begins so.';
    throw new Ending(exitCodes.wrong, message);
  }
  return (
    (await among(client, beginning, {})) ??
    (await among(client, beginning, { all: 'true' })) ??
    none(beginning)
  );
}

async function among(
  client: Client,
  beginning: string,
  query: Readonly<Record<string, string>>,
): Promise<string | null> {
  const { list } = await readList(client, query, pagesMax);
  const ids = list.windows.map(({ id }) => id).filter((id) => id.startsWith(beginning));
  const [first = null, ...others] = new Set(ids);
  if (others.length > 0) {
    const message = `${others.length + 1} windows begin with ${beginning}: write more of the id.`;
    throw new Ending(
      exitCodes.wrong,
      `${message}\n  ${[first, ...others].slice(0, 10).join('\n  ')}`,
    );
  }
  if (list.next !== null) {
    throw new Ending(
      exitCodes.wrong,
      'There are too many windows to look through: write the whole id.',
    );
  }
  return first;
}

function none(beginning: string): never {
  const message = `No window that you may see begins with ${beginning}.\nNext: postern list --all`;
  throw new Ending(exitCodes.refused, message);
}
