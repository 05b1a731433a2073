import { batchId, type BatchRow } from '../../../shared/domain/remediation/batchRow';
import type { Entry, EntryEnd } from '../../../shared/domain/remediation/entry';
import { ended } from '../../../shared/domain/remediation/firstEntry';
import { createNightMemory } from '../../../shared/ledgerMemory';
import type { NightLedger } from '../../../shared/ports/nightLedger';
import { entryOf } from '../../support/nightEntries';
import { type OpenNight, openNight } from './openNight';
import { judgeOutcomes } from './outcomes';

let night: OpenNight;
beforeEach(() => {
  night = openNight({ name: 'three', vms: 3, subscriptions: 1, writesEach: 1 }, 1);
});
afterEach(() => night.close());

const run = 'night-20260101';

/** A ledger in which each of these VMs came to something, in two batches. */
async function ledgerOf(entries: readonly Entry[]): Promise<NightLedger> {
  const ledger = createNightMemory();
  for (const [number, some] of [entries.slice(0, 2), entries.slice(2)].entries()) {
    const id = batchId(run, number);
    const row: BatchRow = {
      schema: 1,
      id,
      runId: run,
      number,
      subscriptionId: '',
      entries: some,
    };
    await ledger.remediationBatches.insert(row);
  }
  return ledger;
}

const entry = (at: number, end: Pick<EntryEnd, 'outcome'> & Partial<EntryEnd>): Entry =>
  ended(entryOf({ vmId: night.vmIds[at] ?? '' }), { at: 0, ...end });

/** What nobody has written to is not ready: each of these VMs lacks its extension. */
async function judged(entries: readonly Entry[]) {
  const figures = await judgeOutcomes(night, await ledgerOf(entries), run);
  const { missing, doubled, open, untrue } = figures;
  return { missing, doubled, open, untrue: untrue.length };
}

describe('outcomes of a night', () => {
  it('are true where Azure shows the same', async () => {
    const { estate } = night.azure.resourceManager;
    for (const id of night.vmIds) {
      const vm = estate.vms.get(id.toLowerCase());
      const type = 'AADLoginForWindows';
      const extension = { name: type, publisher: '', type, provisioningState: 'Succeeded' };
      if (vm !== undefined) estate.setVm({ ...vm, extensions: [extension] });
    }
    const all = [0, 1, 2].map((at) => entry(at, { outcome: 'fixed' }));
    expect(await judged(all)).toEqual({ missing: 0, doubled: 0, open: 0, untrue: 0 });
    const [, two, three] = all;
    const none = entry(0, { outcome: 'failed', reason: 'extensionFailed' });
    expect(await judged([none, ...(two && three ? [two, three] : [])])).toMatchObject({
      untrue: 1,
    });
  });

  it('are judged by the VMs that there are, not by the rows', async () => {
    const fixed = entry(0, { outcome: 'fixed' });
    const open = entryOf({ vmId: night.vmIds[1] ?? '' });
    expect(await judged([fixed, fixed, open])).toEqual({
      missing: 1,
      doubled: 1,
      open: 1,
      // Nothing is installed, whatever the rows say; and what is open has come to nothing.
      untrue: 3,
    });
  });
});
