import type { Crossing, Deed, Moment } from '../boundaries';
import type { Answer } from '../seams';
import type { FaultKind, Stage } from '../stage';

const any = (): boolean => true;
const isWrite = ({ name }: Crossing): boolean => /^(?:put|delete) securityrules$/.test(name);
const isPut = ({ name }: Crossing): boolean => name === 'put securityrules';
const isGroupRead = ({ name }: Crossing): boolean => name === 'get networksecuritygroups';
const isInstanceList = ({ name }: Crossing): boolean =>
  name === 'get roleassignmentscheduleinstances';
const isQuery = ({ name }: Crossing): boolean => name === 'post resources';
const isRead = ({ name }: Crossing): boolean => /^(?:get|post) /.test(name);
const planned = ['virtualmachines', 'networkinterfaces', 'subnets', 'networksecuritygroups'];
const isReadOfOne = ({ name }: Crossing): boolean =>
  [...planned, 'roleassignments'].includes(name.replace(/^get /, ''));

/** An answer of Resource Manager, in its usual clothes. */
export function answerOf(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', date: new Date().toUTCString(), ...headers },
    body: JSON.stringify({ error: { code, message } }),
  };
}

/** The way to Resource Manager is broken. */
export function netError(code: string): Error {
  return Object.assign(new Error(`read ${code}`), { code });
}

type RequestFault = {
  name: string;
  group?: FaultKind['group'];
  at: Moment;
  deed: (crossing: Crossing, stage: Stage) => Deed;
  on?: (crossing: Crossing) => boolean;
  aim?: FaultKind['aim'];
  forMs?: readonly [number, number];
  times?: readonly [number, number];
  skip?: number;
  onlyNamed?: boolean;
};

function requestFault({ name, at, deed, on = any, aim, ...facts }: RequestFault): FaultKind {
  return {
    name,
    group: 'resourceManager',
    aim: aim ?? 'closing',
    ...facts,
    install: (stage, fault) => {
      stage.strike(
        fault,
        (crossing) => crossing.kind === 'request' && on(crossing),
        (crossing) => ({ at, deed: deed(crossing, stage) }),
      );
    },
  };
}

/** That answer in place of the effect. */
export const instead =
  (make: () => Answer): (() => Deed) =>
  () => ({ do: 'answer', answer: make });

const throttled = (headers: Record<string, string>): (() => Deed) =>
  instead(() =>
    answerOf(429, 'SubscriptionRequestsThrottled', 'Number of requests exceeded.', headers),
  );

const failing = (status: number, code: string): (() => Deed) =>
  instead(() => answerOf(status, code, 'The service is temporarily unavailable.'));

const broken =
  (code: string): (() => Deed) =>
  () => ({ do: 'fail', error: () => netError(code) });

/** One kind of request is put off for an hour, while a window is open. */
const putOff = {
  at: 'before',
  aim: 'open',
  forMs: [200_000, 400_000],
  onlyNamed: true,
  deed: throttled({ 'retry-after': '3600' }),
} as const;

