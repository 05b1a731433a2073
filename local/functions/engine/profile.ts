/** A range of milliseconds; a value is drawn evenly from it. */
export type MsRange = { readonly min: number; readonly max: number };

/**
 * How far the engine's timing is from exact. Real hosts wake a timer up to 0.84 s early (queue
 * visibility has whole seconds) and late by as much as `maxQueuePollingInterval`.
 */
export type TimerProfile = {
  /** Seeded randomness in [0, 1): the same seed gives the same run. */
  readonly chance: () => number;
  /** Share of timers that fire early; the others are late. */
  readonly earlyShare: number;
  readonly timerEarlyMs: MsRange;
  readonly timerLateMs: MsRange;
  /** From a message in the control queue to the episode that reads it. */
  readonly episodeStartMs: MsRange;
  /** From scheduling an activity to its start: polling of the work-item queue. */
  readonly activityStartMs: MsRange;
  /** From the first start of an activity whose host died to its second run. */
  readonly activityRerunMs: MsRange;
  /** From a host's start until it takes over the instances it finds. */
  readonly takeOverMs: MsRange;
};

export type ActivityCall = { name: string; instanceId: string; taskId: number; nthRun: number };
export type TimerCall = { name: string; instanceId: string; fireAt: string };
export type EpisodeCall = { name: string; instanceId: string; nthEpisode: number };

/** The Node worker dies `afterMs` after the activity began; its result, if any, is lost. */
export type WorkerDeath = { readonly workerDiesAfterMs: number };

/** Faults on purpose; each hook is asked once per call and `undefined` means no fault. */
export type EngineFaults = {
  activity?: (call: ActivityCall) => WorkerDeath | undefined;
  /** True: the worker dies in this episode, which fails the instance for good. */
  episode?: (call: EpisodeCall) => boolean;
  /** True: the timer's message is lost, and the instance stays Running and waits for ever. */
  loseTimer?: (call: TimerCall) => boolean;
};

const none: MsRange = { min: 0, max: 0 };

/** No earliness, no lateness; only the rerun after a host's death keeps its measured span. */
export function exactProfile(): TimerProfile {
  return {
    chance: () => 0.5,
    earlyShare: 0,
    timerEarlyMs: none,
    timerLateMs: none,
    episodeStartMs: none,
    activityStartMs: none,
    activityRerunMs: { min: 301_000, max: 326_000 },
    takeOverMs: none,
  };
}

/**
 * The spans measured on the real engine (Durable extension 3.19.0, DurableTask.AzureStorage), for
 * a given `maxQueuePollingInterval`: with 1 s timers were at most 2.5 s late, with 30 s 29.2 s.
 */
export function measuredProfile(chance: () => number, maxPollingMs: number): TimerProfile {
  return {
    chance,
    earlyShare: 0.3,
    timerEarlyMs: { min: 0, max: 840 },
    timerLateMs: { min: 0, max: maxPollingMs + 1_000 },
    episodeStartMs: { min: 5, max: 60 },
    activityStartMs: { min: 5, max: 500 },
    activityRerunMs: { min: 301_000, max: 326_000 },
    takeOverMs: { min: 0, max: 13_000 },
  };
}

/** Draws from a range; an empty range uses no randomness, so scripted chances stay readable. */
export function draw(chance: () => number, range: MsRange): number {
  if (range.max <= range.min) return range.min;
  return range.min + Math.floor(chance() * (range.max - range.min));
}
