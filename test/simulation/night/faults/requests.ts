import type { Crossing, Deed } from '../../boundaries';
import { answerOf, cut, instead, netError } from '../../faults/requests';
import type { Answer } from '../../seams';
import type { FaultKind, Stage } from '../../stage';
import { nightStrike } from './nightFault';

const any = ({ kind }: Crossing): boolean => kind === 'request';
const isRead = ({ name }: Crossing): boolean => name === 'get virtualmachines';
const isPatch = ({ name }: Crossing): boolean => name === 'patch virtualmachines';
const isWrite = ({ name }: Crossing): boolean =>
  name === 'put extensions' || name === 'patch virtualmachines';
const asks = (crossing: Crossing): boolean => isRead(crossing) || isQuery(crossing);
const isQuery = ({ name }: Crossing): boolean => name === 'post resources';

/** Which of the night's questions a request to the index holds. */
const asksFor =
  (query: string) =>
  (crossing: Crossing): boolean =>
    isQuery(crossing) && textOf(crossing).includes(`postern:${query} `);

function textOf({ input }: Crossing): string {
  const { body } = input as { body?: unknown };
  return typeof body === 'string' ? body : '';
}

const refuses = (status: number, code: string, headers: Record<string, string> = {}) =>
  instead(() => answerOf(status, code, 'It cannot be done now.', headers));

const throttled = (headers: Record<string, string>) =>
  refuses(429, 'SubscriptionRequestsThrottled', headers);

const hostile = `a\r\n\u001b[31mb\u202E<img src=x onerror=alert(1)>__proto__${'x'.repeat(5_000)}`;

const long = { forMs: [180_000, 480_000], times: [100_000, 100_000], skip: 0 } as const;
const often = { times: [2, 12] } as const;
/** A run writes in its first seconds; which of its writes are struck is drawn. */
const early = { isEarly: true, skip: 8 } as const;
const earlyOften = { ...early, ...often } as const;
/** It is asked for VMs once, as the first thing of all. */
const first = { isEarly: true, skip: 1 } as const;

