import { Fault } from '../../../../shared/domain/fault';
import type { BatchRow } from '../../../../shared/domain/remediation/batchRow';
import type { Crossing, Deed } from '../../boundaries';
import type { FaultKind } from '../../stage';
import { nightStrike } from './nightFault';

const any = ({ kind }: Crossing): boolean => kind === 'ledger';
const isRead = (crossing: Crossing): boolean =>
  any(crossing) && /\.(?:get|list)$/.test(crossing.name);
const isWrite = (crossing: Crossing): boolean => any(crossing) && !isRead(crossing);
const isReplace = (crossing: Crossing): boolean =>
  any(crossing) && crossing.name.endsWith('.replace');
const isInsert = (crossing: Crossing): boolean =>
  any(crossing) && crossing.name.endsWith('.insert');
const isOfBatches = ({ name }: Crossing): boolean => name === 'remediationBatches.replace';

/** A batch that says of a write that it leaves now. */
function announces(crossing: Crossing): boolean {
  if (!isOfBatches(crossing)) return false;
  const [{ entries }] = crossing.input as readonly [BatchRow];
  return entries.some(({ stage }) => stage === 'announced');
}

const unavailable = (): Deed => ({
  do: 'fail',
  error: () =>
    new Fault(
      { kind: 'unavailable', code: 'ServerBusy', status: 503, retryAfterMs: null },
      'asking the ledger',
    ),
});
const answers = (word: string) => (): Deed => ({ do: 'answer', answer: () => word });
const slow = (ms: number) => (): Deed => ({ do: 'delay', ms });

const some = { times: [1, 8], skip: 20 } as const;

/** What storage does to the night's rows. */
export const nightLedger: readonly FaultKind[] = [
  nightStrike('ledger read fails', 'before', isRead, unavailable, some),
  nightStrike('ledger write fails', 'before', isWrite, unavailable, some),
  nightStrike('ledger write unacknowledged', 'unacknowledged', isWrite, unavailable, some),
  nightStrike('batch saved, unacknowledged', 'unacknowledged', isOfBatches, unavailable, {
    times: [1, 4],
  }),
  nightStrike('row called changed', 'before', isReplace, answers('changed'), {
    times: [1, 3],
    skip: 20,
  }),
  // Our own, whose answer was lost and which was sent again: nobody else inserts them.
  nightStrike('row called there', 'unacknowledged', isInsert, answers('exists'), {
    times: [1, 2],
    skip: 2,
  }),
  nightStrike('ledger slow', 'before', any, slow(8_000), some),
  nightStrike('batches saved slowly', 'before', isOfBatches, slow(6_000), { times: [3, 12] }),
  nightStrike('stands still after announcing', 'unacknowledged', announces, slow(24_000), {
    times: [1, 3],
    skip: 2,
    isEarly: true,
  }),
];
