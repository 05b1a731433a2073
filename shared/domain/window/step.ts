import type { SecurityRule } from '../networkSecurityGroup';
import type { ClosedKind, CloseReason } from './windowRow';

/** Why one placement is given up while the others go on. */
export type PlacementRefusal =
  | 'shadowed'
  | 'neverOpened'
  | 'conflict'
  | 'putDenied'
  | 'putLocked'
  | 'putInvalid'
  | 'nsgMissing';

/** The one next thing to do for a placement. */
export type Step =
  /** Ask for what is not known yet, then decide again. */
  | { readonly do: 'look' }
  | { readonly do: 'confirm' }
  | { readonly do: 'search' }
  /** Effects: announced in the row first, one per NSG and round. */
  | { readonly do: 'putRule'; readonly rule: SecurityRule; readonly answeredAt: number }
  | { readonly do: 'extendRule'; readonly rule: SecurityRule; readonly answeredAt: number }
  | { readonly do: 'disarmRule'; readonly rule: SecurityRule }
  | { readonly do: 'deleteRule' }
  /** Facts: what the reading, begun at `at`, proves. */
  | { readonly do: 'proveOpen'; readonly answeredAt: number; readonly lookAt: number }
  | { readonly do: 'proveExtended'; readonly answeredAt: number; readonly lookAt: number }
  /** The PUT of an extend had no effect, and can have none any more. */
  | { readonly do: 'forgetExtend' }
  | { readonly do: 'noteGone'; readonly at: number }
  | { readonly do: 'proveDisarmed' }
  | { readonly do: 'proveClosed'; readonly at: number; readonly kind: ClosedKind }
  | { readonly do: 'noteBack' }
  | { readonly do: 'noteUnsigned'; readonly until: number }
  | { readonly do: 'noteMissing'; readonly since: number; readonly until: number }
  | { readonly do: 'follow'; readonly nsgId: string }
  | { readonly do: 'noteLacking'; readonly until: number }
  /** Decisions about this placement or the whole window. */
  | { readonly do: 'replan' }
  | { readonly do: 'refuse'; readonly code: PlacementRefusal; readonly detail: string }
  /** The deadline that is wished falls back to `until`, which can be had. */
  | { readonly do: 'dropExtend'; readonly until: number }
  | { readonly do: 'closeWindow'; readonly reason: CloseReason }
  | { readonly do: 'wait'; readonly until: number }
  | { readonly do: 'done' };
