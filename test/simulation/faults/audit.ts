import { Fault } from '../../../shared/domain/fault';
import type { Crossing, Deed, Moment } from '../boundaries';
import type { FaultKind } from '../stage';

const isAppend = ({ name }: Crossing): boolean => name === 'append';

const unavailable: Deed = {
  do: 'fail',
  error: () =>
    new Fault(
      { kind: 'unavailable', code: 'ServerBusy', status: 503, retryAfterMs: null },
      'adding a record',
    ),
};

function auditFault(
  name: string,
  at: Moment,
  on: (crossing: Crossing) => boolean,
  facts: Partial<FaultKind>,
): FaultKind {
  return {
    name,
    group: 'audit',
    aim: 'opening',
    times: [1, 8],
    skip: 4,
    ...facts,
    install: (stage, fault) => {
      stage.strike(
        fault,
        (crossing) => crossing.kind === 'audit' && on(crossing),
        () => ({ at, deed: unavailable }),
      );
    },
  };
}

const long = { skip: 0, forMs: [120_000, 480_000], times: [100_000, 100_000] } as const;

/** What storage does to the audit. */
export const auditFaults: readonly FaultKind[] = [
  auditFault('audit cannot be written', 'before', isAppend, {}),
  auditFault('audit write unacknowledged', 'unacknowledged', isAppend, {}),
  auditFault('audit cannot be written at the end', 'before', () => true, { aim: 'closing' }),
  auditFault('audit down while it opens', 'before', () => true, long),
  auditFault('audit down while it closes', 'before', () => true, { ...long, aim: 'closing' }),
];
