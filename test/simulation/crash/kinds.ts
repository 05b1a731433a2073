import { Fault } from '../../../shared/domain/fault';
import type { Crossing, Deed, Moment, Strike } from '../boundaries';
import type { Answer } from '../seams';

/** One way of striking one crossing, by name; two of the same name and place are the same. */
export type Way = {
  readonly fault: string;
  readonly at: Moment;
  /**
   * Whether pairs are made of it. A death leaves only what is durable: ledger, network and task
   * hub. Between two changes of these nothing durable happens and, since reads take no time here,
   * no time passes: all deaths there are one, that of the last change before its answer. So pairs
   * strike where something durable changes, and deaths there once.
   */
  readonly isPaired: boolean;
  readonly deed: () => Deed;
};

/** A host is back so soon. */
const downMs = 5_000;

const isWrite = ({ kind, name }: Crossing): boolean =>
  kind === 'request'
    ? /^(?:put|delete) /.test(name)
    : kind === 'ledger' && !/\.(?:get|list)$/.test(name);

const hasMoments = ({ kind }: Crossing): boolean => kind !== 'timer';

/**
 * Every way in which this crossing is struck when it is struck alone. Names are those of the table
 * of faults where it has them: the oracle knows by the name what a fault may excuse.
 */
export function waysOf(crossing: Crossing): Way[] {
  return [...deathsOf(crossing), ...errorsOf(crossing), ...repeatsOf(crossing)];
}

/** The strike of a way. */
export function strikeOf({ fault, at, deed }: Way): Strike {
  return { fault, at, deed: deed() };
}

const momentWords: Record<Moment, string> = {
  before: 'before an effect',
  unacknowledged: 'before the acknowledgement',
  after: 'between two effects',
};

function deathsOf(crossing: Crossing): Way[] {
  const { kind } = crossing;
  const moments: Moment[] = hasMoments(crossing)
    ? ['before', 'unacknowledged', 'after']
    : ['before'];
  const isDurable = isWrite(crossing) || kind === 'start' || kind === 'activity';
  return moments.flatMap((at): Way[] => [
    {
      fault: `host dies ${momentWords[at]}`,
      at,
      isPaired:
        at === 'unacknowledged'
          ? isDurable || kind === 'episode'
          : at === 'before' && kind === 'activity',
      deed: () => ({ do: 'die', who: 'host', downMs }),
    },
    {
      fault: `worker dies ${momentWords[at]}`,
      at,
      isPaired: at === 'unacknowledged' && isDurable,
      deed: () => ({ do: 'die', who: 'worker', downMs: 0 }),
    },
  ]);
}

function errorsOf(crossing: Crossing): Way[] {
  const { kind } = crossing;
  // An error after a read is an error before it: nothing has happened either way.
  const isEffect = isWrite(crossing);
  const way = (fault: string, at: Moment, deed: () => Deed, isPaired = isEffect): Way => ({
    fault,
    at,
    isPaired,
    deed,
  });
  switch (kind) {
    case 'request':
      return [
        way('503 before', 'before', unavailableAnswer),
        ...(isEffect ? [way('reset after', 'unacknowledged', reset)] : []),
        ...(isEffect ? [] : [way('reset before', 'before', reset)]),
      ];
    case 'ledger':
      return [
        way(isEffect ? 'ledger write fails' : 'ledger read fails', 'before', ledgerBusy),
        ...(isEffect ? [way('ledger write unacknowledged', 'unacknowledged', ledgerBusy)] : []),
        ...(/\.(?:insert|replace)$/.test(crossing.name)
          ? [way('ledger write repeated', 'unacknowledged', () => repeated(crossing), false)]
          : []),
      ];
    case 'audit':
      return [
        way('audit cannot be written', 'before', ledgerBusy, false),
        ...(crossing.name === 'append'
          ? [way('audit write unacknowledged', 'unacknowledged', ledgerBusy, false)]
          : []),
      ];
    case 'start':
      return [
        way('startNew lost', 'before', acceptedStart, true),
        way('startNew fails', 'before', reset, true),
        way('startNew fails', 'unacknowledged', reset, true),
      ];
    case 'delivery':
      return [
        way('delivery fails', 'before', reset, false),
        way('delivery fails', 'unacknowledged', reset, false),
      ];
    case 'activity':
    case 'episode':
    case 'trigger':
    case 'timer':
    case 'wait':
    // No script calls.
    case 'call':
      return [];
  }
}

function repeatsOf(crossing: Crossing): Way[] {
  const { kind, name } = crossing;
  const again = (fault: string, afterMs: number, isPaired: boolean): Way => ({
    fault,
    at: 'before',
    isPaired,
    deed: () => ({ do: 'again', afterMs }),
  });
  if (kind === 'activity') {
    return [
      again('activity executed twice at once', 0, true),
      again('activity executed again later', 90_000, false),
    ];
  }
  if (kind === 'request' && isWrite(crossing)) {
    return [again('request repeated', 2_000, true), again('request repeated', 15_000, false)];
  }
  if (kind === 'delivery' || kind === 'start') {
    return [again(`${kind} repeated`, 0, false), again(`${kind} repeated`, 30_000, false)];
  }
  return kind === 'trigger' && name.endsWith('Due') ? [again('timer fires twice', 0, false)] : [];
}

function unavailableAnswer(): Deed {
  const answer: Answer = {
    status: 503,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { code: 'ServerBusy', message: 'The server is busy.' } }),
  };
  return { do: 'answer', answer: () => answer };
}

function reset(): Deed {
  const make = (): Error => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  return { do: 'fail', error: make };
}

function ledgerBusy(): Deed {
  const facts = { kind: 'unavailable', code: 'ServerBusy', status: 503, retryAfterMs: null };
  return { do: 'fail', error: () => new Fault({ ...facts, kind: 'unavailable' }, 'the ledger') };
}

/** The client sent the write twice, and hears of the second: as if it had been somebody else. */
function repeated({ name }: Crossing): Deed {
  return { do: 'answer', answer: () => (name.endsWith('.insert') ? 'exists' : 'changed') };
}

function acceptedStart(): Deed {
  const answer = { status: 202, statusText: '', headers: {}, data: '{"id":"lost"}', config: {} };
  return { do: 'answer', answer: () => answer };
}
