import { isAtOrUnder } from '../domain/armId';
import type { AllowRule } from '../domain/policy/policy';
import { overlaps, parsePrefix, sizeOf } from '../domain/policy/prefix';
import type { Prefix } from '../domain/policy/prefix';
import { allowRuleOf, claimRuleOf, defaults } from './buildPolicy';
import type { AllowEntry, ClaimEntry } from './fileSchema';
import type { PathFault } from './policyFault';
import type { Placed, Sections } from './sections';
import { readPort } from '../domain/policy/portEntry';
import type { PortEntry } from '../domain/policy/portEntry';

type Sources = AllowEntry['sources'];
type Path = readonly (string | number)[];

const portsMax = 256;
/** What one rule's named ranges may hold together: four /24. */
const rangeAddressesMax = 1_024;
/** What a fence around activation addresses may hold: it admits one address at a time. */
const fenceAddressesMax = 2 ** 25;
const slotsMax = 3;

/** What is wrong inside one allow rule whose form is sound. */
export function ruleFaults({ index, entry }: Placed<AllowEntry>, sections: Sections): PathFault[] {
  const path = ['allow', index];
  return [
    ...portFaults(entry, [...path, 'ports']),
    ...sourceFaults(entry.sources, 'fromActivation', [...path, 'sources'], minimumOf(sections)),
    ...slotFaults(allowRuleOf(entry), [...path, 'ports']),
  ];
}

/** The shortest prefix that the file allows, by family. */
function minimumOf({ minimumPrefix }: Sections): Readonly<Record<4 | 6, number>> {
  return {
    4: minimumPrefix?.ipv4 ?? defaults.minimumPrefix.ipv4,
    6: minimumPrefix?.ipv6 ?? defaults.minimumPrefix.ipv6,
  };
}

/** The same for one rule of a group claim, and what breaking the glass must not be. */
export function claimFaults({ index, entry }: Placed<ClaimEntry>, sections: Sections): PathFault[] {
  const path = ['claims', index];
  const { fromCall, ranges } = entry.sources;
  const sources = { fromActivation: fromCall, ranges };
  return [
    ...portFaults(entry, [...path, 'ports']),
    ...sourceFaults(sources, 'fromCall', [...path, 'sources'], minimumOf(sections)),
    ...slotFaults(claimRuleOf(entry), [...path, 'ports']),
    ...kindFaults(entry, path),
  ];
}

function kindFaults({ kind, approval, reviewers }: ClaimEntry, path: Path): PathFault[] {
  if (kind === 'breakGlass' && approval !== undefined) {
    const message = 'Breaking the glass waits for nobody: leave approval out, or write onCall.';
    return [{ path: [...path, 'approval'], code: 'notForThisKind', message }];
  }
  if (kind === 'onCall' && reviewers !== undefined) {
    const message = 'Only a broken glass is reviewed: leave reviewers out, or write breakGlass.';
    return [{ path: [...path, 'reviewers'], code: 'notForThisKind', message }];
  }
  return [];
}

/** Two rules of one group that could both answer the same request, with different answers. */
export function claimOverlapFaults(rules: readonly Placed<ClaimEntry>[]): PathFault[] {
  const read = rules.map(({ index, entry }) => ({ index, rule: claimRuleOf(entry) }));
  return read.flatMap(({ index, rule }, at) =>
    read
      .slice(0, at)
      .filter(({ rule: earlier }) => {
        const isSame = earlier.group === rule.group && earlier.kind === rule.kind;
        return isSame && scopesMeet(earlier, rule);
      })
      .map(({ rule: earlier }) => ({
        path: ['claims', index],
        code: 'rulesOverlap' as const,
        message: `Rule ${earlier.name} lets the same group open the same: which one is meant?`,
      })),
  );
}

/** Two rules that could both answer the same activation, with different answers. */
export function overlapFaults(rules: readonly Placed<AllowEntry>[]): PathFault[] {
  const read = rules.map(({ index, entry }) => ({ index, rule: allowRuleOf(entry) }));
  return read.flatMap(({ index, rule }, at) =>
    read
      .slice(0, at)
      .filter(({ rule: earlier }) => bothAnswer(earlier, rule) && !sameAnswer(earlier, rule))
      .map(({ rule: earlier }) => ({
        path: ['allow', index],
        code: 'rulesOverlap' as const,
        message: `Rule ${earlier.name} allows the same to the same people: which one is meant?`,
      })),
  );
}

function portFaults({ ports }: Pick<AllowEntry, 'ports'>, path: Path): PathFault[] {
  const entries = ports.map(readPort).filter(isPort);
  const faults: PathFault[] = [];
  entries.forEach((entry, at) => {
    const earlier = entries.slice(0, at).find((other) => portsOverlap(other, entry));
    if (earlier === undefined) return;
    const message = 'This port stands in the list already.';
    faults.push({ path: [...path, at], code: 'portsOverlap', message });
  });
  const count = entries.reduce((sum, { range }) => sum + range.to - range.from + 1, 0);
  if (count > portsMax) {
    const message = `${count} ports: one rule opens at most ${portsMax}.`;
    faults.push({ path, code: 'portsTooMany', message });
  }
  return faults;
}

