import * as z from 'zod';
import type { CandidateIdentity } from '../domain/remediation/candidate';

/** What is absent or null is `''`; what is no text is a strange answer. */
export const wireText = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

/** A time in one form, ISO 8601 in UTC; `''` for whatever is no time. */
export const wireTime = z
  .unknown()
  .optional()
  .transform((value) => {
    const at = typeof value === 'string' ? Date.parse(value) : NaN;
    return Number.isNaN(at) ? '' : new Date(at).toISOString();
  });

/** Tag values are strings in Azure; whatever else an index may hold is not a tag of ours. */
export const wireTags = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((record) =>
    Object.fromEntries(
      Object.entries(record ?? {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    ),
  );

/** Parts of other resources: what is not as expected is as good as not there. */
export const wireList = <Item>(item: z.ZodType<Item>) =>
  z
    .array(item.nullable().catch(null))
    .nullish()
    .catch(null)
    .transform((items) => (items ?? []).flatMap((one) => (one === null ? [] : [one])));

/** `PowerState/running` and the like. */
export function powerOf(code: string): string {
  return code.replace(/^PowerState\//i, '').toLowerCase();
}

/** `SystemAssigned, UserAssigned`, with or without the blank, in any case; ids are keys. */
export function identityOf(
  type: string,
  userAssigned: Readonly<Record<string, unknown>> | null | undefined,
): CandidateIdentity {
  const words = type.toLowerCase().split(/[\s,]+/);
  return {
    system: words.includes('systemassigned'),
    userAssigned: Object.keys(userAssigned ?? {}),
  };
}

/** The last segment of an id, as Azure wrote it. */
export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
