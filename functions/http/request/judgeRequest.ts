import type { Caller } from '../../../shared/domain/caller/caller';
import { isAtOrUnder, parseArmId, subscriptionOf } from '../../../shared/domain/armId';
import type { TargetRefusal } from '../../../shared/domain/grant';
import { decide, type GrantParts } from '../../../shared/domain/policy/decide';
import type { Policy } from '../../../shared/domain/policy/policy';
import { vmsOf } from '../../../shared/domain/policy/vmFacts';
import { isRefusalCode, refusal, type Refusal } from '../../../shared/domain/refusal';
import type { Asked } from '../../../shared/domain/request/asked';
import { matchVms } from '../../../shared/domain/request/matchVms';
import { narrowGrant } from '../../../shared/domain/request/narrowGrant';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import type { TargetRow } from '../../../shared/ports/inventory';
import type { World } from '../../../shared/ports/world';
import { type Covering, coveringActivations } from './covering';

/** The index is read up to here for each activation, and so many activations are looked through. */
const rowsMax = 4_000;
const activationsMax = 8;

/** What policy makes of a request: nothing is written yet. */
export type Judged =
  | {
      readonly kind: 'granted';
      readonly parts: GrantParts;
      readonly covering: Covering;
      readonly rows: readonly TargetRow[];
    }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      readonly targets: readonly TargetRefusal[];
    };

/**
 * May this caller have this window, now? By their own active roles, read live, and by policy, which
 * is asked with the very function that events are judged by. Throws `Fault`.
 */
export async function judgeRequest(
  world: World,
  policy: Policy,
  caller: Caller,
  asked: Asked,
  address: string | null,
): Promise<Judged> {
  const covering = await coveringActivations(world, policy, caller.objectId);
  if ('code' in covering) return refused(covering);
  const found = await findVms(world, covering.slice(0, activationsMax), asked.vms);
  if ('code' in found) return refused(found);
  const { one, rows } = found;
  const now = nowOfWorld(world);
  const decision = decide(policy, {
    ...one.asker,
    endAt: Math.min(one.activation.endAt, now.earliestMs + asked.durationMs),
    now,
    address,
    addressOf: 'the call',
    vms: vmsOf(rows),
    vmsCut: false,
    completeWith: 'call from an address of your own that reaches the API unchanged.',
  });
  if (!decision.granted) return refused(firstOf(decision.refusals), decision.refusals);
  const parts = narrowGrant(decision.grant, asked);
  if ('code' in parts) return refused(parts);
  const [single] = parts.refusedTargets;
  // Who names a machine wants that machine: the others alone would be a surprise.
  if (single !== undefined) return refused(firstOf(parts.refusedTargets), parts.refusedTargets);
  return { kind: 'granted', parts, covering: one, rows };
}

/** The first activation that covers all the machines; it is one that a window ends with. */
async function findVms(
  { inventory }: World,
  covering: readonly Covering[],
  wanted: readonly string[],
): Promise<{ readonly one: Covering; readonly rows: readonly TargetRow[] } | Refusal> {
  const everSeen = new Set<string>();
  for (const one of covering) {
    const all = await coveredRows(inventory, one.activation.scope, wanted);
    const matched = matchVms(wanted, vmsOf(all));
    if (matched.ambiguous !== null) return refusal('vmAmbiguous', matched.ambiguous);
    for (const word of wanted) if (!matched.missing.includes(word)) everSeen.add(word);
    if (matched.missing.length > 0) continue;
    const ids = new Set(matched.vms.map(({ vmId }) => vmId.toLowerCase()));
    return { one, rows: all.filter(({ vmId }) => ids.has(vmId.toLowerCase())) };
  }
  const unseen = wanted.filter((word) => !everSeen.has(word));
  return unseen.length > 0
    ? refusal('vmNotCovered', { vms: unseen })
    : refusal('severalActivations');
}

/** Machines known by their ids are asked for by them: a subscription may hold more than is read of it. */
async function coveredRows(
  inventory: World['inventory'],
  scope: string,
  wanted: readonly string[],
): Promise<readonly TargetRow[]> {
  const isByIds = wanted.every((word) => parseArmId(word) !== null) && subscriptionOf(scope) !== '';
  if (!isByIds) return inventory.listTargets(scope, rowsMax);
  const rows = await inventory.listMachines(wanted);
  return rows.filter(({ vmId }) => isAtOrUnder(vmId, scope));
}

function refused(said: Refusal, targets: readonly TargetRefusal[] = []): Judged {
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
