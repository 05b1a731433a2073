import assert from 'node:assert';
import type { SecurityRule as WireParameters } from '@azure/arm-network';
import * as z from 'zod';
import type { SecurityRule } from '../domain/networkSecurityGroup';

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();
const references = z.array(z.object({ id: z.string() })).nullish();

/** A word of Azure's, whatever its casing; other words are left as they are. */
function spelled(...words: string[]) {
  const known = new Map(words.map((word) => [word.toLowerCase(), word]));
  return z.string().transform((given) => known.get(given.toLowerCase()) ?? given);
}

/**
 * One rule on the wire, read into a `SecurityRule`: the singular and plural forms are folded. Azure
 * answers with both, the unused one empty (learn.microsoft.com/rest/api/virtualnetwork/security-rules).
 */
export const wireRule = z
  .object({
    name: z.string().min(1),
    properties: z.object({
      priority: z.int(),
      direction: spelled('Inbound', 'Outbound').pipe(z.enum(['Inbound', 'Outbound'])),
      access: spelled('Allow', 'Deny').pipe(z.enum(['Allow', 'Deny'])),
      protocol: spelled('Tcp', 'Udp', 'Icmp', 'Esp', 'Ah'),
      sourceAddressPrefix: text,
      sourceAddressPrefixes: texts,
      sourceApplicationSecurityGroups: references,
      sourcePortRange: text,
      sourcePortRanges: texts,
      destinationAddressPrefix: text,
      destinationAddressPrefixes: texts,
      destinationApplicationSecurityGroups: references,
      destinationPortRange: text,
      destinationPortRanges: texts,
      description: text,
    }),
  })
  .transform(({ name, properties }): SecurityRule => ({
    name,
    priority: properties.priority,
    direction: properties.direction,
    access: properties.access,
    protocol: properties.protocol,
    sources: fold(properties.sourceAddressPrefix, properties.sourceAddressPrefixes),
    sourceAsgIds: idsOf(properties.sourceApplicationSecurityGroups),
    sourcePorts: fold(properties.sourcePortRange, properties.sourcePortRanges),
    destinations: fold(properties.destinationAddressPrefix, properties.destinationAddressPrefixes),
    destinationAsgIds: idsOf(properties.destinationApplicationSecurityGroups),
    destinationPorts: fold(properties.destinationPortRange, properties.destinationPortRanges),
    description: properties.description ?? '',
  }));

/**
 * The parameters of the PUT of a rule: one value goes in the singular form, several in the plural
 * one, because `*` and service tags are refused in arrays. The inverse of `wireRule`.
 */
export function wireParametersOf(rule: SecurityRule): WireParameters {
  return {
    priority: rule.priority,
    direction: rule.direction,
    access: rule.access,
    protocol: rule.protocol,
    ...addressForm('source', rule.sources, rule.sourceAsgIds),
    ...formOf('sourcePortRange', 'sourcePortRanges', rule.sourcePorts),
    ...addressForm('destination', rule.destinations, rule.destinationAsgIds),
    ...formOf('destinationPortRange', 'destinationPortRanges', rule.destinationPorts),
    description: rule.description,
  };
}

function addressForm(
  side: 'source' | 'destination',
  prefixes: readonly string[],
  asgIds: readonly string[],
): Partial<WireParameters> {
  assert((prefixes.length === 0) !== (asgIds.length === 0), 'a side has prefixes or groups');
  if (asgIds.length > 0) {
    return { [`${side}ApplicationSecurityGroups`]: asgIds.map((id) => ({ id })) };
  }
  return formOf(`${side}AddressPrefix`, `${side}AddressPrefixes`, prefixes);
}

function formOf(singular: string, plural: string, values: readonly string[]): object {
  assert(values.length > 0, `${singular} is required`);
  if (values.length === 1) return { [singular]: values[0] };
  assert(!values.includes('*'), 'Azure refuses * in a list');
  return { [plural]: [...values] };
}

/** The unused form comes as absent, `null`, `''` or `[]`. */
function fold(one: string | null | undefined, many: readonly string[] | null | undefined) {
  const first = one === undefined || one === null || one === '' ? [] : [one];
  return [...first, ...(many ?? []).filter((value) => !first.includes(value))];
}

function idsOf(groups: readonly { readonly id: string }[] | null | undefined): string[] {
  return (groups ?? []).map(({ id }) => id);
}
