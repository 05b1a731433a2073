import { parseDocument } from 'yaml';
import type * as z from 'zod';
import { parseCappedJson } from '../domain/intake/cappedJson';
import { cleanText } from '../domain/text';

/** In characters and in bytes: nothing that anybody needs to say is longer. */
export const bodyMax = 65_536;

/** What is wrong with a body, and where: a JSON pointer (RFC 6901). */
export type BodyFault = { readonly pointer: string; readonly detail: string };

export type BodyReading<Value> =
  | { readonly value: Value }
  | { readonly code: 'bodyTooLarge' | 'badBody'; readonly faults: readonly BodyFault[] };

const faultsMax = 20;

/**
 * Reads JSON that anybody may have sent: size, depth, form, keys that stand twice, and then what it
 * means by `schema`. An empty body reads as `{}`. Never throws.
 */
export function readBody<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
): BodyReading<z.output<Schema>> {
  const json = parseCappedJson(text.trim() === '' ? '{}' : text, bodyMax);
  if ('fault' in json) {
    if (json.fault === 'tooLarge') return { code: 'bodyTooLarge', faults: [] };
    return bad([{ pointer: '', detail: jsonFaults[json.fault] }]);
  }
  if (typeof json.value !== 'object' || json.value === null || Array.isArray(json.value)) {
    return bad([{ pointer: '', detail: 'Send a JSON object.' }]);
  }
  const read = schema.safeParse(json.value);
  if (!read.success) return bad(read.error.issues.slice(0, faultsMax).map(faultOf));
  return hasKeyTwice(text)
    ? bad([{ pointer: '', detail: 'A key stands twice; nobody can tell which was meant.' }])
    : { value: read.data };
}

const jsonFaults = { tooDeep: 'It is nested too deeply.', notJson: 'It is not JSON.' } as const;

function bad(faults: readonly BodyFault[]): { code: 'badBody'; faults: readonly BodyFault[] } {
  return { code: 'badBody', faults };
}

/** JSON is YAML, and the YAML reader minds keys that stand twice, which `JSON.parse` does not. */
function hasKeyTwice(text: string): boolean {
  const { errors } = parseDocument(text, { uniqueKeys: true, schema: 'json' });
  return errors.length > 0;
}

function faultOf({ path, message }: z.core.$ZodIssue): BodyFault {
  const pointer = path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
  return { pointer: cleanText(pointer, 200), detail: cleanText(message, 300) };
}
