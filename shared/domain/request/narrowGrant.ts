import type { GrantSource, PortSet } from '../grant';
import { admitsPorts } from '../policy/admitsPorts';
import type { GrantParts } from '../policy/decide';
import { contains, parsePrefix } from '../policy/prefix';
import { refusal, type Refusal } from '../refusal';
import type { Asked } from './asked';

/** What policy would grant, cut down to what was asked for; or why that lies outside of it. Pure. */
export function narrowGrant(parts: GrantParts, asked: Asked): GrantParts | Refusal {
  const portSets = narrowPorts(parts, asked.portSets);
  if ('code' in portSets) return portSets;
  const source = narrowSource(parts.source, asked.source, parts.policyRule);
  return 'code' in source ? source : { ...parts, portSets, source };
}

function narrowPorts(
  { portSets, policyRule }: GrantParts,
  asked: Asked['portSets'],
): readonly PortSet[] | Refusal {
  if (asked === null || admitsPorts(portSets, asked)) return asked ?? portSets;
  const allowed = portSets.flatMap(({ ports }) => ports);
  return refusal('portNotAllowed', { rule: policyRule, allowed });
}

function narrowSource(
  source: GrantSource,
  asked: string | null,
  rule: string,
): GrantSource | Refusal {
  if (asked === null) return source;
  const inner = parsePrefix(asked);
  const isWithin = source.prefixes.some((text) => {
    const outer = parsePrefix(text);
    return typeof outer !== 'string' && typeof inner !== 'string' && contains(outer, inner);
  });
  if (!isWithin) return refusal('sourceNotAllowed', { rule, allowed: source.prefixes });
  return { prefixes: [asked], wonBy: `${source.wonBy}, narrowed on request` };
}
