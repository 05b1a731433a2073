import type { AlarmName } from '../alarms';
import { hashId } from '../identity';
import { wasRefused } from '../intake/newWindow';
import { beginningOf, isApproved, isAwaiting } from '../window/approval';
import { overrunMs } from '../window/overrun';
import type { EffectStep } from '../window/apply';
import { outcomeOf, windowPhase } from '../window/phase';
import type { Placement, WindowRow } from '../window/windowRow';
import {
  type AuditFacts,
  type AuditStep,
  type AuditWhat,
  type AuditWho,
  isoOf,
} from './auditRecord';

/**
 * Everything that a row says has happened, each with an id of its own: whoever looks at the row
 * tells all of it, and what is on record already is not written again. So a record that could not
 * be written is written by the next who looks. `now`: epoch ms, for what has no time in the row.
 */
export function factsOfRow(row: WindowRow, now: number): AuditFacts[] {
  return [
    ...approvalFacts(row),
    ...(isAwaiting(row) || isUnapproved(row) ? [] : [beginning(row)]),
    ...row.refusals.map((refusal) => {
      const { vmId, code, rule, next } = refusal;
      const id = `targetRefused:${hashId(`${vmId.toLowerCase()}|${code}`)}`;
      const what = { vmIds: [vmId], refusal: code, next };
      return factOf(row, { id, step: 'targetRefused', at: row.createdAt, what, why: rule });
    }),
    ...(row.placements.length > 0 ? [planned(row)] : []),
    ...row.placements.flatMap((placement) => factsOfPlacement(row, placement, now)),
    ...factsOfWhole(row),
  ].toSorted((one, other) => one.at - other.at);
}

/** What became true between two saves of a row and cannot be told from the later one alone. */
export function factsBetween(before: WindowRow, after: WindowRow, at: number): AuditFacts[] {
  // A placement keeps its place in the row, also where its rule was followed to another NSG.
  const moved = after.placements.flatMap((placement, index) => {
    const earlier = before.placements[index];
    return earlier === undefined ? [] : changesOf(after, earlier, placement, at);
  });
  return [...moved, ...extendFacts(before, after, at)];
}

/** The fact that goes on record before a PUT that lets somebody in; `placement` announces it. */
export function putFact(
  row: WindowRow,
  placement: Placement,
  { do: what, rule }: Extract<EffectStep, { readonly do: 'putRule' | 'extendRule' }>,
  at: number,
): AuditFacts {
  const step = what === 'putRule' ? 'opening' : 'extending';
  // The deadline tells apart what a lost ledger counts from one again.
  return factOf(row, {
    id: `${step}:${keyOf(placement)}:${placement.putCount}:${row.wantedUntil}`,
    step,
    at,
    what: {
      ...placed(placement),
      vmIds: placement.targets.map(({ vmId }) => vmId),
      ports: rule.destinationPorts.map((port) => `${rule.protocol} ${port}`),
      priority: rule.priority,
      until: isoOf(row.wantedUntil),
    },
    why: row.grant.reason,
  });
}

/** A rule that stood again after its window was closed. */
export function afterCloseFact(
  row: WindowRow,
  nsgId: string,
  ruleName: string,
  at: number,
): AuditFacts {
  const step = 'ruleAfterClose';
  const what = { rules: [ruleName], nsgIds: [nsgId] };
  return factOf(row, { id: `${step}:${ruleName}@${nsgKey(nsgId)}:${at}`, step, at, what });
}

/** What somebody asked of a window, and what was said to it. */
export function wishFact(
  row: WindowRow,
  step: Extract<AuditStep, 'closeWished' | 'extendWished' | 'extendRefused'>,
  {
    by,
    why,
    at,
    what = {},
  }: {
    readonly by: string;
    readonly why: string;
    readonly at: number;
    readonly what?: AuditWhat;
  },
): AuditFacts {
  // Asked twice it is one wish; what is refused may be asked and refused again.
  const id = step === 'extendRefused' ? `${step}:${at}` : `${step}:g${row.generation}:${by}`;
  return factOf(row, { id, step, at, what, who: { id: by, how: 'request' }, why });
}

type Told = {
  readonly id: string;
  readonly step: AuditStep;
  readonly at: number;
  readonly what: AuditWhat;
  readonly who?: AuditWho;
  readonly why?: string;
};

