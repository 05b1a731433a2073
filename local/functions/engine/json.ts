/** A value that survives JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** JSON text of a value; `undefined` is written as `null`, as the extension does. */
export function toJson(value: unknown): string {
  return JSON.stringify(value === undefined ? null : value);
}

/** Parses text that this host wrote itself; text that is not JSON is returned as a string. */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** A value as text: a string as it is, anything else as JSON, nothing as the empty string. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
