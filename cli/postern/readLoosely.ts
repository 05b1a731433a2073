import type * as z from 'zod';

/**
 * Reads an answer by the schema of this version, without the fields that this version does not
 * know: an older command line goes on with a newer API. `null` where what it does know is otherwise.
 */
export function readLoosely<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> | null {
  const first = schema.safeParse(value);
  if (first.success) return first.data;
  const copy = structuredClone(value);
  for (const issue of first.error.issues) {
    if (issue.code !== 'unrecognized_keys') return null;
    const holder = issue.path.reduce(memberOf, copy);
    for (const key of issue.keys) if (isObject(holder)) Reflect.deleteProperty(holder, key);
  }
  const again = schema.safeParse(copy);
  return again.success ? again.data : null;
}

function memberOf(holder: unknown, key: PropertyKey): unknown {
  return isObject(holder) ? Reflect.get(holder, key) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
