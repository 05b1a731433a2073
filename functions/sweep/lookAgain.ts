import { sameArmId } from '../../shared/domain/armId';
import { parseRuleName } from '../../shared/domain/identity';
import { hostTimeOf, type Now } from '../../shared/domain/instant';
import { judgeRule, type Sighted } from '../../shared/domain/sweep/judgeRule';
import { deadlineOf } from '../../shared/domain/window/deadline';
import { isNewer, type WindowRow } from '../../shared/domain/window/windowRow';
import type { Stored } from '../../shared/ports/ledger';
import type { SweepWorld } from '../../shared/ports/world';
import { nowOfWorld } from '../../shared/nowOfWorld';
import type { Judged } from './judgeRules';

/**
 * The last look before the sweep ends what a living window holds. A row and an NSG that were read
 * one after the other need not belong together: the window may have been extended in between.
 */

/** A rule that others changed, and the version of the row by which that is certain. */
export type Changed = Judged & { readonly stored: Stored<WindowRow> };

/**
 * Was it others who changed the rule? Row, NSG, and the row again: an extend is written to the row
 * before its PUT leaves, so what an unchanged row does not explain is not ours. `null`: it is, or
 * nobody can tell now; the next sweep asks again. Throws `Fault`.
 */
export async function confirmChanged(world: SweepWorld, one: Judged): Promise<Changed | null> {
  const before = await storedRow(world, one.sighted);
  if (before === null) return null;
  const sighted = await sightedNow(world, one.sighted);
  const after = await storedRow(world, one.sighted);
  if (sighted === null || after === null || after.etag !== before.etag) return null;
  const again = judged(world, { ...sighted, row: after.row });
  return again.verdict.do === 'close' ? { ...again, stored: after } : null;
}

/**
 * Is the rule of a living window still due? By the row as it is now; and where only the marker says
 * so, by the NSG as it is now. `null`: it is not, or the window's own deadline will close it.
 * Whatever cannot be asked is no reason to leave what the row calls due. Never throws.
 */
export async function confirmDue(world: SweepWorld, one: Judged): Promise<Judged | null> {
  const { row } = one.sighted;
  if (one.verdict.why !== 'due' || row === null || row === 'unknown') return one;
  try {
    const stored = await storedRow(world, one.sighted);
    if (stored === null) return one;
    const again = judged(world, { ...one.sighted, row: stored.row });
    if (again.verdict.do !== 'delete') return null;
    if (!isDueByMarkerAlone(again, stored.row, nowOfWorld(world))) return again;
    return await lookOnceMore(world, again);
  } catch {
    return one;
  }
}

/**
 * The row has proved a later deadline than the marker that was seen: seen before the extend, or put
 * back by others. An NSG that does not answer leaves it to the row's deadline, which is no later
 * than what was granted.
 */
async function lookOnceMore(world: SweepWorld, one: Judged): Promise<Judged | null> {
  try {
    const sighted = await sightedNow(world, one.sighted);
    if (sighted === null) return null;
    const again = judged(world, sighted);
    return again.verdict.do === 'delete' ? again : null;
  } catch {
    return null;
  }
}

function isDueByMarkerAlone({ sighted, verdict }: Judged, row: WindowRow, now: Now): boolean {
  if (verdict.why !== 'due') return false;
  const isPlanned = row.placements.some(
    ({ nsgId, rule }) =>
      sameArmId(nsgId, sighted.nsgId) && rule.name.toLowerCase() === sighted.ruleName.toLowerCase(),
  );
  return isPlanned && now.hostMs < hostTimeOf(deadlineOf(row) - row.grant.limits.leadMs, now);
}

/**
 * The rule's deadline has passed since it was read: does it stand all the same? Whoever else's
 * DELETE ends it late leaves nothing to find, and nobody would be told. An NSG that does not
 * answer, or holds it no more, leaves things as they were seen. Never throws.
 */
export async function lookPastDeadline(world: SweepWorld, one: Judged): Promise<Judged> {
  const { readAt } = one.sighted;
  const { deadlineAt } = one.verdict;
  if (readAt === null || deadlineAt === null || readAt > deadlineAt) return one;
  if (nowOfWorld(world).latestMs <= deadlineAt) return one;
  try {
    const sighted = await sightedNow(world, one.sighted);
    return sighted === null ? one : { ...one, sighted };
  } catch {
    return one;
  }
}

/** The row of the rule's window; `null` where it is gone or belongs to a newer version of the app. */
async function storedRow(
  { ledger }: SweepWorld,
  { ruleName }: Sighted,
): Promise<Stored<WindowRow> | null> {
  const stored = await ledger.windows.get(parseRuleName(ruleName)?.windowId ?? '');
  return stored === null || isNewer(stored.row) ? null : stored;
}

/** The rule as its NSG shows it now; `null` if it is gone. */
async function sightedNow({ network }: SweepWorld, seen: Sighted): Promise<Sighted | null> {
  const reading = await network.readNsg(seen.nsgId);
  const name = seen.ruleName.toLowerCase();
  const rule = reading?.rules.find((one) => one.name.toLowerCase() === name);
  if (reading === null || rule === undefined) return null;
  return { ...seen, description: rule.description, rule, readAt: reading.startedAt };
}

function judged(world: SweepWorld, sighted: Sighted): Judged {
  const { deployment, verifier } = world;
  return { sighted, verdict: judgeRule(sighted, deployment, verifier, nowOfWorld(world)) };
}
