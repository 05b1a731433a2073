import { createLedgerMemory } from '../../../shared/ledgerMemory';
import { installClock } from '../clock';
import { watchListed } from './listed';

/** What the watch says of a row, after some minutes in which `during` changes the ledger. */
async function said(
  during: (minute: number, ledger: ReturnType<typeof createLedgerMemory>) => void,
) {
  const clock = installClock(0);
  try {
    const ledger = createLedgerMemory();
    const watch = watchListed(clock, () => ledger);
    watch.begin(600_000);
    for (let minute = 0; minute < 10; minute += 1) {
      during(minute, ledger);
      await clock.runUntil((minute + 1) * 60_000);
    }
    return watch.faults().map(({ what }) => what);
  } finally {
    clock.uninstall();
  }
}

const row = (concludedAt: number | null): never => ({ id: 'one', concludedAt }) as never;
const live = { id: 'one' } as never;

describe('a window that is not at its end', () => {
  it('is listed', async () => {
    const faults = await said((minute, { windows, live: list }) => {
      if (minute === 0) void list.insert(live);
      if (minute === 1) void windows.insert(row(null));
    });
    expect(faults).toEqual([]);
  });

  it('is missed once it has not been for two minutes', async () => {
    const faults = await said((minute, { windows }) => {
      if (minute === 2) void windows.insert(row(null));
    });
    expect(faults[0]).toMatch(/window one .* nobody lists it/);
  });

  it('may be under way to the list', async () => {
    const faults = await said((minute, { windows, live: list }) => {
      if (minute === 2) void windows.insert(row(null));
      if (minute === 3) void list.insert(live);
    });
    expect(faults).toEqual([]);
  });

  it('is none any more after its end', async () => {
    const faults = await said((minute, { windows }) => {
      if (minute === 2) void windows.insert(row(1));
    });
    expect(faults).toEqual([]);
  });
});