function sourceFaults(
  { fromActivation, ranges = [] }: Sources,
  fence: 'fromActivation' | 'fromCall',
  path: Path,
  minimum: Readonly<Record<4 | 6, number>>,
): PathFault[] {
  if (fromActivation === undefined && ranges.length === 0) {
    const message = `Write ${fence}, ranges, or both: without a source nothing opens.`;
    return [{ path, code: 'noSources', message }];
  }
  const within = placedPrefixes(fromActivation?.within ?? [], [...path, fence, 'within']);
  const named = ranges.flatMap(({ prefixes }, at) =>
    placedPrefixes(prefixes, [...path, 'ranges', at, 'prefixes']),
  );
  return [
    ...lengthFaults(named, minimum),
    ...overlappingFaults(named),
    ...sizeFaults(within, fenceAddressesMax, [...path, fence]),
    ...sizeFaults(named, rangeAddressesMax, [...path, 'ranges']),
  ];
}

type PlacedPrefix = { readonly prefix: Prefix; readonly path: Path };

function placedPrefixes(texts: readonly string[], path: Path): PlacedPrefix[] {
  return texts.flatMap((text, at) => {
    const prefix = parsePrefix(text);
    return typeof prefix === 'string' ? [] : [{ prefix, path: [...path, at] }];
  });
}

function lengthFaults(
  placed: readonly PlacedPrefix[],
  minimum: Readonly<Record<4 | 6, number>>,
): PathFault[] {
  return placed
    .filter(({ prefix }) => prefix.length < minimum[prefix.family])
    .map(({ prefix, path }) => ({
      path,
      code: 'prefixTooWide' as const,
      message: `/${prefix.length} is wider than /${minimum[prefix.family]}, the widest allowed here.`,
    }));
}

/** Azure refuses a rule whose source prefixes overlap. */
function overlappingFaults(placed: readonly PlacedPrefix[]): PathFault[] {
  return placed
    .filter(({ prefix }, at) => placed.slice(0, at).some((one) => overlaps(one.prefix, prefix)))
    .map(({ path }) => ({
      path,
      code: 'prefixOverlap' as const,
      message: 'It overlaps with a range above it.',
    }));
}

/** A wide range cut into parts is as wide as the range. */
function sizeFaults(placed: readonly PlacedPrefix[], max: number, path: Path): PathFault[] {
  const count = placed
    .filter(({ prefix }) => prefix.family === 4)
    .reduce((sum, { prefix }) => sum + sizeOf(prefix), 0);
  if (count <= max) return [];
  const message = `${count} addresses together, and at most ${max} are allowed here.`;
  return [{ path, code: 'tooManyAddresses', message }];
}

/** A rule of Azure has one protocol and one address family; an NSG gets at most three of ours. */
function slotFaults(
  { portSets, sources }: Pick<AllowRule, 'portSets' | 'sources'>,
  path: Path,
): PathFault[] {
  const prefixes = sources.ranges.flatMap((range) => range.prefixes);
  const families = new Set(prefixes.map((prefix) => prefix.includes(':')));
  const slots = portSets.length * Math.max(families.size, 1);
  if (slots <= slotsMax) return [];
  const message = `Protocols and address families make ${slots} security rules; ${slotsMax} at most.`;
  return [{ path, code: 'tooManySlots', message }];
}

function bothAnswer(one: AllowRule, other: AllowRule): boolean {
  return (
    one.roles.some((role) => other.roles.includes(role)) &&
    scopesMeet(one, other) &&
    (one.persons.length === 0 ||
      other.persons.length === 0 ||
      one.persons.some((person) => other.persons.includes(person)))
  );
}

function scopesMeet(one: Pick<AllowRule, 'scopes'>, other: Pick<AllowRule, 'scopes'>): boolean {
  return one.scopes.some((scope) =>
    other.scopes.some((there) => isAtOrUnder(scope, there) || isAtOrUnder(there, scope)),
  );
}

function sameAnswer(one: AllowRule, other: AllowRule): boolean {
  const answer = ({ portSets, longestMs, sources, approval }: AllowRule): string =>
    JSON.stringify([portSets, longestMs, sources, approval]);
  return answer(one) === answer(other);
}

function portsOverlap(one: PortEntry, other: PortEntry): boolean {
  const sameTraffic =
    one.protocol === other.protocol || one.protocol === '*' || other.protocol === '*';
  return sameTraffic && one.range.from <= other.range.to && other.range.from <= one.range.to;
}

function isPort(read: ReturnType<typeof readPort>): read is PortEntry {
  return 'range' in read;
}
