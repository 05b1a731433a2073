import { defaults } from './buildPolicy';
import type { PathFault, PolicyFaultCode } from './policyFault';
import { formatDuration, readDuration } from '../domain/readDuration';
import { claimFaults, claimOverlapFaults, overlapFaults, ruleFaults } from './ruleFaults';
import type { Sections } from './sections';

/** What the parts of a file mean together: times, priorities, rules. */
export function meaningFaults(sections: Sections): PathFault[] {
  return [
    ...timeFaults(sections),
    ...bandFaults(sections),
    ...nameFaults(sections),
    ...operatorFaults(sections),
    ...sections.allow.flatMap((placed) => ruleFaults(placed, sections)),
    ...overlapFaults(sections.allow),
    ...sections.claims.flatMap((placed) => claimFaults(placed, sections)),
    ...claimOverlapFaults(sections.claims),
    ...denyFaults(sections),
  ];
}

/** The sleeper begins before the sweep may; the sweep's half minute is the least between them. */
const guardAboveLeadMs = 30_000;

function timeFaults({ times = {}, allow, claims }: Sections): PathFault[] {
  const ms = (text: string | undefined, otherwise: number): number =>
    (text === undefined ? null : readDuration(text)) ?? otherwise;
  const guardMs = ms(times.guard, defaults.guardMs);
  const leadMs = ms(times.lead, defaults.leadMs);
  const longestMs = ms(times.longest, defaults.longestMs);
  const openMs = Math.max(
    ms(times.shortest, defaults.shortestMs),
    ms(times.settle, defaults.settleMs),
  );
  const faults: PathFault[] = [];
  if (guardMs < leadMs + guardAboveLeadMs) {
    const least = formatDuration(leadMs + guardAboveLeadMs);
    const message = `guard must be at least lead and 30s, here ${least}.`;
    faults.push({ path: ['times', 'guard'], code: 'guardTooShort', message });
  }
  if (longestMs < guardMs + openMs) {
    const least = formatDuration(guardMs + openMs);
    const message = `No window could ever open: longest must be at least ${least}.`;
    faults.push({ path: ['times', 'longest'], code: 'longestTooShort', message });
  }
  const shortestMs = Math.min(
    longestMs,
    ...[...allow, ...claims].map(({ entry }) => ms(entry.longest, longestMs)),
  );
  for (const { index, entry } of claims) {
    if (entry.kind !== 'breakGlass' || ms(entry.longest, longestMs) <= shortestMs) continue;
    const message = `A broken glass takes the shortest limit there is, here ${formatDuration(shortestMs)}.`;
    faults.push({ path: ['claims', index, 'longest'], code: 'breakGlassTooLong', message });
  }
  const limited = [
    ...allow.map((one) => ({ ...one, list: 'allow' })),
    ...claims.map((one) => ({ ...one, list: 'claims' })),
  ];
  for (const { list, index, entry } of limited) {
    const ruleMs = ms(entry.longest, longestMs);
    const path = [list, index, 'longest'];
    if (ruleMs > longestMs) {
      const message = `times.longest is ${formatDuration(longestMs)}, and no rule goes beyond it.`;
      faults.push({ path, code: 'longerThanLongest', message });
    }
    if (ruleMs < guardMs + openMs && entry.longest !== undefined) {
      const message = `No window could ever open: write at least ${formatDuration(guardMs + openMs)}.`;
      faults.push({ path, code: 'longestTooShort', message });
    }
  }
  return faults;
}

/** Priorities that others use: Defender's just-in-time access, and the baseline denies. */
const reserved = [
  { from: 100, to: 110 },
  { from: 1_000, to: 1_000 },
  { from: 3_900, to: 3_999 },
  { from: 4_095, to: 4_096 },
] as const;

function bandFaults({ priorities }: Sections): PathFault[] {
  if (priorities === undefined) return [];
  const { from, to } = priorities;
  const path = ['priorities'];
  if (from > to) {
    return [{ path, code: 'bandReversed', message: `from (${from}) lies above to (${to}).` }];
  }
  return reserved
    .filter((other) => from <= other.to && other.from <= to)
    .map((other) => {
      const range = other.from === other.to ? `${other.from}` : `${other.from} to ${other.to}`;
      const message = `Priority ${range} is used by others (Defender, baseline denies).`;
      return { path, code: 'bandReserved' as const, message };
    });
}

function nameFaults({ allow, claims, deny }: Sections): PathFault[] {
  const seen = new Set<string>();
  const lists = [
    ['allow', allow],
    ['claims', claims],
    ['deny', deny],
  ] as const;
  return lists.flatMap(([list, placed]) =>
    placed.flatMap(({ index, entry: { name } }) => {
      const known = seen.has(name.toLowerCase());
      seen.add(name.toLowerCase());
      const message = `Another rule is called ${name}, too.`;
      const code: PolicyFaultCode = 'duplicateName';
      return known ? [{ path: [list, index, 'name'], code, message }] : [];
    }),
  );
}

function operatorFaults({ remediation }: Sections): PathFault[] {
  if (remediation === undefined) return [];
  const { groups = [], people = [] } = remediation.operators;
  if (groups.length + people.length > 0) return [];
  const message = 'Nobody could ask for a run: name groups or people, or leave remediation out.';
  return [{ path: ['remediation', 'operators'], code: 'noOperators', message }];
}

function denyFaults({ deny }: Sections): PathFault[] {
  return deny.flatMap(({ index, entry: { roles = [], scopes = [], persons = [], tag } }) => {
    const narrows = roles.length + scopes.length + persons.length > 0 || tag !== undefined;
    const message = 'It would deny everything to everybody: name roles, scopes, persons or a tag.';
    return narrows ? [] : [{ path: ['deny', index], code: 'denyEverything' as const, message }];
  });
}
