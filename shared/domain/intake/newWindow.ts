import type { Grant, Origin, Person, TargetRefusal } from '../grant';
import { windowIdOf } from '../identity';
import type { LiveRow } from '../live';
import type { GrantParts } from '../policy/decide';
import type { Policy } from '../policy/policy';
import type { Approval, ApprovalAnswer } from '../window/papers';
import type { WindowRow } from '../window/windowRow';

/** Who asked, why, and on the ground of what. */
export type Request = {
  readonly origin: Origin;
  readonly person: Person;
  readonly reason: string;
  readonly ticket: string;
};

/** The row of a window that is granted and not planned yet. Times are epoch ms. */
export function grantedWindow(
  request: Request,
  parts: GrantParts,
  at: number,
  { openFrom, closeFrom }: Pick<WindowRow, 'openFrom' | 'closeFrom'>,
): WindowRow {
  return {
    ...emptyWindow({ ...request, ...parts }, at),
    openFrom,
    closeFrom,
    refusals: parts.refusedTargets,
  };
}

/** The row of a request that waits for a second person: nothing of it is planned or booked. */
export function waitingWindow(
  request: Request,
  parts: GrantParts,
  at: number,
  approval: Approval,
): WindowRow {
  return {
    ...emptyWindow({ ...request, ...parts }, at),
    schema: 2,
    nextLook: approval.expiresAt,
    refusals: parts.refusedTargets,
    approval,
  };
}

/**
 * The row of a request that somebody has approved: granted from now on, by what policy makes of it
 * now. `listedAt`: `Date` of the answer that listed its activation; `null`: it stands on a claim.
 */
export function approvedWindow(
  row: WindowRow,
  parts: GrantParts,
  answer: ApprovalAnswer,
  { openFrom, closeFrom }: Pick<WindowRow, 'openFrom' | 'closeFrom'>,
  listedAt: number | null,
): WindowRow {
  const { approval, generation } = row;
  if (approval === undefined) return row;
  return {
    ...row,
    grant: { ...row.grant, ...parts },
    approval: { ...approval, answer },
    ...(listedAt === null ? {} : { listedAt }),
    generation: generation + 1,
    wantedUntil: parts.untilAt,
    nextLook: answer.at,
    openFrom,
    closeFrom,
  };
}

/** The row of a window that never will be: it is at its end from the first. */
export function refusedWindow(
  request: Request,
  policy: Policy,
  rule: string,
  refusals: readonly TargetRefusal[],
  at: number,
): WindowRow {
  const grant: Grant = {
    ...request,
    policyVersion: policy.version,
    policyRule: rule,
    source: { prefixes: [], wonBy: '' },
    portSets: [],
    targets: [],
    refusedTargets: refusals,
    untilAt: at,
    limits: policy.limits,
    band: policy.band,
    locks: policy.locks,
  };
  return {
    ...emptyWindow(grant, at),
    wish: 'closed',
    closeReason: 'neverOpened',
    refusals,
    concludedAt: at,
  };
}

/**
 * True for rows that `refusedWindow` made: such a window may be judged again, nothing ever stood
 * open. Not where somebody has asked for its end since.
 */
export function wasRefused({
  grant,
  concludedAt,
  plans,
  placements,
  closeReason,
}: WindowRow): boolean {
  if (concludedAt === null || plans > 0 || closeReason === 'asked') return false;
  return placements.length === 0 && grant.targets.length === 0;
}

/** The live row of a window: inserted before its row, removed after its tombstone. */
export function liveWindow(
  request: Request,
  assignmentKey: string,
  { until, guardMs, closes }: Pick<LiveRow, 'until' | 'guardMs' | 'closes'>,
  at: number,
): LiveRow {
  return {
    id: windowIdOf(request.origin),
    kind: 'window',
    assignmentKey,
    personId: request.person.objectId,
    nsgIds: closes.map(({ nsgId }) => nsgId),
    until,
    createdAt: at,
    guardMs,
    closeFrom: null,
    closes,
  };
}

function emptyWindow(grant: Grant, at: number): WindowRow {
  return {
    schema: 1,
    id: windowIdOf(grant.origin),
    grant,
    createdAt: at,
    generation: 0,
    until: null,
    wantedUntil: grant.untilAt,
    endLookAt: null,
    wish: 'open',
    closeReason: null,
    closingAt: null,
    nextLook: at,
    plans: 0,
    placements: [],
    refusals: [],
    endHintAt: null,
    openFrom: null,
    closeFrom: null,
    concludedAt: null,
  };
}
