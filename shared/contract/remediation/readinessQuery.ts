import * as z from 'zod';
import { isVmId } from '../requestBodies';
import { readQuery } from '../readQuery';

/** The query of `GET /api/readiness`. */
export const readinessQuerySchema = z.strictObject({
  vm: z
    .string()
    .max(400)
    .refine(isVmId, 'Write the id of a VM.')
    .meta({ description: 'The whole id of a VM, as Azure writes it.' }),
});

/** Reads a query; what is wrong with it, in words. Never throws. */
export function readinessQuery(
  query: URLSearchParams,
): { readonly vm: string } | { readonly detail: string } {
  const read = readQuery(query, readinessQuerySchema);
  return 'detail' in read ? read : read.value;
}
