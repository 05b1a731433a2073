import type { FaultKind } from '../fault';
import type { Now } from '../instant';
import type { NsgReading } from '../networkSecurityGroup';
import { answeredAtOf, confirmStep, rememberedOf } from './confirmStep';
import {
  hostClosingStartOf,
  hostLastPutMomentOf,
  isExtending,
  isPutTime,
  signedDeadlineOf,
} from './deadline';
import type { Knowledge } from './knowledge';
import { nextLookAfter, openingDisabledMs, openLookMs, putAgainAfterMs } from './pace';
import { markedUntil } from './signedMarker';
import type { Step } from './step';
import type { Placement, WindowRow } from './windowRow';

/**
 * How an open placement gets a later deadline: PUT of the same rule with another marker, read back.
 * The placement stays `open` all the while, and closing goes by the deadline that is proved.
 */

/** Is the wished deadline later than the one that was proved for this placement? */
export function isBehind(row: WindowRow, placement: Placement): boolean {
  return isExtending(row) && markedUntil(placement.rule) < signedDeadlineOf(row);
}

/** Was a PUT announced that would do? */
function isAnnounced(row: WindowRow, { nextRule }: Placement): boolean {
  return nextRule !== null && markedUntil(nextRule) >= signedDeadlineOf(row);
}

/** Azure said no to the rule itself: asking again cannot help before somebody changes something. */
const lasting: readonly FaultKind[] = ['denied', 'locked', 'invalid', 'missing', 'conflict'];

/**
 * The deadline that an extend falls back to when it cannot be had any more; `null`: it still can, or
 * there is none. What an earlier extend has under way is not given up with a later one.
 */
export function fallBackOf(row: WindowRow, placement: Placement, now: Now): number | null {
  if (!isBehind(row, placement) || row.until === null) return null;
  if (isAnnounced(row, placement)) return null;
  if (placement.fault !== null && lasting.includes(placement.fault.kind)) return row.until;
  const firstPutAt = Math.max(now.hostMs, otherContentFrom(row, placement));
  if (isPutTime(row, now) && firstPutAt <= hostLastPutMomentOf(row, now)) return null;
  const underWay = markedUntil(placement.nextRule ?? placement.rule);
  return Math.max(row.until, Math.min(underWay, signedDeadlineOf(row) - 1_000));
}

/** From when on a PUT with other content may be sent: an earlier one must not land on top of it. */
export function otherContentFrom({ grant }: WindowRow, { lastPutAt }: Placement): number {
  return (lastPutAt ?? 0) + grant.limits.settleMs;
}

/** The rule stands as it was proved, and is to get a later deadline. */
export function putExtendStep(
  row: WindowRow,
  placement: Placement,
  knowledge: Knowledge,
  now: Now,
): Step {
  const fromMs = otherContentFrom(row, placement);
  if (now.hostMs < fromMs) return { do: 'wait', until: fromMs };
  const { extendedRule } = knowledge;
  if (extendedRule === null) return { do: 'wait', until: now.hostMs + openingDisabledMs };
  return (
    unconfirmed(row, placement, knowledge, now, null) ?? {
      do: 'extendRule',
      rule: extendedRule,
      answeredAt: answeredAtOf(knowledge),
    }
  );
}

/** A PUT was announced, and the content from before it stands. */
export function pendingStep(
  row: WindowRow,
  placement: Placement,
  reading: NsgReading,
  knowledge: Knowledge,
  now: Now,
): Step {
  const { nextRule, lastPutAt } = placement;
  if (nextRule === null || reading.startedAt >= otherContentFrom(row, placement)) {
    return { do: 'forgetExtend' };
  }
  const sinceMs = reading.startedAt - (lastPutAt ?? 0);
  const isWanted = isExtending(row) && markedUntil(nextRule) === signedDeadlineOf(row);
  const mayPut = isPutTime(row, now) && knowledge.extendedRule !== null;
  if (isWanted && mayPut && sinceMs >= putAgainAfterMs) {
    // The same content: nothing that may still land could do harm.
    return (
      unconfirmed(row, placement, knowledge, now, null) ?? {
        do: 'extendRule',
        rule: nextRule,
        answeredAt: answeredAtOf(knowledge),
      }
    );
  }
  return { do: 'wait', until: nextLookAfter(lastPutAt ?? 0, now.hostMs) };
}

/** The content of the extend stands: it is proved, if the activation stands as well. */
export function proveExtendedStep(
  row: WindowRow,
  placement: Placement,
  knowledge: Knowledge,
  now: Now,
): Step {
  const remembered = rememberedOf(row, placement);
  // A later wish than this PUT was made for waits for its turn.
  const againAt = isAnnounced(row, placement)
    ? now.hostMs + openLookMs
    : otherContentFrom(row, placement);
  const lookAt = Math.min(againAt, hostClosingStartOf(row, now));
  const answeredAt = answeredAtOf(knowledge) || (remembered ?? 0);
  const proved: Step = { do: 'proveExtended', answeredAt, lookAt };
  // After the extend was dropped this says no more than what stands there.
  if (!isExtending(row)) return proved;
  return unconfirmed(row, placement, knowledge, now, remembered) ?? proved;
}

function unconfirmed(
  row: WindowRow,
  placement: Placement,
  knowledge: Knowledge,
  now: Now,
  remembered: number | null,
): Step | null {
  // The activation itself stands, for less time than is wished: only the extend goes.
  if (knowledge.confirmation?.kind === 'shorter') {
    return { do: 'dropExtend', until: row.until ?? row.wantedUntil };
  }
  return confirmStep(placement, knowledge, now, remembered);
}
