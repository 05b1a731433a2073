import { afterFailure } from '../../../../shared/domain/remediation/afterNight';
import { ended, firstEntry } from '../../../../shared/domain/remediation/firstEntry';
import type { StandingRow } from '../../../../shared/domain/remediation/standing';
import { hashId } from '../../../../shared/domain/identity';
import { at, bareCandidate, entryOf, installWrite } from '../../../support/nightEntries';

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
    // Whoever asks for a run right away has it tried at once.
    expect(row.pausedUntil).toBe(at);
    expect(next(row, at).stage).toBe('waiting');
  });

  it('is known by its id, whoever wrote it how, and told as it is written', () => {
    const { vmId } = failed;
    expect(nights(at)).toMatchObject({ id: hashId(vmId.toLowerCase()), vmId });
    const loud = afterFailure({ ...failed, vmId: vmId.toUpperCase() }, 'one', null, at);
    expect(loud).toMatchObject({ id: hashId(vmId.toLowerCase()), vmId: vmId.toUpperCase() });
  });

  it('without a word why is remembered as refused', () => {
    expect(afterFailure(entryOf(), 'one', null, at)).toMatchObject({
      reason: 'refused',
      error: null,
    });
  });

  it('in two nights is left alone for two, and tried in the third', () => {
    const row = nights(at, at + day);
    expect(next(row, at + 2 * day)).toMatchObject({
      end: { outcome: 'skipped', reason: 'paused' },
    });
    expect(next(row, at + 3 * day).end?.reason).toBe('paused');
    expect(next(row, at + 4 * day).stage).toBe('waiting');
    // The third night may begin six hours earlier than the one that failed, and no more.
    expect(row.pausedUntil).toBe(at + 4 * day - day / 4);
    expect(next(row, row.pausedUntil - 1).end?.reason).toBe('paused');
    expect(next(row, row.pausedUntil).stage).toBe('waiting');
  });

  it('in three nights is in quarantine, with its error, for ever', () => {
    const row = nights(at, at + day, at + 4 * day);
    expect(row.quarantinedAt).toBe(at + 4 * day);
    expect(next(row, at + 400 * day).end).toMatchObject({ outcome: 'quarantined', error });
    expect(row).toMatchObject({ quarantinedAt: at + 4 * day, pausedUntil: at + 4 * day });
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
    // Nothing is left to be done, and nothing is told that nobody knows of.
    expect(ready).toMatchObject({ stage: 'ended', nextAt: 0, plan: [], notes: [] });
    expect(ready.end).toEqual({
      outcome: 'ready',
      at,
      reason: null,
      detail: '',
      error: null,
      writes: [],
    });
  });

  it('forgets the plan of whatever is at its end', () => {
    const planned = entryOf({ plan: [installWrite], nextAt: at });
    expect(ended(planned, { outcome: 'failed', at })).toMatchObject({ plan: [], nextAt: 0 });
  });

  it('keeps what could not be known', () => {
    expect(next(undefined, at)).toMatchObject({ notes: ['joinUnknown'], nextAt: 0, sent: [] });
    // Regions are written in any case, and counted by one.
    expect(next(undefined, at, { location: 'WestEurope' })).toMatchObject({
      location: 'westeurope',
      plan: [],
    });
  });
});
