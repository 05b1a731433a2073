import { vmId } from '../../../local/estate';
import { type Call, durationMsOf, isDone, isRefused } from '../http/call';
import { ledgerLosses } from './calm';
import type { History } from './history';
import { idOf } from './ids';
import { overFromMs } from './activations';
import type { Activation, Circumstances } from './judge';

/** What somebody asked for over HTTP, where that is less than what their role covers. */
export type RequestPart = {
  /** Ids of the machines, in lower case. */
  readonly machines: readonly string[];
  /** Absent: all that policy allows. */
  readonly ports: readonly string[] | null;
  /** Where the platform saw it called from. */
  readonly sources: readonly string[];
  /** Somebody was answered that there is such a window. */
  readonly isPromised: boolean;
  /** When what it stands on has ended, or will, ms: of each of them, where it may have had two lives. */
  readonly ends: readonly number[];
};

/** How long a call may take that nobody saw the answer of. */
const longestCallMs = 120_000;
/** By a clock that is wrong, a duration begins at another time. */
const skewMaxMs = 6 * 60_000;

/**
 * The windows that people's calls may have: one for each caller and key, on an activation of the
 * caller's that stood and covered the machines. Calls that were refused have none.
 */
export function requestedOf(
  history: Pick<History, 'calls' | 'lines'>,
  activations: readonly Activation[],
  circumstances: Pick<Circumstances, 'afflictions'>,
): Activation[] {
  // With the ledger lost nobody remembers a key: a window may have two lives, on two activations.
  const isForgotten = ledgerLosses(circumstances).length > 0;
  return [...asked(history)].flatMap(([windowId, all]) => {
    const calls = isForgotten ? all : untilTold(all);
    const [first] = calls;
    if (first === undefined) return [];
    const machines = [...new Set(calls.flatMap(machinesOf))];
    const covering = activations.filter((one) => covers(one, calls, machines));
    const one = isForgotten ? allOf(covering) : standsOn(windowId, calls, history, covering);
    if (one === undefined) return [];
    const atMs = Math.max(one.startMs, first.arrivedMs ?? 0);
    const ports = calls.some(({ body }) => body?.['ports'] === undefined)
      ? null
      : calls.flatMap(portsOf);
    return [
      {
        ...one,
        windowId,
        startMs: atMs,
        endMs: Math.min(one.endMs, lastEndOf(windowId, calls, history, circumstances)),
        request: {
          machines,
          ports,
          sources: [...new Set(calls.map(({ address }) => address))],
          isPromised: calls.some(isDone),
          ends: (isForgotten ? covering : [one]).map(overFromMs),
        },
      },
    ];
  });
}

/** Requests that were not refused, by the id that their window must have. */
export function asked({ calls }: Pick<History, 'calls'>): Map<string, Call[]> {
  const found = new Map<string, Call[]>();
  for (const call of calls) {
    const { door, callerId, key, isDry } = call;
    if (door !== 'requestWindow' || callerId === '' || key === '' || isDry) continue;
    if (isRefused(call)) continue;
    const id = idOf(`request|${callerId}|${key}`);
    found.set(id, [...(found.get(id) ?? []), call]);
  }
  return found;
}

/**
 * Whatever is sent after somebody was told of the window changes nothing of it, other bodies under
 * its key included.
 */
function untilTold(calls: readonly Call[]): readonly Call[] {
  const toldMs = toldAt(calls);
  return calls.filter(({ arrivedMs }) => (arrivedMs ?? 0) <= toldMs);
}

/** When somebody was first told that there is such a window; `Infinity`: nobody was. */
function toldAt(calls: readonly Call[]): number {
  return Math.min(...calls.filter(isDone).map(({ answer }) => answer?.atMs ?? 0));
}

/** Does it cover the machine of this id, in lower case? */
export function isGranted(
  { scope, request }: Pick<Activation, 'scope' | 'request'>,
  id: string,
): boolean {
  return request?.machines.includes(id) ?? id.startsWith(scope.toLowerCase());
}

