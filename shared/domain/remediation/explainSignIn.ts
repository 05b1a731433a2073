import { type SignInIssue, signInIssues } from './signInIssues';
import { cleanText } from '../text';

/**
 * What is behind a message that somebody saw when signing in to a VM, by its words: case,
 * punctuation, quotation marks, contractions and whatever stands around them do not matter. `null`:
 * no page explains it, and nothing is guessed. Total: any text will do.
 */
export function explainSignIn(message: string): SignInIssue | null {
  const words = ` ${plainWords(message)} `;
  const rows: readonly SignInIssue[] = signInIssues.rows;
  return rows.find(({ says }) => says.some((said) => words.includes(` ${said} `))) ?? null;
}

/** As the table has them. */
function plainWords(text: string): string {
  return cleanText(text, lengthMax)
    .replaceAll(/(\p{L})['’‘‛′`´](?=\p{L})/gu, '$1')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .replaceAll(/\b[a-z]+\b/g, (word) => inFull.get(word) ?? word);
}

const lengthMax = 4_000;

const inFull: ReadonlyMap<string, string> = new Map([
  ['couldnt', 'could not'],
  ['didnt', 'did not'],
  ['isnt', 'is not'],
  ['youre', 'you are'],
]);
