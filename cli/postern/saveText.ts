import { Ending, exitCodes } from './ending';
import type { Session } from './session';
import { plain } from './words';

/** Writes a file, over another one only where `replace` says so. Throws `Ending`. */
export async function saveText(
  { saveFile, remark }: Session,
  path: string,
  text: string,
  replace: boolean,
): Promise<void> {
  const fault = await saveFile(path, text, replace);
  if (fault === 'EEXIST') {
    throw new Ending(exitCodes.wrong, `${plain(path)} is there already: --force replaces it.`);
  }
  if (fault !== null) throw new Ending(exitCodes.wrong, `${plain(path)} is not written: ${fault}.`);
  remark(`${plain(path)} is written.`);
}
