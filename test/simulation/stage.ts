import type { TimerProfile } from '../../local/functions/index';
import type { Ledger } from '../../shared/ports/ledger';
import type { Simulation } from '../support/simulatedAzure';
import type { Boundaries, Crossing, Strike } from './boundaries';
import type { SimulatedClock } from './clock';
import type { Dice } from './dice';
import type { Wire } from './http/wire';
import type { NightStage } from './night/night';
import type { FaultKindFacts, FaultPlan, Plan } from './plan';
import type { Person } from './people';
import type { Narrowing } from './policies';

/** In which table line a kind of fault stands, and what it may excuse. */
export type FaultGroup =
  | 'process'
  | 'engine'
  | 'resourceManager'
  /** Resource Graph alone. */
  | 'index'
  /** The table of turns alone: whoever cannot ask whose turn it is goes on without one. */
  | 'turns'
  | 'editors'
  | 'strangers'
  | 'events'
  | 'clock'
  | 'ledger'
  /** What keeps records from being written: no close is to feel it. */
  | 'audit'
  | 'pim'
  /** What people ask for at the worst moment: no disturbance at all. */
  | 'people'
  | 'deploy'
  /** What happens to the night alone: nothing of a window may feel it. */
  | 'night';

/** A kind of fault: how it is drawn, and how it gets into a run. */
export type FaultKind = FaultKindFacts & {
  readonly group: FaultGroup;
  install(stage: Stage, fault: FaultPlan): void;
};

/** One fault that took effect. */
export type Affliction = {
  readonly kind: string;
  /** Which fault of the plan it was: one that strikes three times is one fault. */
  readonly id: number;
  readonly group: FaultGroup;
  readonly atMs: number;
  /** Until when it is felt, for what lasts. */
  readonly untilMs: number;
  /** The NSG that it concerns, and no other; absent: it concerns all. */
  readonly nsgId?: string;
};

/** When no host ran. `toMs` is infinite while it is still down. */
export type Outage = {
  readonly fromMs: number;
  toMs: number;
  /** The sweeper app was there, and went on alone. */
  readonly isSwept?: boolean;
};

/** Which policy ran from when on, as far as it allows less than that of the plan. */
export type Deployment = { readonly atMs: number; readonly narrowing: Narrowing | null };

/** The engine's timing while it runs: faults turn it. */
export type Timing = { -readonly [Name in keyof TimerProfile]: TimerProfile[Name] };

/** How far the host's clock is from the true time. */
export type Skew = {
  offsetMs(): number;
  set(offsetMs: number): void;
};

/** `startLost`: whoever was asked dies before it wakes anybody. */
export type Asking = { readonly startLost: boolean };

/** Everything that faults and actors may touch in a run. */
export type Stage = {
  readonly plan: Plan;
  readonly clock: SimulatedClock;
  readonly boundaries: Boundaries;
  readonly people: readonly Person[];
  readonly timing: Timing;
  readonly skew: Skew;
  readonly policyText: string;
  simulation(): Simulation;
  /** The stream of chance of one fault. */
  dice(fault: FaultPlan): Dice;
  /** Notes that a fault took effect now, and how long it will be felt. */
  took(fault: Pick<FaultPlan, 'kind' | 'id'>, forMs?: number, nsgId?: string): void;
  /** Calls `action` so many ms after the start, unless faults have stopped by then. */
  at(atMs: number, action: () => void): void;
  /** True once faults and editors have stopped. */
  isCalm(): boolean;
  /** Asked at each crossing from `fault.atMs` on, for `fault.forMs`, so often as `fault.times`. */
  strike(
    fault: FaultPlan,
    matches: (crossing: Crossing) => boolean,
    strike: (crossing: Crossing) => Omit<Strike, 'fault' | 'id'>,
  ): void;
  /** The host dies now and comes back after a while, perhaps otherwise. */
  restart(
    downMs: number,
    changes?: Parameters<Simulation['startHost']>[0],
    /** The policy among the changes allows less than that of the plan. */
    narrowing?: Narrowing,
  ): void;
  /** What may be done to the remediator app; throws in a run without one. */
  night(): NightStage;
  /** The host dies now and nobody starts it again. */
  die(): void;
  /** The sweeper app runs beside the main one from now on; nothing is listed to it until then. */
  withSweeper(blindUntilMs?: number): void;
  killWorker(): void;
  /** Asks the app for an early end (`null`) or a later deadline of a window, epoch ms. */
  ask(windowId: string, untilMs: number | null, how?: Asking): void;
  /** The way of calls to the API. */
  readonly wire: Wire;
  /** Notes that the app took an event that nobody can read. */
  tookMalformed(): void;
  newLedger(): Ledger;
  /** Bodies of events as they were delivered, for whoever sends them again. */
  readonly delivered: string[];
};
