import { factsOf, type FaultFacts } from '../../shared/domain/fault';
import { reactionTo } from '../../shared/domain/reaction';
import type { Sighted, Verdict } from '../../shared/domain/sweep/judgeRule';
import type { SweepWorld } from '../../shared/ports/world';
import { nowOfWorld } from '../../shared/nowOfWorld';
import type { Judged } from './judgeRules';
import { confirmDue, lookPastDeadline } from './lookAgain';
import type { SweepMemory } from './memory';

/** NSGs worked on side by side; on one NSG one delete follows the other. */
const width = 8;
/** How often one delete is asked for within one sweep; the next sweep goes on. */
const attemptsMax = 3;
/**
 * The same for an NSG that is busy, mostly with the delete before this one: about eleven seconds.
 * Giving up sooner would delete one rule a period of the many that may be due on one NSG.
 */
const busyAttemptsMax = 5;
const pauseMaxMs = 15_000;

/** What became of the deletes; `left` were not begun in time and are the next sweep's. */
export type Removals = { deleted: number; failed: number; left: number };

/**
 * Deletes in the order of the deadlines over all NSGs: whoever is free takes the earliest rule
 * whose NSG nobody works on. No delete is begun after `beginUntil` (host clock): the next sweep judges
 * anew, and may find something more urgent by then.
 */
export async function removeDue(
  world: SweepWorld,
  memory: SweepMemory,
  due: readonly Judged[],
  removals: Removals,
  beginUntil: number,
): Promise<void> {
  const queue = [...due].sort((one, other) => one.verdict.dueAt - other.verdict.dueAt);
  const busy = new Set<string>();
  const worker = async (): Promise<void> => {
    for (;;) {
      const at = queue.findIndex(({ sighted }) => !busy.has(sighted.nsgId.toLowerCase()));
      const [one] = at < 0 ? [] : queue.splice(at, 1);
      // Where every NSG that is left is busy, whoever works on it takes the next one there, too.
      if (one === undefined) return;
      if (world.clock.now() >= beginUntil) {
        removals.left += 1;
        continue;
      }
      const nsg = one.sighted.nsgId.toLowerCase();
      busy.add(nsg);
      // It was judged a while ago: its window may have been extended since.
      const sure = await confirmDue(world, one);
      if (sure !== null) {
        if (await remove(world, memory, sure)) removals.deleted += 1;
        else removals.failed += 1;
      }
      busy.delete(nsg);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, queue.length) }, worker));
}

/** True if the delete was accepted, or nothing was there. */
async function remove(world: SweepWorld, memory: SweepMemory, due: Judged): Promise<boolean> {
  const { clock, log, network } = world;
  const { nsgId, ruleName } = due.sighted;
  const fields = { nsgId, rule: ruleName, why: due.verdict.why };
  let one = due;
  for (let attempt = 1; ; attempt++) {
    // Beside the DELETE, which waits for nothing.
    const look = lookPastDeadline(world, one);
    try {
      const answer = await network.deleteRule(nsgId, ruleName);
      one = await look;
      log.warn('sweep.deleted', { ...fields, absent: answer === 'absent' });
      // Somebody else's delete was quicker, or ours of a sweep before: it was seen to be late all the same.
      if (answer === 'accepted' || wasSeenLate(one)) tellRemoved(world, memory, one);
      return true;
    } catch (error) {
      const fault = factsOf(error);
      if (fault.kind === 'missing') return true;
      const { afterMs, alarm } = reactionTo(fault, 'close', attempt);
      if (!alarm && attempt < (fault.kind === 'busy' ? busyAttemptsMax : attemptsMax)) {
        [one] = await Promise.all([look, clock.wait(Math.min(afterMs, pauseMaxMs))]);
        continue;
      }
      one = await look;
      log.warn('sweep.deleteFailed', { ...fields, faultKind: fault.kind, azureCode: fault.code });
      if (!tellOverrun(world, memory, one, fault) && alarm) {
        memory.alarm(log, clock.now(), 'closeRefused', nsgId, ruleName, {
          faultKind: fault.kind,
          azureCode: fault.code,
        });
      }
      return false;
    }
  }
}

/** Did a read that began after its deadline still show it? */
function wasSeenLate({ sighted: { readAt }, verdict: { deadlineAt } }: Judged): boolean {
  return readAt !== null && deadlineAt !== null && readAt > deadlineAt;
}

/** It was there: what the verdict could not know of a rule that only the index showed, is known now. */
function tellRemoved(world: SweepWorld, memory: SweepMemory, one: Judged): void {
  const { sighted, verdict } = one;
  if (verdict.why !== 'afterClose') {
    tellOverrun(world, memory, one, null);
  } else if (verdict.alarm === null) {
    const { nsgId, ruleName } = sighted;
    memory.alarm(world.log, world.clock.now(), 'ruleAfterClose', nsgId, ruleName, {
      found: verdict.why,
    });
  }
}

/** Raises the alarm if this rule stands beyond its deadline and lets somebody in; true if it does. */
export function tellOverrun(
  { clock, log }: SweepWorld,
  memory: SweepMemory,
  { sighted, verdict }: { readonly sighted: Sighted; readonly verdict: Verdict },
  fault: FaultFacts | null,
): boolean {
  const { deadlineAt } = verdict;
  const now = nowOfWorld({ clock });
  // A Deny that a lock keeps in place lets nobody in.
  const admits = sighted.rule?.access !== 'Deny';
  if (!admits || deadlineAt === null || now.latestMs <= deadlineAt) return false;
  const overrunSeconds = Math.round((now.latestMs - deadlineAt) / 1000);
  const { nsgId, ruleName } = sighted;
  // Of a rule that stays one hears again whenever it is twice as late.
  const doublings = String(Math.floor(Math.log2(Math.max(1, overrunSeconds / 30))));
  if (memory.isNews(now.hostMs, 'overrun', doublings, nsgId, ruleName)) {
    const cause = fault === null ? {} : { faultKind: fault.kind, azureCode: fault.code };
    // Where only the index showed it, nobody has seen it.
    const { readAt } = sighted;
    const lastSeenAt = readAt === null ? null : new Date(readAt).toISOString();
    log.alarm('overrun', { nsgId, rule: ruleName, ...cause, lastSeenAt, overrunSeconds });
  }
  return true;
}
