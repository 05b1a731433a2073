import { hashId } from '../domain/identity';
import type { AllowRule, ApprovalRule, ClaimRule, DenyRule, Policy } from '../domain/policy/policy';
import { formatPrefix } from '../domain/policy/prefix';
import { portSetsOf, readPort } from '../domain/policy/portEntry';
import type { AllowEntry, ClaimEntry, DenyEntry, PolicyFile } from './fileSchema';
import { readDuration } from '../domain/readDuration';
import {
  readAdministratorRole,
  readGroup,
  readPerson,
  readRole,
  readScope,
  readSource,
} from './values';
import type { ValueFault } from './values';

const minuteMs = 60_000;

/** What holds where the file says nothing. */
export const defaults = {
  guardMs: 3 * minuteMs,
  leadMs: 2 * minuteMs,
  settleMs: 2 * minuteMs,
  shortestMs: minuteMs,
  longestMs: 180 * minuteMs,
  band: { from: 200, to: 899 },
  minimumPrefix: { ipv4: 32, ipv6: 128 },
  optInTag: { name: 'postern', value: 'enabled' },
  caps: { vmsPerActivation: 10, windowsPerPerson: 3, windows: 100 },
  /** How long a request waits for a second person. */
  waitsMs: 30 * minuteMs,
  /** The least of a reason, in characters: whoever breaks the glass says what has happened. */
  reasonMin: { onCall: 3, breakGlass: 20 },
} as const;

/** The policy that a file means: ids normalised, durations in milliseconds, prefixes in one spelling. */
export function buildPolicy(file: PolicyFile): Policy {
  const { times = {}, optIn = defaults.optInTag } = file;
  const meaning = {
    limits: {
      guardMs: msOf(times.guard) ?? defaults.guardMs,
      leadMs: msOf(times.lead) ?? defaults.leadMs,
      settleMs: msOf(times.settle) ?? defaults.settleMs,
      shortestMs: msOf(times.shortest) ?? defaults.shortestMs,
    },
    longestMs: msOf(times.longest) ?? defaults.longestMs,
    band: file.priorities ?? defaults.band,
    optInTag: optIn === 'everyVm' ? null : optIn,
    caps: {
      vmsPerActivation: file.caps?.vmsPerActivation ?? defaults.caps.vmsPerActivation,
      windowsPerPerson: file.caps?.windowsPerPerson ?? defaults.caps.windowsPerPerson,
      windows: file.caps?.windows ?? defaults.caps.windows,
    },
    minimumPrefix: {
      ipv4: file.minimumPrefix?.ipv4 ?? defaults.minimumPrefix.ipv4,
      ipv6: file.minimumPrefix?.ipv6 ?? defaults.minimumPrefix.ipv6,
    },
    locks: file.locks ?? 'refuse',
    overseers: {
      administratorRoles: allOf(file.administrators ?? ['Owner'], readAdministratorRole),
      auditorGroups: allOf(file.auditors ?? [], readGroup),
    },
    // Rules do not overlap, so their order has no meaning; nor has the order of what is in them.
    allow: file.allow.map(allowRuleOf).sort(byName),
    claims: (file.claims ?? []).map(claimRuleOf).sort(byName),
    deny: (file.deny ?? []).map(denyRuleOf).sort(byName),
  } as const;
  const operators = {
    groups: allOf(file.remediation?.operators.groups ?? [], readGroup),
    people: allOf(file.remediation?.operators.people ?? [], readPerson),
  };
  // A file of before there were operators has the version that its windows know it by.
  const told = file.remediation === undefined ? meaning : { ...meaning, operators };
  return { version: hashId(JSON.stringify(told)), ...meaning, operators };
}

export function allowRuleOf(entry: AllowEntry): AllowRule {
  const { fromActivation, ranges = [] } = entry.sources;
  return {
    name: entry.name,
    roles: allOf(entry.roles, readRole),
    scopes: allOf(entry.scopes, readScope),
    persons: allOf(entry.persons ?? [], readPerson),
    portSets: portSetsOf(entry.ports.map(readPort).filter(isValue)),
    longestMs: msOf(entry.longest),
    approval: approvalOf(entry.approval),
    sources: sourcesOf(ranges, fromActivation),
  };
}

export function claimRuleOf(entry: ClaimEntry): ClaimRule {
  const { fromCall, ranges = [] } = entry.sources;
  return {
    name: entry.name,
    kind: entry.kind,
    group: readGroupId(entry.group),
    scopes: allOf(entry.scopes, readScope),
    portSets: portSetsOf(entry.ports.map(readPort).filter(isValue)),
    longestMs: msOf(entry.longest) ?? 0,
    reasonMin: entry.reasonAtLeast ?? defaults.reasonMin[entry.kind],
    sources: sourcesOf(ranges, fromCall),
    approval: approvalOf(entry.approval),
    reviewers: allOf(entry.reviewers ?? [], readGroup),
  };
}

function readGroupId(text: string): string {
  const read = readGroup(text);
  return typeof read === 'string' ? read : '';
}

function approvalOf(entry: AllowEntry['approval']): ApprovalRule | null {
  if (entry === undefined) return null;
  return { groups: allOf(entry.by, readGroup), waitsMs: msOf(entry.waits) ?? defaults.waitsMs };
}

function sourcesOf(
  ranges: NonNullable<AllowEntry['sources']['ranges']>,
  fence: AllowEntry['sources']['fromActivation'],
): AllowRule['sources'] {
  return {
    ranges: ranges
      .map(({ name, prefixes }) => ({ name, prefixes: prefixesOf(prefixes) }))
      .sort(byName),
    fromActivation: fence ? { within: prefixesOf(fence.within) } : null,
  };
}

function denyRuleOf({ name, roles, scopes, persons, tag }: DenyEntry): DenyRule {
  return {
    name,
    roles: allOf(roles ?? [], readRole),
    scopes: allOf(scopes ?? [], readScope),
    persons: allOf(persons ?? [], readPerson),
    tag: tag ?? null,
  };
}

function allOf(
  texts: readonly string[],
  read: (text: string) => string | ValueFault,
): readonly string[] {
  return [...new Set(texts.map(read).filter(isValue))].sort();
}

function prefixesOf(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.map(readSource).filter(isValue).map(formatPrefix))].sort();
}

/** Faults were reported by the schema, which reads the same values; here none is left. */
function isValue<Read>(read: Read): read is Exclude<Read, ValueFault> {
  return typeof read !== 'object' || read === null || !('code' in read);
}

function msOf(text: string | undefined): number | null {
  return text === undefined ? null : readDuration(text);
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}
