import { randomUUID } from 'node:crypto';
import { closeAllWords } from '../../../shared/contract/requestBodies';
import { closingListSchema } from '../../../shared/contract/viewSchemas';
import { Ending, exitCodes } from '../ending';
import type { Session } from '../session';
import { understood } from '../windows';
import { plain } from '../words';

export type CloseAllFlags = {
  readonly reason: string;
  readonly confirm?: string;
  readonly person?: string;
  readonly scope?: string;
  readonly key?: string;
};

/** Closes all that the caller administers, once the words are typed. Throws `Ending`. */
export async function closeAll(session: Session, flags: CloseAllFlags): Promise<void> {
  const { reason, person, scope, key = randomUUID() } = flags;
  const confirm = flags.confirm ?? (await typed(session));
  if (confirm.trim() !== closeAllWords) {
    throw new Ending(exitCodes.wrong, `Nothing was closed: write "${closeAllWords}".`);
  }
  const body = {
    confirm: closeAllWords,
    reason,
    ...(person === undefined ? {} : { person }),
    ...(scope === undefined ? {} : { scope }),
  };
  const headers = { 'idempotency-key': key };
  const call = { method: 'POST', path: 'windows/close-all', body, headers } as const;
  const json = await session.client.send(call);
  const { closing, isWhole, windows } = understood(closingListSchema, json);
  const lines = windows.map(({ id }) => `  ${plain(id, 40)}`);
  session.tell(
    () => [closing === 1 ? '1 window closes.' : `${closing} windows close.`, ...lines].join('\n'),
    json,
  );
  if (!isWhole) session.remark('Resource Manager was silent: windows of others may be missing.');
}

async function typed({ isTerminal, ask }: Session): Promise<string> {
  if (!isTerminal.stdin || !isTerminal.stderr) {
    throw new Ending(
      exitCodes.wrong,
      `Nobody can be asked here: add --confirm "${closeAllWords}".`,
    );
  }
  return ask(`This closes every window that is meant. Type "${closeAllWords}": `);
}