/** What Resource Manager does to the night, and the way to it. */
export const nightRequests: readonly FaultKind[] = [
  nightStrike('429', 'before', any, throttled({}), often),
  nightStrike('429 Retry-After 30', 'before', any, throttled({ 'retry-after': '30' }), often),
  nightStrike('429 Retry-After soon', 'before', any, throttled({ 'retry-after': 'soon' })),
  nightStrike('429 Retry-After 900', 'before', any, throttled({ 'retry-after': '900' }), {
    times: [1, 1],
  }),
  nightStrike('429 of Compute', 'before', isWrite, refuses(429, 'OperationNotAllowed'), earlyOften),
  nightStrike('409', 'before', isWrite, refuses(409, 'Conflict'), earlyOften),
  nightStrike('412', 'before', isPatch, refuses(412, 'PreconditionFailed'), first),
  nightStrike('500 before', 'before', any, refuses(500, 'InternalServerError'), often),
  nightStrike('503 before', 'before', any, refuses(503, 'ServiceUnavailable'), often),
  nightStrike(
    '500 after',
    'unacknowledged',
    isWrite,
    refuses(500, 'InternalServerError'),
    earlyOften,
  ),
  nightStrike('reset before', 'before', any, broken('ECONNRESET'), often),
  nightStrike('reset after', 'unacknowledged', isWrite, broken('ECONNRESET'), earlyOften),
  nightStrike(
    'answer after 20 s',
    'unacknowledged',
    isWrite,
    () => ({ do: 'delay', ms: 20_000 }),
    early,
  ),
  nightStrike('sent after 12 s', 'before', isWrite, () => ({ do: 'delay', ms: 12_000 }), early),
  nightStrike(
    'read takes 14 s',
    'unacknowledged',
    isRead,
    () => ({ do: 'delay', ms: 14_000 }),
    often,
  ),
  nightStrike('401', 'before', any, refuses(401, 'ExpiredAuthenticationToken')),
  nightStrike('403 of reads', 'before', isRead, refuses(403, 'AuthorizationFailed')),
  nightStrike('403 of writes', 'before', isWrite, refuses(403, 'AuthorizationFailed'), early),
  nightStrike('404 of a read', 'before', isRead, refuses(404, 'ResourceNotFound')),
  nightStrike('a lock', 'before', isWrite, refuses(409, 'ScopeLocked'), early),
  nightStrike(
    'a policy denies',
    'before',
    isWrite,
    refuses(403, 'RequestDisallowedByPolicy'),
    early,
  ),
  nightStrike(
    'hostile message',
    'before',
    isWrite,
    () => ({
      do: 'answer',
      answer: () => answerOf(400, 'Bad\r\nRequest', hostile),
    }),
    early,
  ),
  nightStrike('body truncated', 'unacknowledged', isRead, () => ({
    do: 'answer',
    answer: (answered) => cut(answered as Answer),
  })),
  nightStrike('HTML', 'before', asks, () => ({
    do: 'answer',
    answer: () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }),
  })),
  nightStrike('down for minutes', 'before', any, refuses(503, 'ServiceUnavailable'), long),
  nightStrike('index fails for long', 'before', isQuery, refuses(503, 'ServiceUnavailable'), long),
  nightStrike('index throttled', 'before', isQuery, refuses(429, 'RateLimiting'), often),
  stale('index lags', isQuery),
  stale('index lags on extensions', asksFor('loginExtensions')),
  nightStrike(
    'index repeats rows',
    'unacknowledged',
    asksFor('candidates'),
    () => rows((data) => [...data, ...data]),
    first,
  ),
  nightStrike(
    'index leaves rows out',
    'unacknowledged',
    asksFor('candidates'),
    () => rows((data) => data.filter((_row, at) => at % 2 === 0)),
    first,
  ),
  nightStrike('index shows nonsense', 'unacknowledged', isQuery, () =>
    rows((data) => [{ id: 7 }, null, { id: '/x', vmId: hostile, tags: [], type: {} }, ...data]),
  ),
  nightStrike(
    'short pages, and some do not come',
    'before',
    asksFor('candidates'),
    (crossing, _stage, dice) =>
      dice.chance(0.3)
        ? refuses(503, 'ServiceUnavailable')()
        : { do: 'act', act: () => shorten(crossing, dice.int(3, 9)) },
    { ...first, times: [3, 12] },
  ),
  nightStrike(
    'index is cut off',
    'unacknowledged',
    asksFor('candidates'),
    () => ({
      do: 'answer',
      answer: (answered) => changed(answered as Answer, { resultTruncated: 'true' }),
    }),
    first,
  ),
  nightStrike(
    'installs seen as over',
    'unacknowledged',
    asksFor('loginExtensions'),
    () => rows((data) => data.map((row) => ({ ...(row as object), state: 'Succeeded' }))),
    { times: [4, 20], forMs: [60_000, 240_000] },
  ),
];

function broken(code: string): () => Deed {
  return () => ({ do: 'fail', error: () => netError(code) });
}

/** Asks the index for fewer rows than the app has: a page may hold any number. */
function shorten(crossing: Crossing, rowsMax: number): void {
  const request = crossing.input as { body?: unknown };
  const { options, ...query } = JSON.parse(textOf(crossing)) as { options?: object };
  request.body = JSON.stringify({ ...query, options: { ...options, $top: rowsMax } });
}

/** The index answers as it did when it was first asked so. */
function stale(name: string, on: (crossing: Crossing) => boolean): FaultKind {
  const ofRun = new WeakMap<Stage, Map<string, Answer>>();
  return nightStrike(
    name,
    'unacknowledged',
    on,
    (crossing, stage) => ({
      do: 'answer',
      answer: (answered) => {
        const seen = ofRun.get(stage) ?? new Map<string, Answer>();
        ofRun.set(stage, seen);
        const key = textOf(crossing);
        const then = seen.get(key) ?? (answered as Answer);
        seen.set(key, then);
        return { ...then, headers: (answered as Answer).headers };
      },
    }),
    long,
  );
}

function rows(change: (data: readonly unknown[]) => unknown[]): Deed {
  return {
    do: 'answer',
    answer: (answered) => {
      const { body } = answered as Answer;
      const { data = [] } = JSON.parse(body) as { data?: unknown[] };
      return changed(answered as Answer, { data: change(data) });
    },
  };
}

function changed(answer: Answer, part: object): Answer {
  if (answer.status !== 200) return answer;
  const body = JSON.parse(answer.body) as object;
  return { ...answer, body: JSON.stringify({ ...body, ...part }) };
}
