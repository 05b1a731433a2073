import type { Now } from '../instant';
import type { Knowledge } from './knowledge';
import { closingStep } from './closingStep';
import { openingStep } from './openingStep';
import { shortPauseMs } from './pace';
import type { Step } from './step';
import type { Placement, WindowRow } from './windowRow';

/**
 * At most one step for one placement, from the row, what was seen, and the time. Pure: run twice,
 * late, or by two workers at once, it says the same from the same. `look`, `confirm` and `search`
 * ask for knowledge; given that knowledge, the next call says something else.
 */
export function nextStep(
  row: WindowRow,
  placement: Placement,
  knowledge: Knowledge,
  now: Now,
): Step {
  if (placement.phase === 'closed') return { do: 'done' };
  if (placement.notBefore !== null && now.hostMs < placement.notBefore) {
    return { do: 'wait', until: placement.notBefore };
  }
  switch (placement.phase) {
    case 'planned':
    case 'putting':
    case 'open':
      // The row begins to close as a whole before its placements are asked: see `judgeRow`.
      return heldBack(openingStep(row, placement, knowledge, now), knowledge, now);
    case 'closing':
    case 'gone':
    case 'disarmed':
      return closingStep(row, placement, knowledge, now);
  }
}

/** Whatever sends a request in order to open waits while closes may need the requests that are left. */
function heldBack(step: Step, { budgetPauseMs }: Knowledge, now: Now): Step {
  return budgetPauseMs > 0 && requests.includes(step.do)
    ? { do: 'wait', until: now.hostMs + Math.max(budgetPauseMs, shortPauseMs) }
    : step;
}

const requests: readonly Step['do'][] = ['look', 'confirm', 'search', 'putRule', 'extendRule'];
