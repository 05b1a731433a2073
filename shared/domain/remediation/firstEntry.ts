import type { Candidate, CandidateSurroundings } from './candidate';
import type { Entry, EntryEnd, Outcome } from './entry';
import { fingerprintOf, hasChanged } from './fingerprintOf';
import type { ReasonCode } from './reasons';
import type { StandingRow } from './standing';
import type { Verdict } from './verdict';

/** What a VM's first look came to, by the index alone. `now`: epoch ms. */
export function firstEntry(
  candidate: Candidate,
  surroundings: CandidateSurroundings,
  verdict: Verdict,
  standing: StandingRow | undefined,
  now: number,
): Entry {
  const fingerprint = fingerprintOf(candidate);
  const entry: Entry = {
    vmId: candidate.vmId,
    vmGuid: candidate.vmGuid,
    location: candidate.location.toLowerCase(),
    outbound: candidate.outbound,
    duplicateName: surroundings.duplicateName,
    stage: 'waiting',
    nextAt: 0,
    fingerprint,
    plan: [],
    sent: [],
    mends: '',
    attempts: 0,
    notes: verdict.kind === 'fix' ? verdict.notes : [],
    end: null,
  };
  if (verdict.kind === 'ready') return ended(entry, { outcome: 'ready', at: now });
  if (verdict.kind === 'skip') {
    const { reason, detail } = verdict;
    return ended(entry, { outcome: 'skipped', at: now, reason, detail });
  }
  const held = heldBack(standing, candidate, now);
  return held === null ? entry : ended(entry, { ...held, at: now });
}

/**
 * Why a VM that failed in the nights before is left alone in this one; `null`: it is not. Facts that
 * have changed since its last failure are another chance.
 */
function heldBack(
  standing: StandingRow | undefined,
  candidate: Candidate,
  now: number,
): {
  readonly outcome: Outcome;
  readonly reason: ReasonCode;
  readonly error: EntryEnd['error'];
} | null {
  if (standing === undefined || hasChanged(standing.fingerprint, candidate)) return null;
  const { error } = standing;
  if (standing.quarantinedAt !== null) {
    return { outcome: 'quarantined', reason: 'quarantined', error };
  }
  return standing.pausedUntil > now ? { outcome: 'skipped', reason: 'paused', error } : null;
}

type End = Pick<EntryEnd, 'outcome' | 'at'> & Partial<EntryEnd>;

/** An entry at its end: nothing is looked at or written any more. */
export function ended(entry: Entry, end: End): Entry {
  return {
    ...entry,
    stage: 'ended',
    nextAt: 0,
    plan: [],
    end: { reason: null, detail: '', error: null, writes: [], ...end },
  };
}
