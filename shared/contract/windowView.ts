import { cleanText } from '../domain/text';
import { outcomeOf, windowPhase } from '../domain/window/phase';
import type { WindowPhase } from '../domain/window/phase';
import type { Placement, WindowRow } from '../domain/window/windowRow';

/** A window as the API shows it: ISO times, one-line texts, nothing of the engine. */
export type WindowView = {
  readonly id: string;
  readonly phase: WindowPhase;
  /** How it ended; `null` while it lives. */
  readonly outcome: string | null;
  readonly person: { readonly objectId: string; readonly name: string; readonly mail: string };
  readonly reason: string;
  readonly ticket: string;
  readonly policyRule: string;
  readonly source: { readonly prefixes: readonly string[]; readonly wonBy: string };
  readonly ports: readonly string[];
  readonly vms: readonly { readonly id: string; readonly name: string; readonly power: string }[];
  /** When the rules must be gone, and when closing begins. */
  readonly until: string;
  readonly closingBegins: string;
  readonly closeReason: string | null;
  readonly rules: readonly RuleView[];
  readonly refusals: readonly RefusalView[];
  readonly self: string;
};

/** One VM that was refused, or the whole where `vm` is empty: the rule that refused, the next step. */
export type RefusalView = {
  readonly vm: string;
  readonly code: string;
  readonly rule: string;
  readonly next: string;
};

export type RuleView = {
  readonly nsg: string;
  readonly name: string;
  readonly priority: number;
  readonly phase: string;
  /** The NSG would let the same traffic in without this rule. */
  readonly admittedAnyway: boolean;
  /** When it was proved open, and proved gone. */
  readonly openedAt: string | null;
  readonly closedAt: string | null;
  /** Since when it is read as gone; and until when a write of ours that is late is watched for. */
  readonly goneAt: string | null;
  readonly watchedUntil: string | null;
  /** Who deleted it, and when, where the app did not see it go and the activity log tells. */
  readonly goneBy: { readonly caller: string; readonly at: string } | null;
};

const textMax = 500;

/** What the API shows of a row. Texts are cleaned again: a row may be older than the cleaning. */
export function windowView(row: WindowRow): WindowView {
  const { grant, concludedAt } = row;
  const untilAt = row.until ?? row.wantedUntil;
  return {
    id: row.id,
    phase: windowPhase(row),
    outcome: concludedAt === null ? null : outcomeOf(row),
    person: {
      objectId: grant.person.objectId,
      name: clean(grant.person.name),
      mail: clean(grant.person.mail),
    },
    reason: clean(grant.reason),
    ticket: clean(grant.ticket),
    policyRule: clean(grant.policyRule),
    source: grant.source,
    ports: grant.portSets.flatMap(({ protocol, ports }) =>
      ports.map((port) => `${protocol === '*' ? 'any' : protocol.toLowerCase()}/${port}`),
    ),
    vms: grant.targets.map(({ vmId, name, powerState }) => ({
      id: clean(vmId),
      name: clean(name),
      power: clean(powerState),
    })),
    until: isoOf(untilAt),
    closingBegins: isoOf(untilAt - grant.limits.guardMs),
    closeReason: row.closeReason,
    rules: row.placements.map((placement) => ruleView(placement, row)),
    refusals: refusalViews(row),
    self: `/api/windows/${row.id}`,
  };
}

/** Refusals as the API shows them. */
export function refusalViews({ refusals }: Pick<WindowRow, 'refusals'>): readonly RefusalView[] {
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
