import { existsSync, readFileSync } from 'node:fs';
import type { WriteRecord } from '../azure/contract';
import type { NamedRule } from '../azure/resourceManager/securityRule';
import type { Estate } from '../estate';

const rulePath = /^(.*\/networkSecurityGroups\/[^/]+)\/securityRules\/([^/?]+)$/i;

/**
 * The estate as the writes of earlier starts left it: the write log is replayed over the seed, so
 * that a network survives a restart of the local Azure. A torn last line is ignored: the write it
 * would have told of was never answered.
 */
export function estateAfterEarlierWrites(seed: Estate, writeLogPath: string): Estate {
  if (!existsSync(writeLogPath)) return seed;
  const groups = new Map(
    seed.networkSecurityGroups.map((group) => [group.id.toLowerCase(), { ...group }]),
  );
  for (const record of readRecords(writeLogPath)) {
    const match = rulePath.exec(record.path);
    if (match === null || record.outcome !== 'succeeded') continue;
    const [, nsgId = '', ruleName = ''] = match;
    const group = groups.get(nsgId.toLowerCase());
    if (group === undefined) continue;
    const others = group.rules.filter(({ name }) => name.toLowerCase() !== ruleName.toLowerCase());
    group.rules = record.after === null ? others : [...others, record.after as NamedRule];
  }
  return { ...seed, networkSecurityGroups: [...groups.values()] };
}

/** The same estate without rules of the app: what the network must look like when all is closed. */
export function estateWithoutOurRules(estate: Estate): Estate {
  return {
    ...estate,
    networkSecurityGroups: estate.networkSecurityGroups.map((group) => ({
      ...group,
      rules: group.rules.filter(({ name }) => !/^postern-/i.test(name)),
    })),
  };
}

function readRecords(path: string): WriteRecord[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as WriteRecord];
    } catch {
      return [];
    }
  });
}