const us: AuditWho = { id: '', how: 'app' };

function factOf({ grant }: WindowRow, { who = us, why = '', ...told }: Told): AuditFacts {
  return { ...told, who, why, policyVersion: grant.policyVersion };
}

function personOf({ grant }: WindowRow): AuditWho {
  return { id: grant.person.objectId, how: grant.origin.kind };
}

/** Nobody has agreed to it, and somebody had to. */
function isUnapproved(row: WindowRow): boolean {
  return row.approval !== undefined && !isApproved(row);
}

/** What was asked of a second person, and what they said. */
function approvalFacts(row: WindowRow): AuditFacts[] {
  const { approval, grant, createdAt } = row;
  if (approval === undefined) return [];
  const step = 'approvalAwaited';
  const why = grant.reason;
  const what = {
    ...groundOf(row),
    ...contentOf(row),
    policyRule: grant.policyRule,
    until: isoOf(approval.expiresAt),
  };
  const asked = factOf(row, { id: step, step, at: createdAt, who: personOf(row), what, why });
  const { answer } = approval;
  if (answer === null) return [asked];
  const { kind, by, groupId, at, remark } = answer;
  const who: AuditWho = { id: by.objectId, how: 'claim' };
  return [asked, factOf(row, { id: kind, step: kind, at, who, what: { groupId }, why: remark })];
}

/** What a window stands on, as its records tell it. */
function groundOf({ grant: { origin } }: WindowRow): AuditWhat {
  if (origin.kind === 'activation') return { roleAssignmentId: origin.roleAssignmentId };
  return origin.kind === 'claim' ? { groupId: origin.claim.groupId, claim: origin.claim.kind } : {};
}

function contentOf({ grant }: WindowRow): AuditWhat {
  return {
    vmIds: grant.targets.map(({ vmId }) => vmId),
    sources: grant.source.prefixes,
    wonBy: grant.source.wonBy,
    ports: grant.portSets.flatMap(({ protocol, ports }) => ports.map((p) => `${protocol} ${p}`)),
  };
}

/** A refusal that is judged again is another beginning of the same window. */
function beginning(row: WindowRow): AuditFacts {
  const { grant } = row;
  const { policyRule, ticket, reason } = grant;
  const step = wasRefused(row) ? 'refused' : 'granted';
  const what = { ...groundOf(row), policyRule, ticket };
  const at = beginningOf(row);
  const told = { id: `${step}:${at}`, step, at, who: personOf(row), why: reason } as const;
  if (step === 'refused') {
    const [first] = row.refusals;
    return factOf(row, { ...told, what: { ...what, refusal: first?.code ?? '' } });
  }
  return factOf(row, {
    ...told,
    what: {
      ...what,
      ...contentOf(row),
      until: isoOf(grant.untilAt),
    },
  });
}

function planned(row: WindowRow): AuditFacts {
  const what = {
    rules: row.placements.map(({ rule }) => rule.name),
    nsgIds: row.placements.map(({ nsgId }) => nsgId),
  };
  return factOf(row, { id: 'planned', step: 'planned', at: beginningOf(row), what });
}

/** Alarms of a placement that say something of the rule itself. */
const alarmSteps: Readonly<Partial<Record<AlarmName, AuditStep>>> = {
  disarmed: 'disarmed',
  closeRefused: 'closeRefused',
  changedByOthers: 'changedByOthers',
  overrun: 'overrun',
};

