import type { Candidate, CandidateExtension, CandidateSurroundings } from './candidate';
import type { OsSupport } from './osSupport';
import type { ReasonCode } from './reasons';
import type { RemediationRules } from './remediationRules';

/** One VM with everything that is asked about it. */
export type Situation = {
  readonly candidate: Candidate;
  readonly surroundings: CandidateSurroundings;
  readonly rules: RemediationRules;
  readonly os: OsSupport;
  /** Its login extension, in whatever state. */
  readonly extension: CandidateExtension | null;
};

/** One reason to leave a VM alone. */
export type Check = {
  readonly reason: ReasonCode;
  /** What of this VM makes it stand, clean and short, or `''`; `null`: it does not stand. */
  readonly standsFor: (situation: Situation) => string | null;
};
