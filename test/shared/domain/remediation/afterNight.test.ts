import { afterFailure } from '../../../../shared/domain/remediation/afterNight';
import { ended, firstEntry } from '../../../../shared/domain/remediation/firstEntry';
import type { StandingRow } from '../../../../shared/domain/remediation/standing';
import { at, bareCandidate, entryOf } from '../../../support/nightEntries';

const day = 24 * 3_600_000;
const error = { status: 0, code: '51', message: 'Not supported.' };
const failed = ended(entryOf(), { outcome: 'failed', at, reason: 'extensionFailed', error });
const around = { duplicateName: false, policyAssignmentId: '' };
const fix = { kind: 'fix', writes: [], notes: ['joinUnknown'] } as const;
const next = (standing: StandingRow | undefined, now: number, changes = {}) =>
  firstEntry(bareCandidate(changes), around, fix, standing, now);

/** One failed night after another, at these times. */
function nights(...times: number[]): StandingRow {
  let row: StandingRow | null = null;
  for (const [count, time] of times.entries())
    row = afterFailure(failed, `night-${count}`, row, time);
  if (row === null) throw new Error('There was no night.');
  return row;
}

describe('a VM that failed', () => {
  it('in one night is tried in the next', () => {
    const row = nights(at);
    expect(row).toMatchObject({
      failures: 1,
      quarantinedAt: null,
      reason: 'extensionFailed',
      error,
    });
    expect(next(row, at + day).stage).toBe('waiting');
  });

  it('in two nights is left alone for two, and tried in the third', () => {
    const row = nights(at, at + day);
    expect(next(row, at + 2 * day)).toMatchObject({
      end: { outcome: 'skipped', reason: 'paused' },
    });
    expect(next(row, at + 3 * day).end?.reason).toBe('paused');
    expect(next(row, at + 4 * day).stage).toBe('waiting');
  });

  it('in three nights is in quarantine, with its error, for ever', () => {
    const row = nights(at, at + day, at + 4 * day);
    expect(row.quarantinedAt).toBe(at + 4 * day);
    expect(next(row, at + 400 * day).end).toMatchObject({ outcome: 'quarantined', error });
  });

  it('leaves quarantine when its facts change', () => {
    const row = nights(at, at + day, at + 4 * day);
    expect(next(row, at + 5 * day, { vmSize: 'Standard_E2s_v5' }).stage).toBe('waiting');
  });

  it('counts a night once, however often it is told of it', () => {
    const once = nights(at);
    expect(afterFailure(failed, 'night-0', once, at + 5)).toBe(once);
  });

  it('counts from one again after a change, and after a month', () => {
    const changed = { ...failed, fingerprint: 'other' };
    expect(afterFailure(changed, 'later', nights(at, at + day), at + 2 * day).failures).toBe(1);
    expect(nights(at, at + 30 * day).failures).toBe(1);
    expect(nights(at, at + 30 * day - 1).failures).toBe(2);
  });
});

describe('a first look', () => {
  it('ends what is ready or left alone, whatever the last nights were', () => {
    const row = nights(at, at + day, at + 4 * day);
    const ready = firstEntry(bareCandidate(), around, { kind: 'ready' }, row, at);
    expect(ready.end).toMatchObject({ outcome: 'ready', reason: null });
    const verdict = { kind: 'skip', reason: 'optedOut', detail: 'a tag' } as const;
    expect(firstEntry(bareCandidate(), around, verdict, row, at).end).toMatchObject({
      outcome: 'skipped',
      reason: 'optedOut',
      detail: 'a tag',
    });
  });

  it('keeps what could not be known', () => {
    expect(next(undefined, at)).toMatchObject({ notes: ['joinUnknown'], nextAt: 0, sent: [] });
  });
});
