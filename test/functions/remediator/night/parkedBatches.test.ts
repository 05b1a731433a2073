import {
  isQuiet,
  ParkedBatches,
  vmKey,
} from '../../../../functions/remediator/night/parkedBatches';
import type { Entry } from '../../../../shared/domain/remediation/entry';
import { ended } from '../../../../shared/domain/remediation/firstEntry';
import { noTally } from '../../../../shared/domain/remediation/remediationRow';
import { at, entryOf, sentOf } from '../../../support/nightEntries';

const minute = 60_000;
const subscriptionId = '11111111-1111-4111-8111-111111111111';

/** An install that is under way for two minutes and is asked about in ten. */
function installing(vmId: string, changes: Partial<Entry> = {}): Entry {
  const sent = [sentOf({ at: at - 2 * minute })];
  return entryOf({ vmId, stage: 'extensionSent', nextAt: at + 10 * minute, sent, ...changes });
}

const batch = {
  number: 7,
  subscriptionId,
  entries: [
    installing('/VM/one'),
    installing('/vm/two', { nextAt: at + 20 * minute }),
    ended(entryOf({ vmId: '/vm/three' }), { outcome: 'skipped', at, reason: 'optedOut' }),
  ],
};

function parked(...batches: (typeof batch)[]): ParkedBatches {
  const made = new ParkedBatches();
  for (const one of batches) made.put(one);
  return made;
}

describe('batches that are parked', () => {
  it('come back for a VM that the index says is over, in whatever case, and for no other', () => {
    const some = parked(batch);
    expect(some.wake(vmKey('/vm/ONE'), at)).toBe(true);
    expect(some.wake(vmKey('/vm/one'), at)).toBe(true);
    expect(some.wake(vmKey('/vm/three'), at)).toBe(false);
    expect(some.wake(vmKey('/vm/nobody'), at)).toBe(false);
    expect([some.dueIn(7, at), some.dueIn(8, at)]).toEqual([1, 0]);
    expect([...some.release(7, batch.entries)]).toEqual([vmKey('/vm/one')]);
  });

  it('come back by their own time, at the latest', () => {
    const some = parked(batch);
    expect(some.dueIn(7, at + 10 * minute - 1)).toBe(0);
    expect(some.dueIn(7, at + 10 * minute)).toBe(1);
  });

  it('take nothing for over that the index may know from before the write', () => {
    const fresh = { ...batch, entries: [installing('/vm/one', { sent: [sentOf({ at })] })] };
    const some = parked(fresh);
    expect(some.wake(vmKey('/vm/one'), at + 30_000)).toBe(false);
    expect(some.wake(vmKey('/vm/one'), at + minute)).toBe(true);
  });

  it('are nobody’s once they are back', () => {
    const some = parked(batch);
    some.release(7, batch.entries);
    expect(some.wake(vmKey('/vm/one'), at)).toBe(false);
    expect(some.subscriptionIds()).toEqual(new Set());
    expect([...some.release(7, batch.entries)]).toEqual([]);
  });

  it('know whether a cancelled run has something to end in them', () => {
    const retried = installing('/vm/four', { stage: 'waiting' });
    const some = parked(batch, { ...batch, number: 8, entries: [retried] });
    expect([some.hasIdle(7), some.hasIdle(8), some.hasIdle(9)]).toEqual([false, true, false]);
  });

  it('count in what the run has come to', () => {
    const sum = { ...noTally.ended, fixed: 3 };
    parked(batch, { ...batch, number: 8 }).addEnded(sum);
    expect(sum).toEqual({ ...noTally.ended, fixed: 3, skipped: 2 });
  });
});

describe('a batch is quiet', () => {
  const quiet = installing('/vm/one');
  it.each<[string, Entry[], boolean]>([
    ['where all of it installs', [quiet, quiet], true],
    ['where all of it is over', [ended(quiet, { outcome: 'fixed', at })], true],
    ['where one is due', [quiet, { ...quiet, nextAt: at }], false],
    ['where one is due in half a minute', [quiet, { ...quiet, nextAt: at + 30_000 }], false],
    ['where nobody knows whether one has left', [{ ...quiet, stage: 'announced' }], false],
    ['where one waits for a retry in five minutes', [{ ...quiet, stage: 'waiting' }], true],
  ])('%s: %s', (_, entries, isSo) => {
    expect(isQuiet(entries, at)).toBe(isSo);
  });
});
