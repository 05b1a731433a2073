import type { Now } from '../instant';
import type { NsgReading } from '../networkSecurityGroup';
import { ruleNamed, sameRule } from '../nsg/sameRule';
import { hostClosingStartOf } from './deadline';
import { fallBackOf, isBehind, pendingStep, proveExtendedStep, putExtendStep } from './extendStep';
import type { Knowledge } from './knowledge';
import { missingStep } from './missingStep';
import { pauseAfter } from '../reaction';
import { confirmAgainMs, nextLookAfter, openLookMs } from './pace';
import type { Step } from './step';
import type { Placement, WindowRow } from './windowRow';

/** It is open: has somebody touched it, and is it to stay open for longer? */
export function watchStep(
  row: WindowRow,
  placement: Placement,
  knowledge: Knowledge,
  now: Now,
): Step {
  const fallBack = fallBackOf(row, placement, now);
  if (fallBack !== null) return { do: 'dropExtend', until: fallBack };
  const { observation } = knowledge;
  if (observation === null) return { do: 'look' };
  if (observation.kind === 'absent') return missingStep(placement, knowledge, now);
  if (observation.kind === 'unreadable') {
    const faults = isUnderWay(row, placement) ? 3 : 9;
    const soon = now.hostMs + pauseAfter(observation.fault, 'open', faults);
    return { do: 'wait', until: Math.min(latestLook(row, now), soon) };
  }
  return judge(row, placement, observation.reading, knowledge, now);
}

function judge(
  row: WindowRow,
  placement: Placement,
  reading: NsgReading,
  knowledge: Knowledge,
  now: Now,
): Step {
  const { nextRule } = placement;
  if (reading.provisioningState !== 'Succeeded' || !isNews(placement, reading)) {
    const soon =
      nextRule === null
        ? now.hostMs + confirmAgainMs
        : nextLookAfter(placement.lastPutAt ?? 0, now.hostMs);
    return { do: 'wait', until: Math.min(latestLook(row, now), soon) };
  }
  const rule = ruleNamed(reading.rules, placement.rule.name);
  if (rule === undefined) return { do: 'closeWindow', reason: 'removedByOthers' };
  if (nextRule !== null && sameRule(rule, nextRule)) {
    return proveExtendedStep(row, placement, knowledge, now);
  }
  if (sameRule(rule, placement.rule)) {
    if (nextRule !== null) return pendingStep(row, placement, reading, knowledge, now);
    if (isBehind(row, placement)) return putExtendStep(row, placement, knowledge, now);
    return { do: 'wait', until: latestLook(row, now) };
  }
  // Without its marker it is ours by the row alone: it goes at the row's time. Anything else that
  // was changed may let in somebody whom nobody granted anything.
  return sameRule({ ...rule, description: placement.rule.description }, placement.rule)
    ? { do: 'noteUnsigned', until: latestLook(row, now) }
    : { do: 'closeWindow', reason: 'changedByOthers' };
}

/** A read begun before the last proof, or before the last PUT, knows less than we do. */
function isNews({ nextRule, openedAt, lastPutAt }: Placement, { startedAt }: NsgReading): boolean {
  return nextRule === null ? startedAt > (openedAt ?? 0) : startedAt >= (lastPutAt ?? 0);
}

function isUnderWay(row: WindowRow, placement: Placement): boolean {
  return placement.nextRule !== null || isBehind(row, placement);
}

function latestLook(row: WindowRow, now: Now): number {
  return Math.min(now.hostMs + openLookMs, hostClosingStartOf(row, now));
}
