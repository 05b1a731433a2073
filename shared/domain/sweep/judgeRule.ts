import type { AlarmName } from '../alarms';
import { sameArmId } from '../armId';
import { parseRuleName } from '../identity';
import { hostTimeOf, type Now } from '../instant';
import { type Marker, markerPrefix, markerText, parseMarker } from '../marker';
import type { SecurityRule } from '../networkSecurityGroup';
import { sameRule } from '../nsg/sameRule';
import { deadlineOf } from '../window/deadline';
import { markedUntil } from '../window/signedMarker';
import type { Placement, WindowRow } from '../window/windowRow';

/** The lead where no row holds one. */
export const leadWithoutRowMs = 120_000;

/** One rule as it was seen, and what is known of its window. */
export type Sighted = {
  readonly nsgId: string;
  readonly ruleName: string;
  readonly description: string;
  /** `null` where only the index showed it. */
  readonly rule: SecurityRule | null;
  /** Host clock: when the read of the NSG began that showed it; `null` with `rule`. */
  readonly readAt: number | null;
  /** `unknown`: the ledger gave no answer, so the rule's own marker is all there is. */
  readonly row: WindowRow | null | 'unknown';
};

/** Holds public keys only. */
export type MarkerVerifier = {
  verify(text: string, signature: string, keyVersion: number): boolean;
};

/** What the sweep does with one rule, and why. */
export type Verdict = {
  readonly do: 'leave' | 'delete' | 'report' | 'close';
  readonly why: Why;
  /** Host clock: when the rule is due; `Infinity` if never. Deletes are done in this order. */
  readonly dueAt: number;
  /** When the rule has to be gone, epoch ms; `null` where nobody knows. */
  readonly deadlineAt: number | null;
  readonly alarm: SweepAlarm | null;
};

export type SweepAlarm = Extract<
  AlarmName,
  'ruleAfterClose' | 'foreignRule' | 'copiedRule' | 'changedByOthers'
>;

export type Why =
  | 'notOurs'
  | 'otherDeployment'
  | 'copied'
  | 'live'
  | 'adopted'
  | 'due'
  | 'changed'
  | 'unsigned'
  | 'foreign'
  | 'closing'
  | 'disarmed'
  | 'afterClose';

const never = Number.POSITIVE_INFINITY;

/**
 * The same as `judge`, without the alarm where only the index showed the rule: it may be long gone,
 * and nobody is woken for what an index remembers.
 */
export function judgeRule(
  sighted: Sighted,
  deployment: string,
  verifier: MarkerVerifier,
  now: Now,
): Verdict {
  const judged = judge(sighted, deployment, verifier, now);
  return sighted.rule === null ? { ...judged, alarm: null } : judged;
}

/**
 * Whose rule is it, and what becomes of it? Deletes only what carries a valid signature for this
 * very NSG and name, or what a row names; a rule whose row is closed or closing is never kept; a
 * due rule goes whatever its content.
 */
function judge(sighted: Sighted, deployment: string, verifier: MarkerVerifier, now: Now): Verdict {
  const name = parseRuleName(sighted.ruleName);
  if (name === null) {
    if (sighted.description.startsWith(markerPrefix)) {
      return verdict('report', 'copied', { alarm: 'copiedRule' });
    }
    // Our deployment's name with something behind it that we never write: nobody's but ours to look at.
    return sighted.ruleName.toLowerCase().startsWith(`postern-${deployment}-`)
      ? verdict('report', 'foreign', { alarm: 'foreignRule' })
      : verdict('leave', 'notOurs');
  }
  if (name.deployment !== deployment) return verdict('leave', 'otherDeployment');
  const marker = validMarker(sighted, deployment, verifier);
  const { row } = sighted;
  if (row === null || row === 'unknown') return withoutRow(marker, row === null, now);
  const placement = row.placements.find(
    (one) =>
      sameArmId(one.nsgId, sighted.nsgId) &&
      one.rule.name.toLowerCase() === sighted.ruleName.toLowerCase(),
  );
  if (marker === null && placement === undefined) {
    return verdict('report', 'foreign', { alarm: 'foreignRule' });
  }
  return withRow(sighted, row, placement, marker, now);
}

/** The marker, if it is signed for exactly this deployment, NSG, name and time. */
function validMarker(
  { nsgId, ruleName, description }: Sighted,
  deployment: string,
  verifier: MarkerVerifier,
): Marker | null {
  const marker = parseMarker(description);
  if (marker === null) return null;
  const { untilSeconds, keyVersion, signature } = marker;
  const text = markerText({ deployment, nsgId, ruleName, untilSeconds, keyVersion });
  return verifier.verify(text, signature, keyVersion) ? marker : null;
}

/** The marker is all there is: due it is deleted, and until then it is looked after here. */
function withoutRow(marker: Marker | null, certain: boolean, now: Now): Verdict {
  if (marker === null) {
    // With the ledger silent nobody can say that the rule is foreign.
    return certain
      ? verdict('report', 'foreign', { alarm: 'foreignRule' })
      : verdict('leave', 'unsigned');
  }
  const deadlineAt = marker.untilSeconds * 1000;
  const dueAt = hostTimeOf(deadlineAt - leadWithoutRowMs, now);
  const due = now.hostMs >= dueAt;
  return due
    ? verdict('delete', 'due', { dueAt, deadlineAt })
    : verdict('leave', 'adopted', { dueAt, deadlineAt });
}