/** What Resource Manager, or the way to it, does to single requests. */
export const requestFaults: readonly FaultKind[] = [
  requestFault({ name: '429', at: 'before', deed: throttled({}) }),
  requestFault({
    name: '429 Retry-After 2',
    at: 'before',
    deed: throttled({ 'retry-after': '2' }),
  }),
  requestFault({
    name: '429 Retry-After 3600',
    at: 'before',
    deed: throttled({ 'retry-after': '3600' }),
  }),
  requestFault({
    ...putOff,
    name: '429 Retry-After 3600 from PIM',
    on: isInstanceList,
    times: [1, 3],
    skip: 2,
  }),
  requestFault({
    // The deadline comes before the hour is over: whatever waits for it must not sleep through that.
    ...putOff,
    name: '429 Retry-After 3600 to a PUT',
    on: isPut,
    times: [1, 4],
    skip: 0,
  }),
  requestFault({
    name: '429 Retry-After soon',
    at: 'before',
    deed: throttled({ 'retry-after': 'soon' }),
  }),
  ...[500, 502, 503, 504].flatMap((status) => [
    requestFault({
      name: `${status} before`,
      at: 'before',
      deed: failing(status, 'InternalServerError'),
    }),
    requestFault({
      name: `${status} after`,
      at: 'unacknowledged',
      on: isWrite,
      deed: failing(status, 'InternalServerError'),
    }),
  ]),
  requestFault({ name: 'reset before', at: 'before', deed: broken('ECONNRESET') }),
  requestFault({
    name: 'reset after',
    at: 'unacknowledged',
    on: isWrite,
    deed: broken('ECONNRESET'),
  }),
  requestFault({ name: 'DNS', at: 'before', deed: broken('ENOTFOUND') }),
  requestFault({
    name: '401',
    at: 'before',
    deed: instead(() => answerOf(401, 'ExpiredAuthenticationToken', 'The token has expired.')),
  }),
  requestFault({
    name: '403',
    at: 'before',
    deed: instead(() => answerOf(403, 'AuthorizationFailed', 'The client is not authorized.')),
  }),
  requestFault({
    name: '404 stale read',
    at: 'unacknowledged',
    on: isGroupRead,
    times: [2, 8],
    skip: 1,
    deed: instead(() => answerOf(404, 'ResourceNotFound', 'The resource was not found.')),
  }),
  requestFault({
    // Of something that stands: whoever answers so is not Resource Manager, and knows nothing of it.
    name: '404 of a proxy',
    at: 'before',
    on: isReadOfOne,
    aim: 'opening',
    times: [1, 4],
    onlyNamed: true,
    deed: instead(() => ({
      status: 404,
      headers: { 'content-type': 'text/html', date: new Date().toUTCString() },
      body: '<html><body>No such page</body></html>',
    })),
  }),
  requestFault({
    name: '409 AnotherOperationInProgress',
    at: 'before',
    on: isWrite,
    deed: instead(() =>
      answerOf(409, 'AnotherOperationInProgress', 'Another operation is in progress.'),
    ),
  }),
  requestFault({
    name: '412',
    at: 'before',
    on: isWrite,
    deed: instead(() => answerOf(412, 'PreconditionFailed', 'The precondition is not met.')),
  }),
  requestFault({
    name: 'body truncated',
    at: 'unacknowledged',
    on: isRead,
    deed: () => ({ do: 'answer', answer: (answered) => cut(answered as Answer) }),
  }),
  requestFault({
    name: 'HTML',
    at: 'before',
    on: isRead,
    deed: instead(() => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<html><body>Sign in to the network</body></html>',
    })),
  }),
  requestFault({
    name: 'answer after 20 s',
    at: 'unacknowledged',
    on: isWrite,
    deed: () => ({ do: 'delay', ms: 20_000 }),
  }),
  requestFault({
    name: 'sent after 20 s',
    at: 'before',
    on: isPut,
    aim: 'opening',
    deed: () => ({ do: 'delay', ms: 20_000 }),
  }),
  requestFault({
    name: 'paging repeats',
    at: 'unacknowledged',
    aim: 'opening',
    on: isInstanceList,
    deed: () => ({ do: 'answer', answer: (answered) => rows(answered as Answer, twice) }),
  }),
  requestFault({
    name: 'paging skips',
    at: 'unacknowledged',
    aim: 'opening',
    on: isInstanceList,
    deed: () => ({ do: 'answer', answer: (answered) => rows(answered as Answer, () => []) }),
  }),
  requestFault({
    name: 'endDateTime missing',
    at: 'unacknowledged',
    aim: 'opening',
    times: [1, 6],
    on: isInstanceList,
    deed: () => ({ do: 'answer', answer: (answered) => ends(answered as Answer, null) }),
  }),
  requestFault({
    name: 'endDateTime past',
    at: 'unacknowledged',
    aim: 'opening',
    times: [1, 6],
    on: isInstanceList,
    deed: () => ({
      do: 'answer',
      answer: (answered) => ends(answered as Answer, '2020-01-01T00:00:00Z'),
    }),
  }),
  requestFault({
    name: 'list lacks an activation once',
    at: 'unacknowledged',
    aim: 'open',
    times: [1, 1],
    forMs: [60_000, 300_000],
    on: isInstanceList,
    deed: () => ({ do: 'answer', answer: (answered) => rows(answered as Answer, () => []) }),
  }),
  requestFault({
    // Shorter than lists are known to be stale: two answers half a minute apart are not both in it.
    name: 'lists lack an activation for 20 s',
    at: 'unacknowledged',
    aim: 'open',
    skip: 0,
    times: [100_000, 100_000],
    forMs: [12_000, 20_000],
    on: isInstanceList,
    onlyNamed: true,
    deed: () => ({ do: 'answer', answer: (answered) => rows(answered as Answer, () => []) }),
  }),
  requestFault({
    name: 'reserve reached',
    at: 'unacknowledged',
    aim: 'closing',
    skip: 0,
    forMs: [300_000, 600_000],
    times: [100_000, 100_000],
    deed: () => ({ do: 'answer', answer: (answered) => nearlyUsedUp(answered as Answer) }),
  }),
  requestFault({
    name: 'NSGs cannot be read for long',
    at: 'before',
    aim: 'opening',
    skip: 0,
    forMs: [400_000, 900_000],
    times: [100_000, 100_000],
    on: isGroupRead,
    deed: failing(500, 'InternalServerError'),
  }),
  requestFault({
    // The sweep has lists to go by: what is due goes as if nothing were the matter.
    name: 'Resource Graph fails for long',
    group: 'index',
    at: 'before',
    aim: 'open',
    skip: 0,
    forMs: [600_000, 600_000],
    times: [100_000, 100_000],
    on: isQuery,
    deed: failing(503, 'ServiceUnavailable'),
  }),
  {
    // What is not read can be deleted all the same.
    name: 'an NSG cannot be read for long',
    group: 'index',
    aim: 'open',
    forMs: [600_000, 600_000],
    times: [100_000, 100_000],
    skip: 0,
    onlyNamed: true,
    install: (stage, fault) => {
      const { estate } = stage.simulation().azure.resourceManager;
      const { id } = stage.dice(fault).pick([...estate.nsgs.values()]);
      stage.strike(
        fault,
        (crossing) => isGroupRead(crossing) && crossing.subject.toLowerCase() === id.toLowerCase(),
        () => ({ at: 'before', deed: failing(500, 'InternalServerError')() }),
      );
    },
  },
  {
    name: 'down for 10 min',
    group: 'resourceManager',
    aim: 'ending',
    forMs: [600_000, 600_000],
    times: [100_000, 100_000],
    skip: 0,
    install: (stage, fault) => {
      stage.strike(
        fault,
        ({ kind }) => kind === 'request',
        () => ({
          at: 'before',
          deed: { do: 'answer', answer: () => answerOf(503, 'ServiceUnavailable', 'Down.') },
        }),
      );
    },
  },
  {
    name: 'read-back still old',
    group: 'resourceManager',
    aim: 'closing',
    install: (stage, fault) => {
      const old = new Map<string, Answer>();
      stage.strike(
        fault,
        (crossing) => crossing.kind === 'request' && isGroupRead(crossing),
        ({ subject }) => ({
          at: 'unacknowledged',
          deed: {
            do: 'answer',
            answer: (answered) => {
              const first = old.get(subject) ?? (answered as Answer);
              old.set(subject, first);
              return { ...first, headers: (answered as Answer).headers };
            },
          },
        }),
      );
    },
    times: [2, 4],
  },
];

/** Others have used up what the subscription gives, but for a handful. */
function nearlyUsedUp(answer: Answer): Answer {
  const names = Object.keys(answer.headers).filter((name) => /^x-ms-ratelimit-rem/i.test(name));
  const few = Object.fromEntries(names.map((name) => [name, '7']));
  return { ...answer, headers: { ...answer.headers, ...few } };
}

/** Half of the body. */
export function cut(answer: Answer): Answer {
  return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) };
}

type Rows = { value?: unknown[] };

function rows(answer: Answer, change: (value: unknown[]) => unknown[]): Answer {
  if (answer.status !== 200) return answer;
  const body = JSON.parse(answer.body) as Rows;
  return { ...answer, body: JSON.stringify({ ...body, value: change(body.value ?? []) }) };
}

function twice(value: unknown[]): unknown[] {
  return [...value, ...value];
}

function ends(answer: Answer, endDateTime: string | null): Answer {
  return rows(answer, (value) =>
    value.map((row) => {
      const { properties, ...rest } = row as { properties: object };
      return { ...rest, properties: { ...properties, endDateTime } };
    }),
  );
}
