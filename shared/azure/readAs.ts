import type * as z from 'zod';
import { jsonOf, strangeAnswer } from './arm';
import type { Answer } from './pipeline';

/** An answer's body by its schema; throws `Fault` (`unavailable`) where it is anything else. */
export function readAs<Value>(schema: z.ZodType<Value>, answer: Answer, doing: string): Value {
  return checkedAs(schema, jsonOf(answer, doing), doing);
}

/** A part of an answer by its schema; throws `Fault` like `readAs`. */
export function checkedAs<Value>(schema: z.ZodType<Value>, value: unknown, doing: string): Value {
  const result = schema.safeParse(value);
  // The schema's complaint would carry text of the other side: it is left out.
  if (!result.success) throw strangeAnswer('StrangeAnswer', doing);
  return result.data;
}
