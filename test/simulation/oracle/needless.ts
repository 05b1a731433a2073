import { guardMs } from '../units';
import { isShortened, overFromMs } from './activations';
import { type History, partsOf, type Stay } from './history';
import type { Activation, Circumstances, Violation } from './judge';
import { markedUntilMs } from './marked';

/** Answers of PIM's that lacked what stood: two of them, half a minute apart, deceive anybody. */
const deceptions = /^(?:paging skips|endDateTime|list lacks|body truncated|listed 20 s late)/;
const deceivedMs = 300_000;
/** Each shorter than the half minute between two answers: two of them in a row deceive as well. */
const shortDeception = /^lists lack an activation/;
const answersApartMs = 29_000;
/** Not listed yet again, though it was before; who is told of an end asks twice within ten seconds. */
const listedLate = 'listed 20 s late';
const listedLateMs = 30_000;
/** Where many windows end together closes are planned earlier, so that all of them are in time. */
const plannedEarlierMs = 300_000;
/** For each that stands beside it so much earlier: as long as a delete may take that nobody has measured. */
const earlierPerRuleMs = 45_000;
/** A place is given at the grant, which may be so long before the rule stands. */
const plannedMs = 120_000;

/** Whoever closes goes by what it read a little before. */
const standingMs = 90_000;

type Case = {
  readonly windowId: string;
  readonly atMs: number;
  readonly activation: Activation;
  readonly history: Pick<History, 'stays' | 'askedToClose'>;
  readonly circumstances: Pick<Circumstances, 'afflictions' | 'deployments'>;
};

/** By what is written in the log as the reason: did the world give it? */
const grounds: Readonly<Record<string, (one: Case) => boolean>> = {
  activationGone: hasEnded,
  deactivated: hasEnded,
  confirmationLost: (one) => hasEnded(one) || wasShortened(one),
  expired: isDue,
  asked: ({ windowId, history }) =>
    // Whoever asked a process that dies hears nothing, and is obeyed all the same.
    history.askedToClose.includes(windowId),
  policyChanged: ({ circumstances, atMs }) =>
    circumstances.deployments.some((one) => one.narrowing !== null && one.atMs <= atMs),
  targetChanged: (one) => wasSeen(one, ['editors']),
  removedByOthers: (one) => wasSeen(one, ['editors', 'resourceManager']),
  changedByOthers: (one) => wasSeen(one, ['editors']),
  clockSkew: (one) => wasSeen(one, ['clock']),
};

/** A window is not closed for a reason that the world did not give: one list closes nothing. */
export function needlessFaults(
  history: Pick<History, 'lines' | 'stays' | 'askedToClose'>,
  activations: readonly Activation[],
  circumstances: Pick<Circumstances, 'afflictions' | 'deployments'>,
): Violation[] {
  const said = history.lines.filter(({ fields }) => fields['event'] === 'window.closing');
  return said.flatMap(({ atMs, fields }) => {
    const windowId = String(fields['windowId']);
    const activation = activations.find((one) => one.windowId === windowId);
    const isFounded = grounds[String(fields['reason'])];
    if (activation === undefined || isFounded === undefined) return [];
    if (isFounded({ windowId, atMs, activation, history, circumstances })) return [];
    const what = `${windowId} was closed as ${String(fields['reason'])}, which was not so`;
    return [{ invariant: 'no needless close', what, atMs }];
  });
}

function wasSeen({ circumstances, atMs }: Case, groups: readonly string[]): boolean {
  return circumstances.afflictions.some((one) => groups.includes(one.group) && one.atMs <= atMs);
}

function hasEnded(one: Case): boolean {
  const { activation, atMs, circumstances } = one;
  const endMs = Math.min(...(activation.request?.ends ?? [overFromMs(activation)]));
  const lists = circumstances.afflictions.filter(
    ({ kind, ...felt }) =>
      felt.atMs <= atMs && felt.untilMs > atMs - deceivedMs && deceptions.test(kind),
  );
  if (endMs <= atMs || lists.length > 1) return true;
  return isTwiceDeceived(one) || isTooYoung(one, lists) || isClockWrong(one);
}

/** What was not proved open before its end was made an earlier one is not confirmed any more. */
function wasShortened({ activation: { moved }, atMs }: Case): boolean {
  return isShortened(moved) && moved.atMs <= atMs;
}

/** A list that shows what is young late lacks it twice while it is so young. */
function isTooYoung(
  { activation: { startMs }, atMs }: Case,
  lists: Circumstances['afflictions'],
): boolean {
  return atMs - startMs <= listedLateMs && lists.some(({ kind }) => kind === listedLate);
}

/** One list after the other lacked what stands, half a minute apart: not the same fault twice. */
function isTwiceDeceived({ atMs, circumstances: { afflictions } }: Case): boolean {
  const felt = afflictions.filter(
    (one) => shortDeception.test(one.kind) && one.atMs <= atMs && one.atMs > atMs - deceivedMs,
  );
  return felt.some((later) =>
    felt.some((one) => one.id !== later.id && later.atMs - one.atMs >= answersApartMs),
  );
}

/** By the earliest deadline that any rule of the window shows; what it showed before is past. */
function isDue(one: Case): boolean {
  const { windowId, atMs, history } = one;
  const own = history.stays.filter(
    (stay) => stay.by === 'app' && partsOf(stay.name)?.windowId === windowId,
  );
  const standing = own.filter(({ toMs }) => (toMs ?? Infinity) > atMs - standingMs);
  const marked = (standing.length > 0 ? standing : own)
    .map(({ properties }) => markedUntilMs(properties))
    .filter(Number.isFinite);
  const earlierMs = Math.min(plannedEarlierMs, besidesOf(own, one) * earlierPerRuleMs);
  return atMs >= Math.min(...marked) - guardMs - earlierMs || isClockWrong(one);
}

/** Rules of other windows in the same NSGs, while this one's stood: an NSG deletes one after the other. */
function besidesOf(own: readonly Stay[], { windowId, history }: Case): number {
  const nsgs = new Set(own.map(({ nsgId }) => nsgId));
  const others = history.stays.filter(
    ({ name, nsgId, fromMs, toMs }) =>
      nsgs.has(nsgId) &&
      partsOf(name)?.windowId !== windowId &&
      own.some(
        (one) => fromMs < (one.toMs ?? Infinity) && (toMs ?? Infinity) > one.fromMs - plannedMs,
      ),
  );
  return new Set(others.map(({ name, nsgId }) => `${nsgId}|${name}`)).size;
}

function isClockWrong({ circumstances: { afflictions }, atMs }: Case): boolean {
  return afflictions.some(
    (one) => one.group === 'clock' && one.atMs <= atMs && one.untilMs > atMs - deceivedMs,
  );
}
