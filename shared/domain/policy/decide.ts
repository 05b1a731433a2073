import { leastMsOf, longestMsOf } from './lengths';
import type { Grant, GrantSource, TargetRefusal } from '../grant';
import type { Now } from '../instant';
import { admitAddress } from '../intake/address';
import { refusal } from '../refusal';
import type { Refusal } from '../refusal';
import type { Policy } from './policy';
import type { GrantingRule } from './presentRule';
import { isRefusal, ruleFor } from './ruleFor';
import type { Asker } from './ruleFor';
import { refusedVm, targetsFor, withinFamily } from './targetsFor';
import type { VmFacts } from './vmFacts';

/** Everything that the decision looks at. The same function serves events, HTTP and reconcile. */
export type RequestFacts = Asker & {
  /** PIM's own end, epoch ms; `null` where the activation has none. */
  readonly endAt: number | null;
  readonly now: Now;
  /** The confirmed address of the person, `null` if there is none. */
  readonly address: string | null;
  /** What the address was confirmed by; PIM's own request if absent. */
  readonly addressOf?: string;
  readonly vms: readonly VmFacts[];
  /** The index held more than was read. */
  readonly vmsCut: boolean;
  /** The exact line that completes a request refused for want of an address. */
  readonly completeWith: string;
  /** Whoever asks can wait for a second person's word, where the rule wants one. */
  readonly canWait?: true;
};

/** What policy adds to an activation or a request to make it a grant. */
export type GrantParts = Omit<Grant, 'origin' | 'person' | 'reason' | 'ticket'>;

export type Decision =
  | { readonly granted: true; readonly grant: GrantParts }
  /** Refusals of the whole request have an empty `vmId` and come first. */
  | { readonly granted: false; readonly rule: string; readonly refusals: readonly TargetRefusal[] };

/** Grant or refusals, all at once. Pure: same policy, same facts, same answer. */
export function decide(policy: Policy, facts: RequestFacts): Decision {
  const rule = ruleFor(policy, facts);
  if (isRefusal(rule)) return refused('', [rule], []);
  // An event has nobody who could be told that it waits.
  if (rule.approval !== null && facts.canWait !== true) {
    return refused(rule.name, [refusal('approvalNeeded', { rule: rule.name })], []);
  }
  return decideUnder(policy, rule, facts);
}

/** The same where it is known which rule is about it: one for a role, or for a group claim. */
export function decideUnder(policy: Policy, rule: GrantingRule, facts: RequestFacts): Decision {
  const untilAt = untilFor(policy, rule, facts);
  const source = sourceFor(rule, facts.address, facts.completeWith, facts.addressOf);
  const found = targetsFor(policy, facts, facts.vms, facts.vmsCut);
  const whole = [tooShortFor(policy, untilAt, facts.now), source, found].filter(isWholeRefusal);
  if (whole.length > 0 || untilAt === null || 'code' in source || 'code' in found) {
    return refused(rule.name, whole, 'code' in found ? [] : found.refusedTargets);
  }

  const { targets, refusedTargets } = withinFamily(found, facts.vms, source.prefixes);
  if (targets.length === 0) {
    const none = refusal('noTargets', { scope: facts.scope, covered: facts.vms.length });
    return refused(rule.name, [none], refusedTargets);
  }
  return {
    granted: true,
    grant: {
      policyVersion: policy.version,
      policyRule: rule.name,
      source,
      portSets: rule.portSets,
      targets,
      refusedTargets,
      untilAt,
      limits: policy.limits,
      band: policy.band,
      locks: policy.locks,
    },
  };
}

/** Which addresses may come in, and what chose them: the confirmed address first, ranges after it. */
export function sourceFor(
  { name, sources }: Pick<GrantingRule, 'name' | 'sources'>,
  address: string | null,
  completeWith: string,
  addressOf = 'the activation request',
): GrantSource | Refusal {
  const within = sources.fromActivation?.within ?? null;
  const own = address === null || within === null ? null : admitAddress(address, within);
  if (own !== null) return { prefixes: [own], wonBy: `address of ${addressOf}` };
  if (sources.ranges.length > 0) {
    const names = sources.ranges.map((range) => range.name).join(', ');
    return {
      prefixes: [...new Set(sources.ranges.flatMap(({ prefixes }) => prefixes))],
      wonBy: `range ${names} of rule ${name}`,
    };
  }
  if (address !== null && within !== null) {
    return refusal('addressNotInRange', { rule: name, address, within });
  }
  return refusal('noAddress', { rule: name, completeWith });
}

/** The earlier of PIM's end and the policy's longest time; `null` without an end. */
export function untilFor(
  policy: Policy,
  rule: Pick<GrantingRule, 'longestMs'>,
  { endAt, now }: Pick<RequestFacts, 'endAt' | 'now'>,
): number | null {
  if (endAt === null) return null;
  return Math.min(endAt, now.earliestMs + longestMsOf(policy, rule));
}

function tooShortFor({ limits }: Policy, untilAt: number | null, now: Now): Refusal | null {
  if (untilAt === null) return refusal('noEnd');
  const openMs = untilAt - limits.guardMs - now.latestMs;
  const leastMs = leastMsOf(limits);
  if (openMs >= leastMs) return null;
  return refusal('tooShort', {
    openSeconds: Math.max(0, Math.floor(openMs / 1_000)),
    shortestSeconds: Math.ceil(leastMs / 1_000),
  });
}

function isWholeRefusal(part: object | null): part is Refusal {
  return part !== null && 'code' in part;
}

function refused(
  rule: string,
  whole: readonly Refusal[],
  single: readonly TargetRefusal[],
): Decision {
  const all = whole.map((one) => refusedVm({ vmId: '' }, one));
  return { granted: false, rule, refusals: [...all, ...single] };
}
