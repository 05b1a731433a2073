import { activationBehind, type Grant } from '../grant';
import { beginningOf, isAwaiting } from '../window/approval';
import type { Now } from '../instant';
import type { WindowRow } from '../window/windowRow';
import { admitsPorts } from './admitsPorts';
import { longestEndOf } from './lengths';
import type { Policy } from './policy';
import { contains, parsePrefix } from './prefix';
import { type GrantingRule, presentRule } from './presentRule';
import { type Asker, carriesTag, deniesVm } from './ruleFor';

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
  const rule = presentRule(policy, grant);
  if ('code' in rule) return denied(rule.code, rule.rule);
  const asker = askerOf(grant);
  const named = `rule ${rule.name}`;
  if (!isAgreedTo(rule, row)) return denied('approvalNeeded', named);
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
  // What waits for an approval has not begun.
  const createdAt = isAwaiting(row) ? now.hostMs : beginningOf(row);
  const endAt = longestEndOf(policy, rule, { createdAt }, now);
  // The deadline only ever shrinks, and is not rewritten: closing begins when its time has come.
  if (now.latestMs >= endAt - grant.limits.guardMs) return denied('tooLong', named);
  if (isUnknown || endAt < row.wantedUntil) return { kind: 'later' };
  return { kind: 'granted', rule: rule.name };
}

/** Who asked, as deny rules see them: somebody on a claim holds no role. */
function askerOf({ origin, person }: Grant): Asker {
  const { roleDefinitionGuid, scope } = activationBehind(origin) ?? noRole;
  return { roleDefinitionGuid, scope, personId: person.objectId, principalType: 'User' };
}

const noRole = { roleDefinitionGuid: '', scope: '/' };

/** Has somebody agreed whose word counts under this rule, or does it wait for one, or need none? */
function isAgreedTo({ approval: wanted }: GrantingRule, { approval }: WindowRow): boolean {
  if (wanted === null) return true;
  if (approval === undefined) return false;
  const groups = approval.answer === null ? approval.groups : [approval.answer.groupId];
  return groups.some((group) => wanted.groups.includes(group));
}

function idOf({ vmId }: { readonly vmId: string }): string {
  return vmId.toLowerCase();
}

function denied(refusal: string, rule: string): Standing {
  return { kind: 'denied', refusal, rule };
}

/** Each prefix lies within a range of the rule, or is an address within its fence. */
function admitsSources({ sources }: GrantingRule, { source }: Grant): boolean {
  const ranges = sources.ranges.flatMap(({ prefixes }) => prefixes);
  const admitted = [...ranges, ...(sources.fromActivation?.within ?? [])].map(parsePrefix);
  return source.prefixes.every((text) => {
    const prefix = parsePrefix(text);
    if (typeof prefix === 'string') return false;
    return admitted.some((outer) => typeof outer !== 'string' && contains(outer, prefix));
  });
}
