import { diceOf } from './dice';
import type { Plan } from './plan';
import type { Timing } from './stage';

/** Exact unless the plan says otherwise; drawn from a stream of its own. */
export function timingOf({ seed, polling }: Plan): Timing {
  const dice = diceOf(seed).fork('timing');
  const none = { min: 0, max: 0 };
  const base = {
    chance: () => dice.next(),
    activityRerunMs: { min: 301_000, max: 326_000 },
    takeOverMs: { min: 0, max: 13_000 },
  };
  if (polling === null) {
    return {
      ...base,
      earlyShare: 0,
      timerEarlyMs: none,
      timerLateMs: none,
      episodeStartMs: none,
      activityStartMs: none,
    };
  }
  return {
    ...base,
    earlyShare: 0.3,
    timerEarlyMs: { min: 0, max: 840 },
    timerLateMs: { min: 0, max: polling },
    episodeStartMs: { min: 5, max: 60 },
    activityStartMs: { min: 5, max: 500 },
  };
}
