import { isAwaiting } from './approval';
import type { Placement, PlacementPhase, WindowRow } from './windowRow';

/** The phase of a window, derived from its placements, never stored. */
export type WindowPhase =
  | 'awaitingApproval'
  | 'planned'
  | 'opening'
  | 'open'
  | 'closing'
  | 'closed'
  | 'refused';

/** What may be asked of a window, by phase: doors and consoles read this one table. */
export const capabilities: Readonly<
  Record<WindowPhase, { readonly close: boolean; readonly extend: boolean }>
> = {
  awaitingApproval: { close: true, extend: false },
  planned: { close: true, extend: false },
  opening: { close: true, extend: false },
  open: { close: true, extend: true },
  closing: { close: false, extend: false },
  closed: { close: false, extend: false },
  refused: { close: false, extend: false },
};

/** Placements in these phases may still be opened, or are. */
const openable: readonly PlacementPhase[] = ['planned', 'putting', 'open'];

export function isOpenable(placement: Placement): boolean {
  return openable.includes(placement.phase);
}

/** Nothing of it can stand open any more, though a disarmed rule still waits for its lock to go. */
function isHarmless({ phase }: Placement): boolean {
  return phase === 'closed' || phase === 'disarmed';
}

/** Where the window stands as a whole. */
export function windowPhase(row: WindowRow): WindowPhase {
  if (isRefused(row)) return 'refused';
  if (isAwaiting(row) && row.wish === 'open') return 'awaitingApproval';
  const { placements } = row;
  const any = placements.length > 0;
  if (row.concludedAt !== null || (any && placements.every(isHarmless))) return 'closed';
  if (row.wish === 'closed' || row.closingAt !== null) return 'closing';
  const live = placements.filter(isOpenable);
  if (live.length === 0) return any ? 'closing' : 'planned';
  if (live.every(({ phase }) => phase === 'open')) return 'open';
  return live.every(({ phase }) => phase === 'planned') ? 'planned' : 'opening';
}

/** A window that was never open to anybody because something said no. */
function isRefused(row: WindowRow): boolean {
  if (row.concludedAt === null) return false;
  if (row.placements.some(({ openedAt }) => openedAt !== null)) return false;
  if (row.closeReason === 'planFailed' || row.closeReason === 'shadowed') return true;
  return row.placements.length === 0 && row.refusals.length > 0;
}

/** Each of its rules was read as gone; one that a lock keeps in place, as a Deny, is not. */
export function isGone({ placements, concludedAt }: WindowRow): boolean {
  if (concludedAt !== null) return true;
  return placements.length > 0 && placements.every(isRead);
}

function isRead({ phase }: Placement): boolean {
  return phase === 'gone' || phase === 'closed';
}

/** How a concluded window ended, in one word for people and logs. */
export function outcomeOf(row: WindowRow): string {
  if (isRefused(row))
    return row.approval?.answer?.kind === 'denied' ? 'approvalDenied' : lapsed(row);
  const kinds = new Set(row.placements.map(({ closedKind }) => closedKind));
  for (const kind of ['nsgGone', 'removedByOthers'] as const) if (kinds.has(kind)) return kind;
  return row.closeReason ?? 'closed';
}

/** Refused by Azure or policy; or by nobody, in the time that there was to approve it. */
function lapsed({ closeReason }: WindowRow): string {
  return closeReason === 'approvalExpired' ? closeReason : 'refused';
}
