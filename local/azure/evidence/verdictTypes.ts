import type { ActivationTruth, WriteRecord } from '../contract';
import type { Estate, NetworkSecurityGroupSeed, VirtualMachineSeed } from '../../estate';

/** All that the verdict is drawn from. Nothing in it comes from the app. */
export type VerdictInput = {
  /** As it was before the first write. */
  estate: Estate;
  records: readonly WriteRecord[];
  activations: readonly ActivationTruth[];
  /** ISO 8601. */
  now: string;
  /** The NSGs as they stand now, to be compared too; without it the log's own end is taken. */
  present?: readonly NetworkSecurityGroupSeed[];
  /**
   * Whether an activation ought to open this VM. By default: one of the two VM login roles, and the
   * VM carries the tag `postern: enabled`.
   */
  isExpected?: (activation: ActivationTruth, vm: VirtualMachineSeed) => boolean;
  /** Calls by which people asked the app for one more window and were given it, as the caller saw. */
  requests?: readonly RequestTruth[];
};

/** One person's call, and when it was answered. */
export type RequestTruth = { principalId: string; at: string };

/** How one NSG on the way to one VM fared for one activation. */
type PathState =
  | 'neverOpened'
  /** Stands; its deadline is yet to come. */
  | 'open'
  | 'closedInTime'
  | 'closedLate'
  /** Stands although its deadline is over. */
  | 'overrun';

export type PathLine = {
  requestName: string;
  vmId: string;
  nsgId: string;
  on: 'networkInterface' | 'subnet';
  state: PathState;
  /** The rules of the window on this NSG. */
  rules: string[];
  /** ISO 8601: when the PUT was received, and when the network obeyed it. */
  acceptedAt?: string;
  openAt?: string;
  goneAt?: string;
  /** The activation's end: what counts, also where it was ended before. */
  deadline: string;
  /** For reading only: when the person or PIM ended it before its time. */
  endedEarlyAt?: string;
  /** Seconds past the deadline, so far where it still stands. */
  overrunS: number;
};

/** A rule of the app that the network still obeys. */
export type StandingRule = {
  name: string;
  nsgId: string;
  access: 'Allow' | 'Deny';
  since: string;
  /** Absent where no activation justifies it. */
  deadline?: string;
  overrunS: number;
};

/** The judgement, as plain data. `passed` is true only where `reasons` is empty. */
export type Verdict = {
  passed: boolean;
  /** Each as one sentence. */
  reasons: string[];
  lines: PathLine[];
  standing: StandingRule[];
  /** Sequence numbers of writes by the app outside its own rules. */
  strayWrites: number[];
  /** Ids of NSGs that are not what they were before. */
  changedNsgs: string[];
};
