import type { History } from '../oracle/history';
import { partsOf } from '../oracle/history';
import type { Activation } from '../oracle/judge';
import { type Call, isDone } from './call';
import { administrator } from './callers';
import { requestedId } from './post';

/** How often each answer was given: by door, status and, where it is a problem, its code. */
export function answersOf(calls: readonly Call[]): Record<string, number> {
  return counted(
    calls.map(({ door, isDry, answer }) => {
      const said = answer === null ? 'no answer' : `${answer.status} ${codeOf(answer.body)}`.trim();
      return `${door}${isDry ? ' (dry run)' : ''} ${said}`;
    }),
  );
}

function codeOf(body: Readonly<Record<string, unknown>>): string {
  return typeof body['code'] === 'string' ? body['code'] : '';
}

/** All that calls may lead to, in the order of the report; none of them may be missing from many seeds. */
export const deedNames = [
  'opened by a call',
  'opened by a call whose process died in it',
  'the same window for a repeat',
  'two at once, one window',
  'another request under a key refused',
  'extended by a call',
  'extend repeated',
  'closed, with the read as proof',
  'close accepted',
  'closed for another by the administrator',
  'all closed by the administrator',
  'a stranger told of nothing',
  'nobody let in without a good token',
  'told beforehand, and nothing done',
] as const;

type Deed = (typeof deedNames)[number];

/** What the calls of a run have led to. */
export function deedsOf(
  { calls, stays, lines }: Pick<History, 'calls' | 'stays' | 'lines'>,
  activations: readonly Activation[],
): Record<string, number> {
  const owners = new Map(activations.map((one) => [one.windowId, one.principalId]));
  const opened = new Set(stays.map(({ name }) => partsOf(name)?.windowId ?? ''));
  const extended = new Set(
    lines.filter(({ fields }) => fields['event'] === 'window.extended').map(windowIn),
  );
  const windows = activations.filter(({ request }) => request !== undefined);
  const ofWindows = windows.flatMap(({ windowId }): Deed[] => {
    if (!opened.has(windowId)) return [];
    const first = calls.find(
      ({ door, callerId, key, isDry }) =>
        door === 'requestWindow' && !isDry && requestedId(callerId, key) === windowId,
    );
    return first?.isOrphaned === true
      ? ['opened by a call', 'opened by a call whose process died in it']
      : ['opened by a call'];
  });
  const ofExtends = [...new Set(calls.filter(isExtend).map(({ windowId }) => windowId))]
    .filter((id) => extended.has(id))
    .map((): Deed => 'extended by a call');
  return counted([
    ...ofWindows,
    ...ofExtends,
    ...calls.flatMap((call, at) => deedsOfCall(call, calls.slice(0, at), owners)),
  ]);
}

function deedsOfCall(
  call: Call,
  before: readonly Call[],
  owners: ReadonlyMap<string, string>,
): Deed[] {
  const { door, callerId, windowId, isDry, answer, arrivedMs } = call;
  if (answer === null) return [];
  const { status, body } = answer;
  if (callerId === '') return status === 401 ? ['nobody let in without a good token'] : [];
  if (isDry) return isDone(call) ? ['told beforehand, and nothing done'] : [];
  if (codeOf(body) === 'idempotencyKeyReused') return ['another request under a key refused'];
  const isAlike = (one: Call): boolean =>
    one.door === door &&
    one.callerId === callerId &&
    one.windowId === windowId &&
    one.key === call.key &&
    !one.isDry &&
    isDone(one) &&
    JSON.stringify(one.body) === JSON.stringify(call.body);
  const earlier = before.filter(isAlike);
  const isAdministrators = callerId === administrator.objectId;
  const isOthers = windowId !== '' && owners.has(windowId) && owners.get(windowId) !== callerId;
  if (isOthers && !isAdministrators) return status === 404 ? ['a stranger told of nothing'] : [];
  if (!isDone(call)) return [];
  if (door === 'requestWindow' && earlier.length > 0) {
    const isAtOnce = earlier.some((one) => (one.answer?.atMs ?? 0) > (arrivedMs ?? 0));
    return isAtOnce
      ? ['the same window for a repeat', 'two at once, one window']
      : ['the same window for a repeat'];
  }
  if (door === 'extendWindow' && earlier.length > 0) return ['extend repeated'];
  if (door === 'closeAllWindows') return ['all closed by the administrator'];
  if (door !== 'closeWindow') return [];
  return [
    status === 200 ? 'closed, with the read as proof' : 'close accepted',
    ...(isOthers ? (['closed for another by the administrator'] as const) : []),
  ];
}

function isExtend(call: Call): boolean {
  return call.door === 'extendWindow' && !call.isDry && isDone(call);
}

function windowIn({ fields }: History['lines'][number]): string {
  return String(fields['windowId']);
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
