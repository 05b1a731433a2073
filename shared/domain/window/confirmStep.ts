import type { Now } from '../instant';
import { isFreshConfirmation } from './deadline';
import type { Knowledge } from './knowledge';
import { pauseAfter } from '../reaction';
import { confirmAgainMs, hintPauseMs, lackingForMs } from './pace';
import type { Step } from './step';
import type { Placement, WindowRow } from './windowRow';

/**
 * What stands between the placement and a confirmation: `null` if the activation is confirmed. An
 * answer the row remembers (`remembered`) serves while it is young: for the proof, never for a PUT.
 */
export function confirmStep(
  placement: Placement,
  { confirmation }: Knowledge,
  now: Now,
  remembered: number | null,
): Step | null {
  if (confirmation === null) {
    const fresh = remembered !== null && isFreshConfirmation(remembered, now);
    return fresh ? null : { do: 'confirm' };
  }
  switch (confirmation.kind) {
    case 'standing':
      // An answer that is old when it comes will not be younger when it is asked for at once again.
      return isFreshConfirmation(confirmation.answeredAt, now)
        ? null
        : { do: 'wait', until: now.hostMs + confirmAgainMs };
    case 'shorter':
    case 'lacking': {
      const since = placement.unconfirmedSince;
      if (since !== null && now.hostMs - since >= lackingForMs) {
        return { do: 'closeWindow', reason: 'confirmationLost' };
      }
      return { do: 'noteLacking', until: now.hostMs + confirmAgainMs };
    }
    case 'withheld':
      return { do: 'wait', until: now.hostMs + hintPauseMs };
    case 'unknown':
      return { do: 'wait', until: now.hostMs + pauseAfter(confirmation.fault, 'open', 3) };
  }
}

/** When the answer came that confirms the activation; 0 if none does. */
export function answeredAtOf({ confirmation }: Knowledge): number {
  return confirmation?.kind === 'standing' ? confirmation.answeredAt : 0;
}

/** The confirmation that the row remembers; a delete hint that is not judged yet voids it. */
export function rememberedOf(
  { endHintAt }: Pick<WindowRow, 'endHintAt'>,
  { confirmedAt }: Placement,
): number | null {
  return endHintAt === null ? confirmedAt : null;
}