function covers(
  { principalId, scope, startMs, endMs, endedMs }: Activation,
  calls: readonly Call[],
  machines: readonly string[],
): boolean {
  return (
    machines.every((id) => id.startsWith(scope.toLowerCase())) &&
    calls.some(({ callerId, arrivedMs, answer }) => {
      const fromMs = arrivedMs ?? 0;
      const toMs = answer?.atMs ?? fromMs + longestCallMs;
      return callerId === principalId && startMs <= toMs && (endedMs ?? endMs) >= fromMs - 60_000;
    })
  );
}

/** What the answers say that it stands on, else the log, if that is one that it may stand on. */
function standsOn(
  windowId: string,
  calls: readonly Call[],
  { lines }: Pick<History, 'lines'>,
  covering: readonly Activation[],
): Activation | undefined {
  const said = calls.find(isDone)?.answer?.body['activation'] as { startAt?: string } | undefined;
  const granted = lines.find(
    ({ fields: { event, windowId: of } }) => event === 'window.granted' && of === windowId,
  );
  const named = (one: Activation): boolean =>
    said === undefined
      ? granted === undefined ||
        String(granted.fields['roleAssignmentId']).toLowerCase() === one.roleAssignmentId
      : Date.parse(said.startAt ?? '') === one.startMs;
  return lastOf(covering.filter(named));
}

/** As if it were one, from the first one's beginning to the last one's end. */
function allOf(all: readonly Activation[]): Activation | undefined {
  const last = lastOf(all);
  if (last === undefined) return undefined;
  const ended = all.map(({ endedMs }) => endedMs);
  return {
    ...last,
    startMs: Math.min(...all.map(({ startMs }) => startMs)),
    endedMs: ended.includes(null) ? null : Math.max(...ended.map(Number)),
  };
}

function lastOf(all: readonly Activation[]): Activation | undefined {
  return all.toSorted((one, other) => other.endMs - one.endMs)[0];
}

/** The latest deadline that anybody has been given: asked for first, or by an extend. */
function lastEndOf(
  windowId: string,
  calls: readonly Call[],
  { calls: all, lines }: Pick<History, 'calls' | 'lines'>,
  circumstances: Pick<Circumstances, 'afflictions'>,
): number {
  const isSkewed = circumstances.afflictions.some(({ group }) => group === 'clock');
  const isForgotten = ledgerLosses(circumstances).length > 0;
  const toldMs = isForgotten ? Infinity : toldAt(calls);
  const latest = calls.map((call) => {
    const byMs = call.answer?.atMs ?? (call.arrivedMs ?? 0) + longestCallMs;
    return Math.min(byMs, toldMs) + durationMsOf(call);
  });
  const said = lines
    .filter(({ fields: { event, windowId: of } }) => event === 'window.granted' && of === windowId)
    .map(({ fields }) => Date.parse(String(fields['until'])));
  const bound = Math.max(...latest) + (isSkewed ? skewMaxMs : 0);
  const extended = all
    .filter((one) => one.door === 'extendWindow' && one.windowId === windowId)
    .filter((one) => !one.isDry && !isRefused(one) && one.answer?.status !== 409)
    .map(({ body }) => Date.parse(String(body?.['until'])));
  // A second life under the same key may be shorter: the rules of the first go by their own markers.
  const granted = isForgotten ? said : said.slice(-1);
  const own = granted.length > 0 ? Math.min(bound, Math.max(...granted)) : bound;
  return Math.max(own, ...extended);
}

function machinesOf({ body }: Call): string[] {
  const vms = Array.isArray(body?.['vms']) ? (body['vms'] as string[]) : [];
  return vms.map((vm) => (vm.startsWith('/') ? vm : vmId(vm)).toLowerCase());
}

const named = new Map([
  ['ssh', '22'],
  ['rdp', '3389'],
]);

function portsOf({ body }: Call): string[] {
  const ports = Array.isArray(body?.['ports']) ? (body['ports'] as (string | number)[]) : [];
  return ports.map((port) => named.get(String(port)) ?? String(port));
}
