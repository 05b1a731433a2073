import * as z from 'zod';
import { isGuid, parseArmId } from '../../domain/armId';
import { askedScopesMax } from '../../domain/remediation/ask';
import type { AskedFor } from '../../domain/remediation/askedFor';
import { cleanText } from '../../domain/text';
import { reason } from '../requestBodies';

const textMax = 500;

const why = reason
  .optional()
  .meta({ description: 'Why, in one line; it stands in the run, the log and the audit.' });

const scope = z
  .string()
  .max(400)
  .refine(isScope, 'Write the id of a subscription, resource group, management group or VM.')
  .meta({ description: 'Id of a subscription, resource group, management group or VM.' });

/** `POST /api/remediations`. */
export const remediationBody = z.strictObject({
  scopes: z
    .array(scope)
    .min(1)
    .max(askedScopesMax)
    .refine(isOfOneKind, 'Ask for management groups, or for what lies in subscriptions: not both.')
    .optional()
    .meta({
      description: 'Never more than the remediator’s own rules allow; all of it if absent.',
    }),
  dryRun: z
    .boolean()
    .default(true)
    .meta({ description: 'false: VMs are changed. Otherwise nothing is written, all is told.' }),
  reason: why,
});

/** `POST /api/remediations/{id}/cancel`. */
export const cancelBody = z.strictObject({ reason: why });

/** `POST /api/quarantine/{id}/release`. */
export const releaseBody = z.strictObject({ reason: why });

/** The body in the app's own terms: the order of scopes, and their case, mean nothing. */
export function askedForOf(body: z.output<typeof remediationBody>): AskedFor {
  return {
    scopes: [...new Set((body.scopes ?? []).map((one) => one.toLowerCase()))].sort(),
    dryRun: body.dryRun,
    justification: justificationOf(body.reason),
  };
}

/** The words of a person, as they are kept. */
export function justificationOf(text: string | undefined): string {
  return cleanText(text ?? '', textMax);
}

function isScope(text: string): boolean {
  if (isManagementGroup(text)) return true;
  const id = parseArmId(text);
  if (id === null || !isGuid(id.subscriptionId)) return false;
  const [provider, ...more] = id.providers;
  if (provider === undefined) return true;
  const [segment, ...deeper] = provider.segments;
  return (
    more.length + deeper.length === 0 &&
    id.resourceGroup !== '' &&
    provider.namespace.toLowerCase() === 'microsoft.compute' &&
    segment?.type.toLowerCase() === 'virtualmachines'
  );
}

/** Resource Graph takes either in one request, never both. */
function isOfOneKind(scopes: readonly string[]): boolean {
  const groups = scopes.filter(isManagementGroup).length;
  return groups === 0 || groups === scopes.length;
}

function isManagementGroup(text: string): boolean {
  const form = /^\/providers\/microsoft\.management\/managementgroups\/[^/]+$/i;
  return form.test(text) && parseArmId(text) !== null;
}
