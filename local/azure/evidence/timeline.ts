import type { WriteRecord } from '../contract';
import type { NetworkSecurityGroupSeed } from '../../estate';
import type { NamedRule } from '../resourceManager/securityRule';

/** What the network did with one rule name in one NSG, from one moment to the next. */
export type Standing = {
  /** Lower case. */
  nsgId: string;
  rule: NamedRule;
  /** When the PUT was received; the estate's own rules have none. */
  acceptedAtMs?: number;
  fromMs: number;
  /** Absent while it stands. */
  toMs?: number;
  isByApp: boolean;
};

/** What an NSG is made of, as far as people set it. */
export type Content = {
  rules: Map<string, NamedRule>;
  tags: Record<string, string>;
  flushConnection: boolean;
};

/** The network's history as the log tells it. */
export type History = {
  standings: Standing[];
  /** Content of each NSG at the end, by id in lower case. */
  contents: Map<string, Content>;
};

const nsgPath =
  /^(\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.network\/networksecuritygroups\/[^/]+)(?:\/securityrules\/([^/]+))?$/;

/** The NSG, and the rule if any, that a path writes; both in lower case. */
export function writtenBy(path: string): { nsgId: string; rule?: string } | undefined {
  const [, nsgId, rule] = nsgPath.exec(path.toLowerCase()) ?? [];
  if (nsgId === undefined) return undefined;
  return rule === undefined ? { nsgId } : { nsgId, rule };
}

/**
 * Replays the writes that took effect, in the order in which they did, upon the NSGs of the
 * beginning. `isCounted` leaves writes out: to ask what would stand without the app's.
 */
export function replay(
  initial: readonly NetworkSecurityGroupSeed[],
  records: readonly WriteRecord[],
  isCounted: (record: WriteRecord) => boolean = () => true,
): History {
  const contents = new Map<string, Content>();
  const standings: Standing[] = [];
  const open = new Map<string, Standing>();
  for (const seed of initial) {
    const nsgId = seed.id.toLowerCase();
    contents.set(nsgId, contentOf(seed));
    for (const rule of seed.rules) {
      const standing = { nsgId, rule, fromMs: Number.NEGATIVE_INFINITY, isByApp: false };
      open.set(`${nsgId} ${rule.name.toLowerCase()}`, standing);
      standings.push(standing);
    }
  }
  for (const record of inOrderOfEffect(records.filter((item) => isCounted(item)))) {
    const target = writtenBy(record.path);
    if (target === undefined || record.effectiveAt === undefined) continue;
    const changes = apply(contents, target, record.after);
    for (const { name, rule } of changes) {
      const key = `${target.nsgId} ${name}`;
      const atMs = Date.parse(record.effectiveAt);
      const before = open.get(key);
      if (before !== undefined) before.toMs = atMs;
      open.delete(key);
      if (rule === undefined) continue;
      const standing: Standing = {
        nsgId: target.nsgId,
        rule,
        acceptedAtMs: Date.parse(record.at),
        fromMs: atMs,
        isByApp: record.caller.kind === 'app',
      };
      open.set(key, standing);
      standings.push(standing);
    }
  }
  return { standings, contents };
}

function inOrderOfEffect(records: readonly WriteRecord[]): WriteRecord[] {
  const atMs = (record: WriteRecord): number => Date.parse(record.effectiveAt ?? record.at);
  return [...records]
    .filter((record) => record.effectiveAt !== undefined)
    .sort((one, other) => atMs(one) - atMs(other) || one.sequence - other.sequence);
}

type RuleChange = { name: string; rule: NamedRule | undefined };

function apply(
  contents: Map<string, Content>,
  target: { nsgId: string; rule?: string },
  after: unknown,
): RuleChange[] {
  if (target.rule !== undefined) {
    const rule = (after ?? undefined) as NamedRule | undefined;
    const rules = contents.get(target.nsgId)?.rules;
    if (rule === undefined) rules?.delete(target.rule);
    else rules?.set(target.rule, rule);
    return [{ name: target.rule, rule }];
  }
  const before = contents.get(target.nsgId)?.rules ?? new Map<string, NamedRule>();
  const seed = (after ?? undefined) as NetworkSecurityGroupSeed | undefined;
  if (seed === undefined) {
    contents.delete(target.nsgId);
    return [...before.keys()].map((name) => ({ name, rule: undefined }));
  }
  const next = contentOf(seed);
  contents.set(target.nsgId, next);
  const names = new Set([...before.keys(), ...next.rules.keys()]);
  return [...names]
    .filter((name) => canonical(before.get(name)) !== canonical(next.rules.get(name)))
    .map((name) => ({ name, rule: next.rules.get(name) }));
}

/** What people set in an NSG, ready to compare. */
export function contentOf(seed: NetworkSecurityGroupSeed): Content {
  return {
    rules: new Map(seed.rules.map((rule) => [rule.name.toLowerCase(), rule])),
    tags: seed.tags ?? {},
    flushConnection: seed.flushConnection ?? false,
  };
}

/** JSON with sorted keys and without empty lists: two values that mean the same look the same. */
export function canonical(value: unknown): string {
  if (value === undefined) return 'undefined';
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    const entries = Object.entries(item)
      .filter(([, field]) => !(Array.isArray(field) && field.length === 0))
      .sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(entries);
  });
}
