import type * as z from 'zod';
import { type ActivationFacts, activationBehind } from '../domain/grant';
import { cleanText } from '../domain/text';
import { signedDeadlineOf } from '../domain/window/deadline';
import { outcomeOf, windowPhase } from '../domain/window/phase';
import type { Approval } from '../domain/window/papers';
import type { Placement, WindowRow } from '../domain/window/windowRow';
import type { refusalViewSchema, windowViewSchema } from './viewSchemas';

/** A window as the API shows it: ISO times, one-line texts, nothing of the engine. */
export type WindowView = z.output<typeof windowViewSchema>;
type RuleView = WindowView['rules'][number];
/** One VM that was refused, or the whole where `vm` is empty: the rule that refused, the next step. */
export type RefusalView = z.output<typeof refusalViewSchema>;

const textMax = 500;

/** What the API shows of a row. Texts are cleaned again: a row may be older than the cleaning. */
export function windowView(row: WindowRow): WindowView {
  const { grant, concludedAt } = row;
  const activation = activationBehind(grant.origin);
  const untilAt = row.until ?? row.wantedUntil;
  return {
    id: row.id,
    phase: windowPhase(row),
    outcome: concludedAt === null ? null : outcomeOf(row),
    askedBy: grant.origin.kind,
    activation: activation && activationView(activation),
    claim:
      grant.origin.kind === 'claim'
        ? { kind: grant.origin.claim.kind, group: clean(grant.origin.claim.groupId) }
        : null,
    approval: row.approval === undefined ? null : approvalView(row.approval),
    person: {
      objectId: grant.person.objectId,
      name: clean(grant.person.name),
      mail: clean(grant.person.mail),
    },
    reason: clean(grant.reason),
    ticket: clean(grant.ticket),
    policyRule: clean(grant.policyRule),
    policyVersion: grant.policyVersion,
    source: { prefixes: [...grant.source.prefixes], wonBy: clean(grant.source.wonBy) },
    ports: grant.portSets.flatMap(({ protocol, ports }) =>
      ports.map((port) => `${protocol === '*' ? 'any' : protocol.toLowerCase()}/${port}`),
    ),
    vms: grant.targets.map(({ vmId, name, powerState }) => ({
      id: clean(vmId),
      name: clean(name),
      power: clean(powerState),
    })),
    createdAt: isoOf(row.createdAt),
    until: isoOf(untilAt),
    wantedUntil: isoOf(signedDeadlineOf(row)),
    closingBegins: isoOf(Math.min(row.closeFrom ?? untilAt, untilAt - grant.limits.guardMs)),
    closeReason: row.closeReason,
    rules: row.placements.map((placement) => ruleView(placement, row)),
    refusals: refusalViews(row),
    self: `/api/windows/${row.id}`,
  };
}

function activationView(of: ActivationFacts): WindowView['activation'] {
  return {
    roleAssignmentId: clean(of.roleAssignmentId),
    scope: clean(of.scope),
    role: of.roleDefinitionGuid,
    startAt: isoOf(of.startAt),
    endAt: isoOf(of.endAt),
  };
}

function approvalView({ groups, expiresAt, answer }: Approval): WindowView['approval'] {
  return {
    groups: groups.map(clean),
    expiresAt: isoOf(expiresAt),
    answer: answer && {
      kind: answer.kind,
      by: { objectId: clean(answer.by.objectId), name: clean(answer.name) },
      at: isoOf(answer.at),
      remark: clean(answer.remark),
    },
  };
}

/** Refusals as the API shows them. */
export function refusalViews({ refusals }: Pick<WindowRow, 'refusals'>): RefusalView[] {
  return refusals.map(({ vmId, code, rule, next }) => ({
    vm: clean(vmId),
    code,
    rule: clean(rule),
    next: clean(next),
  }));
}

function ruleView(placement: Placement, { grant }: WindowRow): RuleView {
  const { nsgId, rule, phase, admittedAnyway, openedAt, closedAt, goneAt, goneBy } = placement;
  const { lastPutAt } = placement;
  const watchedUntil = lastPutAt === null ? null : lastPutAt + grant.limits.settleMs;
  return {
    nsg: clean(nsgId),
    name: rule.name,
    priority: rule.priority,
    phase,
    admittedAnyway,
    openedAt: openedAt === null ? null : isoOf(openedAt),
    closedAt: closedAt === null ? null : isoOf(closedAt),
    goneAt: goneAt === null ? null : isoOf(goneAt),
    watchedUntil: watchedUntil === null ? null : isoOf(watchedUntil),
    goneBy: goneBy === undefined ? null : { caller: clean(goneBy.caller), at: isoOf(goneBy.at) },
  };
}

function clean(text: string): string {
  return cleanText(text, textMax);
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
