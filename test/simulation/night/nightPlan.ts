import type { RecipeName } from './recipes';

/** What the remediator app does in a seed in which there is one. Times from the start of the run. */
export type NightPlan = {
  readonly machines: readonly NightMachine[];
  /** What its rules look at: everything, the machines of the windows too, or the night's group. */
  readonly scope: 'subscription' | 'group';
  readonly defaultOutbound: 'refuse' | 'accept';
  readonly firstNight: 'fix' | 'dryRun';
  /** The remediator may send user-assigned identities again. */
  readonly mayKeepIdentities: boolean;
  readonly latency: { readonly patch: number; readonly install: number };
  /** After this Azure gives an install up, and a silent agent. */
  readonly installLimitMs: number;
  readonly silentAgentMs: number;
  readonly errands: readonly NightErrand[];
};

export type NightMachine = {
  readonly name: string;
  readonly recipe: RecipeName;
  /** What the nights before have left of it. */
  readonly standing: 'none' | 'once' | 'paused' | 'quarantined';
};

/** What comes to the app: its timer, or a message of its queue. */
export type NightErrand = {
  readonly atMs: number;
  readonly what:
    | 'night'
    /** The next night's timer, with the same one still running or not. */
    | 'next night'
    | 'start'
    | 'dry run'
    /** For some machines alone. */
    | 'start some'
    /** For what the rules do not allow. */
    | 'start elsewhere'
    | 'cancel'
    | 'release'
    | 'garbage'
    /** Asked for two days ago. */
    | 'stale';
  /** Numbers runs that are asked for; a cancel names the one it is for, `null`: the night's. */
  readonly run: number | null;
  /** A message that comes twice. */
  readonly isTwice: boolean;
};

/** The id of a run that is asked for. */
export function askedId(run: number): string {
  return `asked-${String(run).padStart(2, '0')}aaaaaaaaaaaaaaaaaaaaaaaa`;
}
