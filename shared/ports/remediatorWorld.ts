import type { RemediationRules } from '../domain/remediation/remediationRules';
import type { Log } from './log';
import type { CandidateIndex, Machines } from './machines';
import type { NightLedger } from './nightLedger';
import type { NightPace } from './nightPace';
import type { Clock } from './world';

/** Everything the remediator app asks of the outside. Nothing in it reaches a network or a window. */
export type RemediatorWorld = {
  readonly clock: Clock;
  readonly log: Log;
  readonly pace: NightPace;
  readonly ledger: NightLedger;
  readonly machines: Machines;
  readonly index: CandidateIndex;
  readonly rules: RemediationRules;
  /** NCRONTAB, and the time zone that it is meant in. */
  readonly schedule: string;
  readonly timeZone: string;
  /** A name for this process, unlike any other's. */
  readonly holder: string;
  readonly version: string;
};
