import { vmId } from '../../../local/estate';
import { colleagues, people } from '../../../local/tenant';
import type { Call, CallAnswer } from '../http/call';
import { administrator } from '../http/callers';
import { answersOf, deedsOf } from '../http/deeds';
import { requestedId } from '../http/post';
import {
  at,
  circumstances,
  endMs,
  good,
  line,
  look,
  nsgId,
  properties,
  put,
  remove,
  sent,
  stay,
  truth,
  violated,
} from './goodWindow';
import type { Affliction } from '../stage';
import type { History, Line } from './history';
import { activationsOf } from './activations';
import { requestedOf } from './requested';

const ada = people.ada.objectId;
const key = 'pager-1';
const id = requestedId(ada, key);
const name = `postern-local1-${id}-0`;
const path = `${nsgId}/securityRules/${name}`;
const home = people.ada.ipAddress;

const answered = (minutes: number, status: number, body: object = {}): CallAnswer => ({
  atMs: at(minutes),
  status,
  contentType: 'application/json',
  body: body as CallAnswer['body'],
  strange: [],
});
const view = { id, person: { objectId: ada }, activation: { startAt: truth.startAt } };

const request: Call = {
  door: 'requestWindow',
  callerId: ada,
  windowId: '',
  key,
  body: { vms: ['vm-1'], duration: '10m', ports: ['ssh'], reason: 'x' },
  isDry: false,
  address: home,
  arrivedMs: at(1),
  isOrphaned: false,
  answer: answered(1.1, 202, view),
};
const close: Call = {
  ...request,
  door: 'closeWindow',
  windowId: id,
  key: '',
  body: {},
  arrivedMs: at(7.9),
  answer: answered(8.3, 200, view),
};

const marked = (minutes: number): string => `postern1|${at(minutes) / 1_000}|1|${'a'.repeat(86)}`;
const { destinationPortRanges: _ports, ...shared } = properties;
const ownRule = {
  ...shared,
  sourceAddressPrefix: home,
  destinationPortRange: '22',
  description: marked(11),
};
const ownPut = { ...put, path, properties: ownRule, atMs: at(1.2), effectiveAtMs: at(1.3) };
const ownRemove = { ...remove, path, atMs: at(8), effectiveAtMs: at(8.1) };
const ownStay = { ...stay, name, properties: ownRule, fromMs: at(1.3), toMs: at(8.1) };
const ownPuts = [...good.puts, sent(1.2, { path: path.toLowerCase() })];
const ownLooks = [...good.looks, look(1.4, [name]), look(8.2, []), look(10.2, [])];

/** A window that somebody asked for, beside the good one; closed by a call, which waited for the read. */
const asked: Partial<History> = {
  calls: [request, close],
  askedToClose: [id],
  stays: [...good.stays, ownStay],
  writes: [...good.writes, ownPut, ownRemove],
  puts: ownPuts,
  looks: ownLooks,
  lines: [
    ...good.lines,
    line(1.1, {
      event: 'window.granted',
      windowId: id,
      until: new Date(at(11)).toISOString(),
      roleAssignmentId: truth.roleAssignmentId,
    }),
    line(1.5, { event: 'rule.open', rule: name, nsgId }),
    line(7.9, { event: 'wish.close', windowId: id }),
    line(7.9, { event: 'window.closing', windowId: id, reason: 'asked' }),
    line(10.3, { event: 'rule.closed', rule: name, nsgId, kind: 'deleted' }),
    line(10.3, { event: 'window.closed', windowId: id, outcome: 'asked' }),
  ],
};

const withRule = (changes: object): Partial<History> => {
  const other = { ...ownRule, ...changes };
  return {
    ...asked,
    stays: [...good.stays, { ...ownStay, properties: other }],
    writes: [...good.writes, { ...ownPut, properties: other }, ownRemove],
  };
};
const own = activationsOf([truth]);
const withCalls = (...calls: Call[]): Partial<History> => ({ ...asked, calls });
const stranger = { ...close, callerId: colleagues.sam.objectId };

