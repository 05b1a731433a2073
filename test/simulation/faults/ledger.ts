import { Fault } from '../../../shared/domain/fault';
import type { Crossing, Deed, Moment } from '../boundaries';
import type { FaultKind } from '../stage';

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
  ledgerFault('ledger slow', 'before', () => true, { do: 'delay', ms: 8_000 }),
];
