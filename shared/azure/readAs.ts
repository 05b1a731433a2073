import * as z from 'zod';
import { jsonOf, strangeAnswer } from './arm';
import type { Answer } from './pipeline';

/** An answer's body by its schema; throws `Fault` (`unavailable`) where it is anything else. */
export function readAs<Value>(schema: z.ZodType<Value>, answer: Answer, doing: string): Value {
  return checkedAs(schema, jsonOf(answer, doing), doing);
}

/** A page of a list: what is not as the schema says is left out, to be read by itself. */
export function readPageAs<Value>(
  schema: z.ZodType<Value>,
  answer: Answer,
  doing: string,
): Value[] {
  const { value } = readAs(anyPage, answer, doing);
  return value.flatMap((one) => {
    const result = schema.safeParse(one);
    return result.success ? [result.data] : [];
  });
}

const anyPage = z.object({ value: z.array(z.looseObject({ id: z.string().min(1) })) });

/** A part of an answer by its schema; throws `Fault` like `readAs`. */
export function checkedAs<Value>(schema: z.ZodType<Value>, value: unknown, doing: string): Value {
  const result = schema.safeParse(value);
  // The schema's complaint would carry text of the other side: it is left out.
  if (!result.success) throw strangeAnswer('StrangeAnswer', doing);
  return result.data;
}