function factsOfPlacement(row: WindowRow, placement: Placement, now: number): AuditFacts[] {
  const { openedAt, deleteAcceptedAt, goneAt, closedAt, closedKind, goneBy, alarms } = placement;
  const key = keyOf(placement);
  const tell = (step: AuditStep, at: number, more: Partial<Told> = {}): AuditFacts => {
    const { what, ...rest } = more;
    return factOf(row, {
      id: `${step}:${key}`,
      step,
      at,
      what: { ...placed(placement), ...what },
      ...rest,
    });
  };
  const facts: AuditFacts[] = [];
  if (openedAt !== null) facts.push(tell('ruleOpened', openedAt));
  if (deleteAcceptedAt !== null) facts.push(tell('ruleDeleted', deleteAcceptedAt));
  for (const alarm of alarms) {
    const step = alarmSteps[alarm];
    // The row does not say when: it is told with the save that raised it, or later.
    if (step !== undefined) facts.push(tell(step, now));
  }
  if (goneAt !== null) facts.push(tell('ruleGone', goneAt));
  if (closedAt !== null) {
    const step = closedKind === 'removedByOthers' ? 'ruleRemovedByOthers' : 'ruleClosed';
    const late = overrunMs(row, placement, closedAt);
    const what = { outcome: closedKind ?? '', overrunSeconds: Math.ceil(late / 1_000) };
    facts.push(tell(step, closedAt, { what }));
  }
  if (goneBy !== undefined) {
    facts.push(
      tell('ruleExplained', goneBy.at, { who: { id: goneBy.caller, how: 'activityLog' } }),
    );
  }
  return facts;
}

function factsOfWhole(row: WindowRow): AuditFacts[] {
  const { placements, until, closingAt, closeReason, concludedAt } = row;
  const facts: AuditFacts[] = [];
  const openedAt = Math.max(...placements.map((one) => one.openedAt ?? 0), 0);
  const deadline = isoOf(until ?? row.wantedUntil);
  if (windowPhase(row) === 'open') {
    facts.push(
      factOf(row, { id: 'opened', step: 'opened', at: openedAt, what: { until: deadline } }),
    );
  }
  if (closingAt !== null) {
    const why = closeReason ?? '';
    const what = { until: deadline };
    facts.push(factOf(row, { id: 'closing', step: 'closing', at: closingAt, what, why }));
  }
  // A refusal by policy is its own end: it stands there from the first.
  if (concludedAt !== null && !wasRefused(row)) {
    const step = windowPhase(row) === 'refused' ? 'refused' : 'closed';
    const what = { outcome: outcomeOf(row), until: deadline };
    facts.push(
      factOf(row, { id: `end:${step}`, step, at: concludedAt, what, why: closeReason ?? '' }),
    );
  }
  return facts;
}

function changesOf(row: WindowRow, before: Placement, after: Placement, at: number): AuditFacts[] {
  const tell = (step: AuditStep, what: AuditWhat = {}): AuditFacts => {
    const id = `${step}:${keyOf(after)}:${at}`;
    return factOf(row, { id, step, at, what: { ...placed(after), ...what } });
  };
  const facts: AuditFacts[] = [];
  if (before.nsgId !== after.nsgId) facts.push(tell('ruleFollowed', { from: before.nsgId }));
  if (before.rule.priority !== after.rule.priority) {
    facts.push(tell('replanned', { priority: after.rule.priority }));
  }
  if (before.phase === 'gone' && after.phase === 'closing') facts.push(tell('ruleCameBack'));
  return facts;
}

function extendFacts(before: WindowRow, after: WindowRow, at: number): AuditFacts[] {
  const { generation, until, wantedUntil } = after;
  const tell = (step: AuditStep, from: number, to: number): AuditFacts => {
    const id = `${step}:g${generation}:${to}`;
    return factOf(after, { id, step, at, what: { from: isoOf(from), until: isoOf(to) } });
  };
  const facts: AuditFacts[] = [];
  const [from, to] = [before.grant.origin, after.grant.origin].map((one) =>
    one.kind === 'activation' ? one.endAt : 0,
  );
  if (from !== undefined && to !== undefined && from !== to) {
    facts.push(tell('extendedByPim', from, to));
  }
  if (before.until !== null && until !== null && before.until !== until) {
    facts.push(tell('extended', before.until, until));
  }
  if (until !== null && wantedUntil < before.wantedUntil && before.wantedUntil > until) {
    facts.push(tell('extendDropped', before.wantedUntil, wantedUntil));
  }
  return facts;
}

/** One rule in one NSG: a rule that was followed to another NSG keeps its name. */
function keyOf({ nsgId, rule }: Placement): string {
  return `${rule.name}@${nsgKey(nsgId)}`;
}

function nsgKey(nsgId: string): string {
  return hashId(nsgId.toLowerCase(), 8);
}

function placed({ nsgId, rule }: Placement): AuditWhat {
  return { rules: [rule.name], nsgIds: [nsgId] };
}