function withRow(
  sighted: Sighted,
  row: WindowRow,
  placement: Placement | undefined,
  marker: Marker | null,
  now: Now,
): Verdict {
  const deadlineAt = Math.min(
    deadlineOf(row),
    marker === null ? never : marker.untilSeconds * 1000,
  );
  const dueAt = hostTimeOf(deadlineAt - row.grant.limits.leadMs, now);
  const times = { dueAt, deadlineAt };
  if (isEnding(row, placement)) return ending(sighted, row, placement, times, now);
  // A rule that only its row knows for ours has lost its marker: a person hears of it in any case.
  const alarm = marker === null ? 'changedByOthers' : null;
  if (now.hostMs >= dueAt) return verdict('delete', 'due', { ...times, alarm });
  // Nobody planned this rule, but it is signed: kept in view, and deleted when it is due.
  if (placement === undefined) return verdict('leave', 'adopted', times);
  // Ours by the row's word: it goes at the row's time.
  if (marker === null) return verdict('leave', 'unsigned', { ...times, alarm });
  return isChanged(sighted, row, placement, marker)
    ? verdict('close', 'changed', { ...times, alarm: 'changedByOthers' })
    : verdict('leave', 'live', times);
}

/**
 * Somebody else wrote to it: it is neither as it was proved, nor as an extend that is under way
 * makes it, whose two deadlines are both right in the marker. So is that of an extend which was
 * given up: its PUT may have arrived, and the rule goes at the row's time.
 */
function isChanged(
  { rule }: Sighted,
  row: WindowRow,
  { phase, rule: proved, nextRule }: Placement,
  marker: Marker,
): boolean {
  if (rule === null || phase !== 'open') return false;
  // An extend makes nothing else than another marker.
  if (!sameRule({ ...rule, description: proved.description }, proved)) return true;
  const expected = [proved, ...(nextRule === null ? [] : [nextRule])];
  const deadlines = [row.until ?? -1, row.wantedUntil, ...expected.map(markedUntil)];
  return !deadlines.some((at) => Math.floor(at / 1000) === marker.untilSeconds);
}

function isEnding(row: WindowRow, placement: Placement | undefined): boolean {
  if (row.wish === 'closed' || row.closingAt !== null || row.concludedAt !== null) return true;
  return placement !== undefined && !['planned', 'putting', 'open'].includes(placement.phase);
}

/** Reconcile takes up a look that is a minute late: one twice as late nobody takes up. */
const missedAfterMs = 120_000;

/**
 * The window is at its end: the rule goes. It is alarming only if it was proved gone before the
 * read began that shows it now.
 */
function ending(
  { rule, readAt }: Sighted,
  row: WindowRow,
  placement: Placement | undefined,
  times: { readonly dueAt: number; readonly deadlineAt: number },
  now: Now,
): Verdict {
  const phase = placement?.phase;
  // A Deny waits for its lock to go, and its window asks once a minute whether it has. Where nobody
  // looks after the window any more, the sweep does.
  const isSeenTo = now.hostMs - row.nextLook < missedAfterMs;
  if (phase === 'disarmed' && rule?.access === 'Deny' && isSeenTo) {
    return verdict('leave', 'disarmed', times);
  }
  if (placement !== undefined && now.hostMs < times.dueAt) {
    const isLeft = isUnderWay(placement, now) || isBeingClosed(row, placement, now);
    if (isLeft) return verdict('leave', 'closing', times);
  }
  const isProved = row.concludedAt !== null || phase === 'closed' || phase === 'gone';
  const provedAt = placement?.goneAt ?? placement?.closedAt ?? row.concludedAt ?? 0;
  const proved = isProved && (readAt === null || readAt >= provedAt);
  return proved
    ? verdict('delete', 'afterClose', { ...times, alarm: 'ruleAfterClose' })
    : verdict('delete', 'closing', times);
}

/** A DELETE that was accepted less than this long ago is given its time. */
const deleteUnderWayMs = 30_000;

/**
 * Was its DELETE accepted just now? To ask again would only take a token from another close: when
 * many close at once, of two for each rule the second half would be refused. A due rule is always
 * asked for again.
 */
function isUnderWay({ phase, lastDeleteAt }: Placement, { hostMs }: Now): boolean {
  if (phase !== 'closing' || lastDeleteAt === null) return false;
  return hostMs >= lastDeleteAt && hostMs - lastDeleteAt < deleteUnderWayMs;
}

/** Whoever closes a window looks at it this often at least, on either side of its next look. */
const lookedAfterMs = 60_000;
/** A close that takes longer than this is helped, whoever looks after it: fifty rules on one NSG. */
const leftAloneMs = 900_000;

/**
 * Is somebody about to close it early? Whoever waits for a turn on its NSG looks every few seconds.
 * Where a thousand are given back at once, a sweep that takes no turns would meet each of
 * them, and what both are refused uses up the provider's allowance for all of them.
 */
function isBeingClosed(row: WindowRow, placement: Placement, { hostMs }: Now): boolean {
  const { phase, lastDeleteAt } = placement;
  const { wish, concludedAt, nextLook, closingAt } = row;
  // A close at its own time has its place in the calendar, and the sweep to help it.
  if (wish !== 'closed' || concludedAt !== null) return false;
  if (lastDeleteAt !== null || !stands.includes(phase)) return false;
  const began = closingAt ?? hostMs;
  return Math.abs(hostMs - nextLook) < lookedAfterMs && hostMs - began < leftAloneMs;
}

const stands: readonly string[] = ['putting', 'open', 'closing'];

function verdict(
  what: Verdict['do'],
  why: Why,
  more: Partial<Pick<Verdict, 'dueAt' | 'deadlineAt' | 'alarm'>> = {},
): Verdict {
  return { do: what, why, dueAt: never, deadlineAt: null, alarm: null, ...more };
}
