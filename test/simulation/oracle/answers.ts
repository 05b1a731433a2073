import { type Call, isDone } from '../http/call';
import { administrator } from '../http/callers';
import { ledgerLosses } from './calm';
import { type History, mayLand, type NsgLook, partsOf } from './history';
import { idOf } from './ids';
import type { Activation, Circumstances, Violation } from './judge';

type Heard = Pick<History, 'calls' | 'lines' | 'looks' | 'puts'>;

/** What callers are told is true, and only those are told who may know it. */
export function answerFaults(
  history: Heard,
  activations: readonly Activation[],
  circumstances: Circumstances,
): Violation[] {
  const owners = new Map(activations.map((one) => [one.windowId, one.principalId]));
  return [
    ...history.calls.flatMap((call) => {
      const found = [
        ...formFaults(call),
        ...standingFaults(call, owners),
        ...requestFaults(call, owners),
        ...closeFaults(call, history, ledgerLosses(circumstances)),
      ];
      const { atMs = 0 } = call.answer ?? {};
      return found.map(([invariant, what]) => {
        const whose = `${call.door} ${call.windowId} by ${call.callerId || 'nobody'}`;
        return { invariant, what: `${whose}: ${what}`, atMs };
      });
    }),
    ...keyFaults(history, circumstances),
  ];
}

type Found = [invariant: string, what: string];

function formFaults({ answer, isOrphaned }: Call): Found[] {
  if (answer === null) return [];
  const accident: Found[] =
    answer.status === 500 && !isOrphaned ? [['answers are as documented', '500']] : [];
  return [...accident, ...answer.strange.map((what): Found => ['answers are as documented', what])];
}

/** What strangers are told of a window, whether or not there is one. */
const nothing = [400, 401, 403, 404, 413, 429, 500, 503];

/** Nobody is nobody; a stranger learns and changes nothing; lists show one's own. */
function standingFaults(
  { door, callerId, windowId, answer }: Call,
  owners: ReadonlyMap<string, string>,
): Found[] {
  if (answer === null) return [];
  const { status, body } = answer;
  const said = `was answered ${status}`;
  if (callerId === '') {
    return [401, 500, 503].includes(status) ? [] : [['only people are let in', said]];
  }
  if (callerId === administrator.objectId) return [];
  if (door === 'closeAllWindows' && status < 300) return [['a stranger changes nothing', said]];
  if (door === 'listWindows' && status === 200) {
    const windows = body['windows'] as { person: { objectId: string } }[];
    const isOwn = windows.every(({ person }) => person.objectId === callerId);
    return isOwn ? [] : [['a stranger learns nothing', 'the list shows windows of others']];
  }
  const owner = owners.get(windowId);
  if (windowId === '' || owner === callerId || nothing.includes(status)) return [];
  // A window that nobody can have is nobody's: whoever asked for it may be told of its refusal.
  if (owner === undefined && status >= 400) return [];
  return owner === undefined ? [] : [['a stranger changes nothing', said]];
}

/** A window of a call is the one of its caller and key, on an activation of the caller's own. */
function requestFaults(call: Call, owners: ReadonlyMap<string, string>): Found[] {
  const { door, callerId, key, isDry, answer } = call;
  if (door !== 'requestWindow' || !isDone(call) || answer === null) return [];
  const { id, person } = answer.body as { id: string; person: { objectId: string } };
  const wanted = idOf(`request|${callerId}|${key}`);
  const found: Found[] = [];
  if (id !== wanted) found.push(['one window per key', `the window is ${id}, not ${wanted}`]);
  if (person.objectId !== callerId) {
    found.push(['one window per key', `the window is that of ${person.objectId}`]);
  }
  if (!isDry && !owners.has(wanted)) {
    found.push(['every open had a reason', 'no activation of the caller covers what was granted']);
  }
  return found;
}

/** Closed is a read: of each NSG that a rule was put to, one begun after the last PUT, without it. */
function closeFaults(call: Call, { looks, puts }: Heard, losses: readonly number[]): Found[] {
  const { door, windowId, isDry, answer } = call;
  if (door !== 'closeWindow' || isDry || answer?.status !== 200) return [];
  // A row of a new ledger cannot speak of what the old one knew: that is the sweep's to close.
  const lostMs = Math.max(0, ...losses.filter((atMs) => atMs <= answer.atMs));
  const before = puts.filter(
    (put) => put.atMs >= lostMs && put.atMs <= answer.atMs && mayLand(put),
  );
  const own = before.filter(({ path }) => partsOf(nameOf(path))?.windowId === windowId);
  const paths = new Set(own.map(({ path }) => path));
  return [...paths].flatMap((path): Found[] => {
    const sentMs = Math.max(...own.filter((put) => put.path === path).map((put) => put.atMs));
    const isRead = looks.some(
      (look) =>
        path.startsWith(`${look.nsgId}/`) &&
        look.fromMs >= sentMs &&
        look.toMs <= answer.atMs &&
        isWithout(look, nameOf(path)),
    );
    return isRead ? [] : [['closed is a read', `200, and nobody had read that ${path} is gone`]];
  });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A body that was cut off on its way proves nothing. */
function isWithout({ body }: NsgLook, name: string): boolean {
  try {
    const { properties } = JSON.parse(body) as Shown;
    const rules = properties?.securityRules;
    return rules !== undefined && rules.every((rule) => rule.name.toLowerCase() !== name);
  } catch {
    return false;
  }
}

type Shown = { readonly properties?: { readonly securityRules?: readonly { name: string }[] } };

/** One key is one request: another body under it is told of no window. */
function keyFaults({ calls }: Heard, circumstances: Circumstances): Violation[] {
  if (ledgerLosses(circumstances).length > 0) return [];
  const first = new Map<string, string>();
  return calls.flatMap((call) => {
    const { door, callerId, key, isDry, body, answer } = call;
    if (door !== 'requestWindow' || isDry || !isDone(call) || answer === null) return [];
    const id = `${callerId}|${key}`;
    const text = JSON.stringify(body);
    const known = first.get(id) ?? text;
    first.set(id, known);
    if (known === text) return [];
    const what = `${id} was answered ${answer.status} for two requests`;
    return [{ invariant: 'one window per key', what, atMs: answer.atMs }];
  });
}
