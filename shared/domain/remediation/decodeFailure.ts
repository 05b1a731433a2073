import { cleanText } from '../text';
import { type ArmFailure, armFailures } from './armFailures';
import type { CloudName } from './endpoints';
import type { EntryError } from './entry';
import { exitCodesIn } from './exitCodesIn';
import type { Failure } from './failure';
import { type HandlerFailure, handlerFailures } from './handlerFailures';
import { whereToLook, type WhereToLook } from './whereToLook';

export type DecodedFailure = Failure & {
  /** Of the handler, signed; `null`: none was told. */
  readonly exitCode: number | null;
  /** Azure's own words, clean and short. */
  readonly said: string;
  /** `null`: Azure refused, and the VM knows nothing of it; or its OS is not known. */
  readonly look: WhereToLook | null;
};

/** What is known of the machine that failed. */
export type FailedOn = {
  readonly family: Family | 'unknown';
  readonly cloud: CloudName;
};

type Family = HandlerFailure['family'];

/**
 * What an error of Azure means and what is to be done about it. `status` 0 and 2xx: reported later,
 * by the operation or by the VM; anything else: the write itself was refused. What no row of the
 * tables knows is told as unknown, with Azure's words, and never guessed. Total: any text will do.
 */
export function decodeFailure(error: EntryError, on: FailedOn): DecodedFailure {
  const said = { ...error, code: cleanText(error.code, 80), message: tidy(error.message) };
  const row = find(said);
  if (row !== undefined) {
    return told(row, said, row.onVm === true, { ...on, family: familyOf(said.message, on) });
  }
  return isFromHandler(said) ? ofHandler(said, on) : told(unknown(said), said, false, on);
}

function find(error: EntryError): ArmFailure | undefined {
  const rows: readonly ArmFailure[] = armFailures.rows;
  const code = error.code.toLowerCase();
  return rows.find(
    ({ status, codes, text }) =>
      (status === undefined || status === error.status) &&
      (codes === undefined || codes.some((one) => one.toLowerCase() === code)) &&
      (text === undefined || text.test(error.message)),
  );
}

/** The codes under which handlers' failures arrive: two of Azure's, or the handler's own number. */
const handlerCode =
  /^(?:VMExtensionHandlerNonTransientError|VMExtensionProvisioningError|-?\d+)?$/i;

function isFromHandler({ status, code }: EntryError): boolean {
  return status < 300 && handlerCode.test(code);
}

function ofHandler(error: EntryError, on: FailedOn): DecodedFailure {
  const family = familyOf(error.message, on);
  const all: readonly HandlerFailure[] = handlerFailures.rows;
  const rows = all.filter((row) => family === 'unknown' || row.family === family);
  const exitCodes = exitCodesOf(error);
  for (const exitCode of exitCodes) {
    const [row, ...others] = rows.filter((one) => one.exitCode === exitCode);
    if (row === undefined) continue;
    return others.length === 0
      ? told(row, error, true, { ...on, family: row.family }, exitCode)
      : told(twofold([row, ...others], exitCode), error, true, { ...on, family }, exitCode);
  }
  const [exitCode = null] = exitCodes;
  const byText = rows.find(({ text }) => text?.test(error.message) === true);
  return byText === undefined
    ? told(untold(exitCode, error), error, true, { ...on, family }, exitCode)
    : told(byText, error, true, { ...on, family: byText.family }, exitCode);
}

/**
 * Those of its message, then the number that an instance view has as its code
 * (`ProvisioningState/failed/51`). 1007 is none: so the agent calls any end for good.
 */
function exitCodesOf({ code, message }: EntryError): number[] {
  const found = [...exitCodesIn(message), ...exitCodesIn(`exit code ${code}`)];
  return found.filter((one) => one !== terminalError);
}

const terminalError = 1_007;

function familyOf(message: string, { family }: FailedOn): FailedOn['family'] {
  if (family !== 'unknown') return family;
  if (/AADSSHLoginForLinux|\/var\/lib\/waagent/i.test(message)) return 'linux';
  return /AADLoginForWindows|C:\\Packages\\Plugins/i.test(message) ? 'windows' : 'unknown';
}

/** The same number means one thing on Windows and another on Linux, and nobody told which it is. */
function twofold(rows: readonly HandlerFailure[], exitCode: number): Failure {
  return {
    ...nothingTold,
    name: `exitCode${exitCode}`,
    cause: rows.map(({ family, cause }) => `With ${family}: ${cause}`).join(' '),
    source: rows.map(({ source }) => source).join(' and '),
  };
}

function untold(exitCode: number | null, { code, message }: EntryError): Failure {
  if (exitCode !== null) {
    const cause = `The extension ended with exit code ${exitCode}, which no page explains.`;
    return { ...nothingTold, name: 'unknownExitCode', cause };
  }
  return code === String(terminalError) || /terminal error code '?1007\b/i.test(message)
    ? terminal
    : { ...nothingTold, name: code || 'unknown' };
}

const nothingTold: Failure = {
  name: '',
  cause: 'The extension failed; its message is all there is.',
  next: 'Read the log of the extension on the VM.',
  retry: 'nextNight',
  reason: 'extensionFailed',
  source: '',
};

const terminal: Failure = {
  ...nothingTold,
  name: 'terminalError1007',
  cause: 'The extension ended for good, and told no exit code beside 1007.',
  next: 'Read the exit code in the log; with -2145648574 the system identity is missing.',
  source: 'https://learn.microsoft.com/entra/identity/devices/howto-vm-sign-in-azure-ad-windows',
};

function unknown({ status, code }: EntryError): Failure {
  // Codes of sockets and names: nothing came back.
  const isPassing = status >= 500 || status === 408 || (status === 0 && /^E[A-Z_]+$/.test(code));
  return {
    name: code || `status ${status}`,
    cause: isPassing
      ? 'Azure failed to answer.'
      : 'No table has this error; what Azure said is all there is.',
    next: isPassing ? 'Nothing: it is asked again.' : 'See the message of Azure.',
    retry: isPassing ? 'soon' : 'nextNight',
    reason: isPassing ? 'unreachable' : 'refused',
    source: '',
  };
}

function told(
  { name, cause, next, retry, reason, source }: Failure,
  error: EntryError,
  isOnVm: boolean,
  { family, cloud }: FailedOn,
  exitCode: number | null = null,
): DecodedFailure {
  const version = /\bversion (\d{1,5}(?:\.\d{1,5}){1,3})/i.exec(error.message)?.[1] ?? '';
  const look = isOnVm && family !== 'unknown' ? whereToLook(family, cloud, version) : null;
  const said = cleanText(`${error.code} ${error.message}`, 600);
  return { name, cause, next, retry, reason, source, exitCode, said, look };
}

/** One line; quotation marks and apostrophes as they are typed. */
function tidy(message: string): string {
  return cleanText(message, 4_000)
    .replaceAll(/[\u2018\u2019\u201B\u2032]/g, "'")
    .replaceAll(/[\u201C\u201D]/g, '"');
}
