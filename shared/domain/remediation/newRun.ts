import type { RemediationAsk } from './ask';
import { noTally, type RemediationRow } from './remediationRow';

type Start = Extract<RemediationAsk, { kind: 'start' }>;

const notBegun = {
  schema: 1,
  dryScopes: [],
  phase: 'asked',
  startedAt: null,
  foundAt: null,
  endedAt: null,
  cancelAt: null,
  cancelledBy: '',
  merged: 0,
  holder: '',
  heldUntil: 0,
  cursor: { token: null, lastId: '' },
  batches: 0,
  open: [],
  tally: noTally,
  settled: noTally.ended,
  pace: [],
  trouble: '',
} as const;

/** The row of a run that somebody asks for. */
export function askedRun({ id, askedBy, askedAt, scopes, dryRun }: Start): RemediationRow {
  return { ...notBegun, id, kind: 'asked', askedBy, scopes, dryRun, createdAt: askedAt };
}

/** The row of a night's run; `day` is `20261130` in the time zone of the schedule. */
export function nightlyRun(day: string, now: number): RemediationRow {
  return {
    ...notBegun,
    id: `night-${day}`,
    kind: 'nightly',
    askedBy: '',
    scopes: [],
    dryRun: false,
    createdAt: now,
  };
}
