import * as z from 'zod';
import { problemSchema } from '../../shared/contract/viewSchemas';
import { Ending, exitCodes } from './ending';
import type { Reply } from './oneCall';
import { readLoosely } from './readLoosely';
import { plain } from './words';

/** A problem, with codes that this version need not know. */
const anyProblem = problemSchema.extend({ code: z.string() });
type AnyProblem = z.output<typeof anyProblem>;

/** A token that is good, and not good enough. */
const unfitCallers = ['notAPerson', 'guest'];

/** The JSON of an answer that is none: told apart from `null`, which is JSON. */
export const noJson = Symbol('no JSON');

/** What an answer has to be. */
export type Wanted = 'json' | 'rdp' | 'records' | 'csv' | 'html' | 'jsonText';

const texts: Readonly<Record<Exclude<Wanted, 'json'>, RegExp>> = {
  rdp: /^application\/x-rdp\b/i,
  records: /^application\/jsonl\b/i,
  csv: /^text\/csv\b/i,
  html: /^text\/html\b/i,
  jsonText: /^application\/json\b/i,
};

/** Passes an answer that did as asked, and throws the `Ending` that any other one is. */
export function judgeReply(reply: Reply, wanted: Wanted): unknown {
  const { status, text } = reply;
  const json = jsonOf(reply);
  if (status >= 300 && status < 400) {
    throw unreached(`It answers with a redirect (${status}), and none is followed.`);
  }
  if (status < 300) {
    const isRight = wanted === 'json' ? json !== noJson : texts[wanted].test(reply.contentType);
    if (!isRight) throw notJson(reply);
    return wanted === 'json' ? json : text;
  }
  const said = json === noJson ? null : readLoosely(anyProblem, json);
  if (status === 401 || (said !== null && unfitCallers.includes(said.code))) {
    throw new Ending(exitCodes.notSignedIn, notSignedInText(said), json === noJson ? null : json);
  }
  if (said === null) throw notJson(reply);
  const code = status >= 500 ? exitCodes.unreached : exitCodes.refused;
  throw new Ending(code, problemText(said), json);
}

function jsonOf({ contentType, text }: Reply): unknown {
  if (!/^application\/(?:problem\+)?json\b/i.test(contentType)) return noJson;
  try {
    const json: unknown = JSON.parse(text);
    return json;
  } catch {
    return noJson;
  }
}

function notJson({ status, contentType }: Reply): Ending {
  const kind = contentType === '' ? 'something' : plain(contentType, 60);
  return unreached(`It answered ${status} with ${kind} that is not the API's. Is the URL right?`);
}

function unreached(message: string): Ending {
  return new Ending(exitCodes.unreached, message);
}

function notSignedInText(said: AnyProblem | null): string {
  const next = 'Sign in with az login, set POSTERN_SCOPE, or add --device-code.';
  return said === null ? `There is no token, or it was refused. ${next}` : problemText(said);
}

/** The rule that refused, its code, the next step; then each VM and each fault of the body. */
function problemText({ title, code, detail, errors = [], refusals = [] }: AnyProblem): string {
  return [
    `${plain(title)} [${plain(code, 60)}]`,
    `Next: ${plain(detail)}`,
    ...errors.slice(0, 20).map((one) => `  ${plain(one.pointer, 80)}: ${plain(one.detail)}`),
    ...refusalLines(refusals),
  ].join('\n');
}

/** One line for each VM that was refused. */
export function refusalLines(
  refusals: readonly { vm: string; code: string; rule: string; next: string }[],
): string[] {
  return refusals.slice(0, 50).map(({ vm, code, rule, next }) => {
    const name = plain(vm.slice(vm.lastIndexOf('/') + 1), 80);
    const subject = name === '' ? '' : `${name}: `;
    return `  ${subject}${plain(rule)} [${plain(code, 60)}] ${plain(next)}`;
  });
}