describe('the oracle on windows that somebody asked for', () => {
  it('has nothing against one that was closed by its owner, who was told so after the read', () => {
    expect(violated(asked)).toEqual([]);
  });

  const cases: [string, Partial<History>, string][] = [
    [
      'lets in from where only a header named',
      withRule({ sourceAddressPrefix: '203.0.113.223' }),
      'rule shape',
    ],
    [
      'opens a port that was not asked for',
      withRule({ destinationPortRange: '3389' }),
      'rule shape',
    ],
    [
      'has a marker for longer than was asked for',
      withRule({ description: marked(12) }),
      'deadline never grows',
    ],
    ['has a window that nobody asked for', withCalls(close), 'every open had a reason'],
    [
      'opens what was refused',
      withCalls({ ...request, answer: answered(1.1, 403) }),
      'every open had a reason',
    ],
    [
      'answers one key with another window',
      withCalls(
        { ...request, answer: answered(1.1, 202, { ...view, id: requestedId(ada, 'z') }) },
        close,
      ),
      'one window per key',
    ],
    [
      'answers with the window of another',
      withCalls(request, {
        ...request,
        callerId: colleagues.sam.objectId,
        answer: answered(2, 202, view),
      }),
      'one window per key',
    ],
    [
      'answers one key for two requests',
      withCalls(request, { ...request, body: { ...request.body, duration: '8m' } }, close),
      'one window per key',
    ],
    [
      'calls closed what nobody has read',
      { ...asked, looks: [...good.looks, look(1.4, [name]), look(10.2, [])] },
      'closed is a read',
    ],
    ['obeys a stranger', withCalls(request, close, stranger), 'a stranger changes nothing'],
    [
      'tells a stranger that there is such a window',
      withCalls(request, close, { ...stranger, answer: answered(8.3, 409) }),
      'a stranger changes nothing',
    ],
    [
      'lists windows of others',
      withCalls(request, close, {
        ...stranger,
        door: 'listWindows',
        windowId: '',
        answer: answered(8.3, 200, { windows: [view] }),
      }),
      'a stranger learns nothing',
    ],
    [
      'lets somebody in without a token',
      withCalls(request, close, { ...close, callerId: '' }),
      'only people are let in',
    ],
    [
      'breaks where nothing died',
      withCalls(request, { ...close, answer: answered(8.3, 500) }),
      'answers are as documented',
    ],
    [
      'answers what its document does not say',
      withCalls(request, { ...close, answer: { ...answered(8.3, 200, view), strange: ['x'] } }),
      'answers are as documented',
    ],
    [
      'closes for a wish of nobody who may have it',
      { ...asked, calls: [request], askedToClose: [] },
      'no needless close',
    ],
    [
      'never tells the end of a window that was promised',
      { ...asked, lines: (asked.lines ?? []).filter(({ fields }) => fields['windowId'] !== id) },
      'conservation',
    ],
  ];

  it.each(cases)('finds it where the app %s', (_what, changes, invariant) => {
    expect(violated(changes)).toContain(invariant);
  });

  it('lets a window last longer when that was asked for, by whoever may', () => {
    const until = { until: new Date(at(12)).toISOString() };
    const extend = { ...close, door: 'extendWindow', body: until, arrivedMs: at(3) } as const;
    const longer = withRule({ description: marked(12) });
    const by = (call: Call): string[] => violated({ ...longer, calls: [request, call, close] });
    expect(by({ ...extend, answer: answered(3, 202, view) })).toEqual([]);
    expect(by({ ...extend, answer: answered(3, 422) })).toContain('deadline never grows');
  });

  it('takes a window for no longer than its activation', () => {
    const long = { ...request, body: { ...request.body, duration: '1h' } };
    const beyond = withRule({ description: marked(21) });
    const granted = (asked.lines ?? []).map((one) =>
      one.fields['event'] === 'window.granted'
        ? { ...one, fields: { ...one.fields, until: new Date(at(21)).toISOString() } }
        : one,
    );
    const found = violated({ ...beyond, lines: granted, calls: [long, close] });
    expect(found).toContain('deadline never grows');
  });

  it('knows no window on an activation of somebody else, or on one that does not cover the VM', () => {
    const windows = (changes: Partial<Call>): number =>
      requestedOf({ calls: [{ ...request, ...changes }], lines: [] }, own, circumstances).length;
    expect(windows({ answer: null })).toBe(1);
    expect(windows({ answer: null, callerId: people.ben.objectId })).toBe(0);
    expect(windows({ answer: null, arrivedMs: at(25) })).toBe(0);
    const other = '/subscriptions/x/resourceGroups/y/providers/Microsoft.Compute/virtualMachines/z';
    expect(windows({ answer: null, body: { ...request.body, vms: [other] } })).toBe(0);
  });

  it('holds another body, sent under its key after somebody was told, against no window', () => {
    const other = { vms: ['vm-2'], duration: '9m', reason: 'y' };
    const late = { ...request, arrivedMs: at(3), body: other, answer: null };
    const [only] = requestedOf({ calls: [request, late], lines: [] }, own, circumstances);
    expect(only?.request).toMatchObject({ machines: [vmId('vm-1').toLowerCase()], ports: ['22'] });
    const early = { ...late, arrivedMs: at(1.05) };
    const [both] = requestedOf({ calls: [request, early], lines: [] }, own, circumstances);
    expect(both?.request).toMatchObject({ ports: null });
  });

  it('knows that a window may have two lives under one key, where the ledger was lost', () => {
    const lost = { kind: 'ledger lost', id: 1, group: 'ledger', atMs: at(2), untilMs: at(2) };
    const circumstanced = { ...circumstances, afflictions: [lost as Affliction] };
    const shorter = activationsOf([{ ...truth, endAt: new Date(at(6)).toISOString() }]);
    const granted = (minutes: number, until: number): Line =>
      line(minutes, {
        event: 'window.granted',
        windowId: id,
        until: new Date(at(until)).toISOString(),
        roleAssignmentId: truth.roleAssignmentId,
      });
    const lines = [granted(1.1, 11), granted(3.1, 6)];
    const again = { ...request, arrivedMs: at(3), answer: answered(3.1, 202, view) };
    const endOf = (told: typeof circumstances): number | undefined =>
      requestedOf({ calls: [request, again], lines }, [...shorter, ...own], told)[0]?.endMs;
    expect(endOf(circumstanced)).toBe(at(11));
    expect(endOf(circumstances)).toBe(at(6));
    // Either of what it stood on may be why it was closed.
    const [both] = requestedOf(
      { calls: [request, again], lines },
      [...shorter, ...own],
      circumstanced,
    );
    expect(both?.request?.ends.toSorted()).toEqual([at(6), endMs]);
    expect(both?.endedMs).toBeNull();
  });

  it('counts what calls have led to', () => {
    const repeat = { ...request, arrivedMs: at(2), answer: answered(2, 202, view) };
    const byOwner = { ...close, callerId: administrator.objectId };
    const told = { ...stranger, answer: answered(8.3, 404, { code: 'notFound' }) };
    const calls = [request, repeat, close, byOwner, told];
    const windows = [...own, ...requestedOf({ calls, lines: [] }, own, circumstances)];
    expect(deedsOf({ ...good, ...asked, calls }, windows)).toEqual({
      'opened by a call': 1,
      'the same window for a repeat': 1,
      'closed, with the read as proof': 2,
      'closed for another by the administrator': 1,
      'a stranger told of nothing': 1,
    });
    expect(answersOf(calls)).toMatchObject({ 'closeWindow 404 notFound': 1 });
  });
});
