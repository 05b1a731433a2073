import type { ActivationFacts, ClaimFacts, TargetRefusal } from '../../../shared/domain/grant';
import type { Now } from '../../../shared/domain/instant';
import type { Decision, GrantParts, RequestFacts } from '../../../shared/domain/policy/decide';
import type { ApprovalRule } from '../../../shared/domain/policy/policy';
import type { Asker } from '../../../shared/domain/policy/ruleFor';
import { vmsOf } from '../../../shared/domain/policy/vmFacts';
import { isRefusalCode, type Refusal } from '../../../shared/domain/refusal';
import type { Asked } from '../../../shared/domain/request/asked';
import { narrowGrant } from '../../../shared/domain/request/narrowGrant';
import type { TargetRow } from '../../../shared/ports/inventory';

/** What a request stands on; `answeredAt`: `Date` of the answer that listed the activation. */
export type Ground =
  | {
      readonly kind: 'activation';
      readonly activation: ActivationFacts;
      readonly answeredAt: number;
    }
  | { readonly kind: 'claim'; readonly claim: ClaimFacts };

/** What policy makes of a request: nothing is written yet. */
export type Judged =
  | {
      readonly kind: 'granted';
      readonly parts: GrantParts;
      readonly ground: Ground;
      readonly rows: readonly TargetRow[];
      /** Who else has to agree; `null`: nobody. */
      readonly approval: ApprovalRule | null;
    }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      readonly targets: readonly TargetRefusal[];
    };

/** How somebody gets past a refusal for want of an address. */
const completeWith = 'call from an address of your own that reaches the API unchanged.';

/** What policy is asked with, whatever the request stands on. */
export function askedOf(
  rows: readonly TargetRow[],
  address: string | null,
  now: Now,
): Omit<RequestFacts, keyof Asker | 'endAt'> {
  return {
    now,
    address,
    addressOf: 'the call',
    vms: vmsOf(rows),
    vmsCut: false,
    completeWith,
    canWait: true,
  };
}

/** What a decision means for a request: all of its machines, or none. */
export function judgedOf(
  decision: Decision,
  asked: Asked,
  rows: readonly TargetRow[],
  ground: Ground,
): Judged {
  if (!decision.granted) return refused(firstOf(decision.refusals), decision.refusals);
  const parts = narrowGrant(decision.grant, asked);
  if ('code' in parts) return refused(parts);
  const [single] = parts.refusedTargets;
  // Who names a machine wants that machine: the others alone would be a surprise.
  if (single !== undefined) return refused(firstOf(parts.refusedTargets), parts.refusedTargets);
  return { kind: 'granted', parts, ground, rows, approval: null };
}

/** No, with the reasons of single machines. */
export function refused(said: Refusal, targets: readonly TargetRefusal[] = []): Judged {
  return { kind: 'refused', refusal: said, targets: targets.filter(({ vmId }) => vmId !== '') };
}

/** Where no machine is left, why the first of them is not says more than that none is. */
function firstOf(refusals: readonly TargetRefusal[]): Refusal {
  const [whole] = refusals;
  const single = refusals.find(({ vmId }) => vmId !== '');
  const first = whole?.code === 'noTargets' ? (single ?? whole) : whole;
  if (first === undefined || !isRefusalCode(first.code)) throw new Error('A refusal says why.');
  return { code: first.code, rule: first.rule, next: first.next };
}
