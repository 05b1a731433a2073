import type * as z from 'zod';
import type { AllowEntry, ClaimEntry, DenyEntry, ExampleEntry, PolicyFile } from './fileSchema';
import { listItems, parts } from './fileSchema';

/** An entry of a list with its place in the file. */
export type Placed<Entry> = { readonly index: number; readonly entry: Entry };

/**
 * The parts of a file that are sound by themselves. Judging them although others are broken is
 * what makes all faults show at once.
 */
export type Sections = {
  readonly times: PolicyFile['times'];
  readonly priorities: PolicyFile['priorities'];
  readonly minimumPrefix: PolicyFile['minimumPrefix'];
  readonly remediation: PolicyFile['remediation'];
  readonly allow: readonly Placed<AllowEntry>[];
  readonly claims: readonly Placed<ClaimEntry>[];
  readonly deny: readonly Placed<DenyEntry>[];
  readonly examples: readonly Placed<ExampleEntry>[];
};

/** Reads part by part. */
export function sectionsOf(value: unknown): Sections {
  const part = (key: string): unknown =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? Object.getOwnPropertyDescriptor(value, key)?.value
      : undefined;
  return {
    times: parts.times.safeParse(part('times')).data,
    priorities: parts.priorities.safeParse(part('priorities')).data,
    minimumPrefix: parts.minimumPrefix.safeParse(part('minimumPrefix')).data,
    remediation: parts.remediation.safeParse(part('remediation')).data,
    allow: entriesOf(part('allow'), listItems.allow),
    claims: entriesOf(part('claims'), listItems.claims),
    deny: entriesOf(part('deny'), listItems.deny),
    examples: entriesOf(part('examples'), listItems.examples),
  };
}

function entriesOf<Schema extends z.ZodType>(
  list: unknown,
  schema: Schema,
): Placed<z.infer<Schema>>[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, index) => {
    const parsed = schema.safeParse(item);
    return parsed.success ? [{ index, entry: parsed.data }] : [];
  });
}
