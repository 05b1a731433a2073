import * as z from 'zod';
import type { EntryError } from '../domain/remediation/entry';
import { cleanText } from '../domain/text';

const codeMax = 80;
const messageMax = 1_000;

const word = z.string().catch('');
const part = z.object({ code: word, message: word });
const inner = part.extend({ details: z.array(part).catch([]) }).catch({
  code: '',
  message: '',
  details: [],
});
const body = z.union([z.object({ error: inner }).transform(({ error }) => error), inner]);

/**
 * What an error body says, cleaned and cut: the innermost code, and all messages. Compute sometimes
 * leaves the envelope out, so both forms are read
 * (learn.microsoft.com, "Troubleshooting API throttling errors for virtual machines").
 */
export function errorIn(text: string): Pick<EntryError, 'code' | 'message'> {
  const said = body.parse(parsed(text));
  const parts = [said, ...said.details.slice(0, 5)];
  return {
    code: cleanText(parts.findLast(({ code }) => code !== '')?.code ?? '', codeMax),
    message: cleanText([...new Set(parts.map(({ message }) => message))].join(' '), messageMax),
  };
}

/** The same for one status of an instance view: `ProvisioningState/failed/1007`. */
export function errorOfStatus(code: string, message: string): EntryError | null {
  const failed = /^ProvisioningState\/failed(?:\/(.*))?$/i.exec(code);
  if (failed === null) return null;
  return {
    status: 0,
    code: cleanText(failed[1] ?? '', codeMax),
    message: cleanText(message, messageMax),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
