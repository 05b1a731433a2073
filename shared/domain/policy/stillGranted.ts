import { activationBehind, type Grant } from '../grant';
import type { Now } from '../instant';
import type { WindowRow } from '../window/windowRow';
import { admitsPorts } from './admitsPorts';
import { longestEndOf } from './lengths';
import type { AllowRule, Policy } from './policy';
import { contains, parsePrefix } from './prefix';
import { carriesTag, deniesVm, isRefusal, ruleFor } from './ruleFor';

/** The tags of a machine as the index has them, by lower-case id; `null`: the index did not answer. */
export type TagsOf = (vmId: string) => Readonly<Record<string, string>> | null;

/** What another policy makes of a window that stands. */
export type Standing =
  | { readonly kind: 'granted'; readonly rule: string }
  /** Granted, but not as long as the window would last, or not all could be asked: judge again. */
  | { readonly kind: 'later' }
  | { readonly kind: 'denied'; readonly refusal: string; readonly rule: string };

/**
 * Would this policy grant what the window lets in? By the facts in its row, and the machines' tags.
 * How many windows somebody may have is asked of those that come, not of those that stand.
 */
export function stillGranted(policy: Policy, row: WindowRow, tagsOf: TagsOf, now: Now): Standing {
  const { grant } = row;
  const { origin, person } = grant;
  const { roleDefinitionGuid, scope } = activationBehind(origin);
  const asker = { roleDefinitionGuid, scope, personId: person.objectId, principalType: 'User' };
  const rule = ruleFor(policy, asker);
  if (isRefusal(rule)) return denied(rule.code, rule.rule);
  const named = `rule ${rule.name}`;
  if (!admitsSources(rule, grant)) return denied('sourceNotAllowed', named);
  if (!admitsPorts(rule.portSets, grant.portSets)) return denied('portsNotAllowed', named);

  const machines = [...new Set(row.placements.flatMap(({ targets }) => targets.map(idOf)))];
  if (machines.length > policy.caps.vmsPerActivation) return denied('tooBroad', named);
  let isUnknown = false;
  for (const vmId of machines) {
    const tags = tagsOf(vmId);
    isUnknown ||= tags === null;
    const deny = policy.deny.find((one) => deniesVm(one, asker, { vmId, tags: tags ?? {} }));
    if (deny !== undefined) return denied('denied', `rule ${deny.name}`);
    const { optInTag } = policy;
    if (tags !== null && optInTag !== null && !carriesTag(tags, optInTag)) {
      return denied('vmNotOptedIn', `tag ${optInTag.name}`);
    }
  }
  const endAt = longestEndOf(policy, rule, row, now);
  // The deadline only ever shrinks, and is not rewritten: closing begins when its time has come.
  if (now.latestMs >= endAt - grant.limits.guardMs) return denied('tooLong', named);
  if (isUnknown || endAt < row.wantedUntil) return { kind: 'later' };
  return { kind: 'granted', rule: rule.name };
}

function idOf({ vmId }: { readonly vmId: string }): string {
  return vmId.toLowerCase();
}

function denied(refusal: string, rule: string): Standing {
  return { kind: 'denied', refusal, rule };
}

/** Each prefix lies within a range of the rule, or is an address within its fence. */
function admitsSources({ sources }: AllowRule, { source }: Grant): boolean {
  const ranges = sources.ranges.flatMap(({ prefixes }) => prefixes);
  const admitted = [...ranges, ...(sources.fromActivation?.within ?? [])].map(parsePrefix);
  return source.prefixes.every((text) => {
    const prefix = parsePrefix(text);
    if (typeof prefix === 'string') return false;
    return admitted.some((outer) => typeof outer !== 'string' && contains(outer, prefix));
  });
}
