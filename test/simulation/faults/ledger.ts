import { Fault } from '../../../shared/domain/fault';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { Crossing, Deed, Moment } from '../boundaries';
import type { FaultKind } from '../stage';

const ofTurns = ({ name }: Crossing): boolean => name.startsWith('turns.');
const isRead = ({ name }: Crossing): boolean => /\.(?:get|list)$/.test(name);

function ledgerFault(
  name: string,
  at: Moment,
  on: (crossing: Crossing) => boolean,
  deed: Deed,
): FaultKind {
  return {
    name,
    group: 'ledger',
    aim: 'closing',
    times: [1, 8],
    skip: 6,
    install: (stage, fault) => {
      stage.strike(
        fault,
        (crossing) => crossing.kind === 'ledger' && on(crossing),
        () => ({ at, deed }),
      );
    },
  };
}

/** A row that says of one of its rules that it is put now. */
function announcesPut({ name, input, atMs }: Crossing): boolean {
  if (name !== 'windows.replace') return false;
  const { placements } = (input as readonly [WindowRow])[0];
  return placements.some(({ lastPutAt }) => lastPutAt !== null && atMs - lastPutAt < 1_000);
}

const unavailable: Deed = {
  do: 'fail',
  error: () =>
    new Fault(
      { kind: 'unavailable', code: 'ServerBusy', status: 503, retryAfterMs: null },
      'asking the ledger',
    ),
};

/** What storage does to the ledger. */
export const ledgerFaults: readonly FaultKind[] = [
  ledgerFault('ledger read fails', 'before', isRead, unavailable),
  ledgerFault('ledger write fails', 'before', (crossing) => !isRead(crossing), unavailable),
  ledgerFault(
    'ledger write unacknowledged',
    'unacknowledged',
    (crossing) => !isRead(crossing),
    unavailable,
  ),
  {
    // Two who write the same row meet: one of them finds it changed.
    ...ledgerFault('rows written slowly', 'before', ({ name }) => name === 'windows.replace', {
      do: 'delay',
      ms: 3_000,
    }),
    aim: 'opening',
    forMs: [20_000, 60_000],
    times: [6, 20],
    skip: 0,
  },
  {
    // Frozen between the save that announces a PUT and the PUT: longer than a PUT may wait for its
    // sending, and not so long that its confirmation is too old by then.
    ...ledgerFault('worker freezes before a PUT', 'unacknowledged', announcesPut, {
      do: 'delay',
      ms: 24_000,
    }),
    group: 'process',
    aim: 'opening',
    times: [1, 2],
    skip: 1,
  },
  {
    ...ledgerFault('turns cannot be had for long', 'before', ofTurns, unavailable),
    group: 'turns',
    aim: 'opened',
    forMs: [400_000, 700_000],
    times: [100_000, 100_000],
    skip: 0,
    onlyNamed: true,
  },
  ledgerFault('ledger slow', 'before', () => true, { do: 'delay', ms: 8_000 }),
];
