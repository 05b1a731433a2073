import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** A file of the repository: its path with forward slashes, and its text. */
export type Source = { path: string; text: string };

/** A rule of the house: what it forbids, where, and how a trespass reads. */
export type HouseRule = { name: string; where: (path: string) => boolean; forbids: RegExp };

const under =
  (...folders: string[]) =>
  (path: string): boolean =>
    folders.some((folder) => path.startsWith(`${folder}/`)) && path.endsWith('.ts');

/** What the linter cannot say, or says less plainly. */
export const houseRules: HouseRule[] = [
  {
    name: 'no clock, chance or environment in domain and orchestrators',
    where: under('shared/domain', 'functions/orchestrators'),
    forbids: /Date\.now\(|new Date\(\)|Math\.random|randomUUID|process\.env|performance\.now/,
  },
  {
    name: 'orchestrators have one shape: the sleeper',
    where: under('functions/orchestrators'),
    forbids:
      /Task\.(?:any|all)|continueAsNew|waitForExternalEvent|WithRetry|callSubOrchestrator|callEntity|\.lock\(/,
  },
  {
    name: 'the environment is handed in once, by main',
    where: (path) =>
      under('shared', 'functions')(path) && !/^functions\/(?:\w+\/)?main\.ts$/.test(path),
    forbids: /process\.env/,
  },
  {
    name: 'nobody writes a whole NSG',
    where: under('shared', 'functions'),
    forbids: /networkSecurityGroups\.(?:begin)?(?:createOrUpdate|CreateOrUpdate|updateTags|delete)/,
  },
  {
    name: 'the product does not know the local Azure',
    where: under('shared', 'functions', 'cli'),
    forbids: /from '(?:\.\.\/)+(?:local|test)\//,
  },
  {
    name: 'the imitation does not import the client',
    where: under('local'),
    forbids: /from '(?:\.\.\/)+shared\/azure/,
  },
  {
    name: 'nothing is left for later, nothing is silenced',
    where: (path) => path.endsWith('.ts') && !path.startsWith('test/support/house'),
    forbids:
      /\bTODO\b|\bFIXME\b|\bXXX\b|@ts-ignore|@ts-nocheck|eslint-disable|oxlint-disable|\b(?:it|test|describe)\.(?:skip|only|todo)\b/,
  },
];

/** `path:line` of every trespass of a rule. */
export function trespasses(rule: HouseRule, sources: Source[]): string[] {
  return sources
    .filter(({ path }) => rule.where(path))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, index) => (rule.forbids.test(line) ? [`${path}:${index + 1}`] : [])),
    );
}

/** Each layer, and the only layers it may import at run time. */
const mayImport: Record<string, string[]> = {
  'shared/domain': ['shared/domain'],
  'shared/ports': ['shared/domain', 'shared/ports'],
  'shared/contract': ['shared/domain', 'shared/contract'],
  'functions/orchestrators': ['shared/domain', 'functions/orchestrators'],
  'functions/activities': ['shared', 'functions/activities'],
  local: ['local'],
};

const valueImport = /^(?:import|export)(?! type)[^'"]*from\s+['"](\.[^'"]+)['"]/gm;

/** `file -> target` for every import that crosses a fence. `import type` is free: it vanishes. */
export function fenceCrossings(sources: Source[]): string[] {
  return Object.entries(mayImport).flatMap(([layer, allowed]) =>
    sources.filter(({ path }) => under(layer)(path)).flatMap((file) => crossings(file, allowed)),
  );
}

function crossings({ path, text }: Source, allowed: string[]): string[] {
  return [...text.matchAll(valueImport)]
    .map(([, target = '']) => posix.join(posix.dirname(path), target))
    .filter((target) => !allowed.some((layer) => target.startsWith(`${layer}/`)))
    .map((target) => `${path} -> ${target}`);
}

/** `path (lines)` of every hand-written file over `max` lines, `path:line` of lines over `width`. */
export function tooLong(sources: Source[], max: number, width: number): string[] {
  return sources
    .filter(({ path }) => path.endsWith('.ts') && !path.startsWith('test/fixtures/'))
    .flatMap(({ path, text }) => {
      const lines = text.split('\n');
      const wide = lines.flatMap((line, index) =>
        line.length > width && !/https?:\/\/|['"`/]/.test(line) ? [`${path}:${index + 1}`] : [],
      );
      return lines.length > max ? [`${path} (${lines.length})`, ...wide] : wide;
    });
}

/** Every text file of the repository that git knows. */
export function repository(): { root: string; sources: Source[] } {
  const root = join(dirname(__filename), '..', '..');
  const listed = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' });
  const sources = listed
    .split('\n')
    .filter((path) => /\.(?:ts|mjs|cjs|js|json|md|yaml)$/.test(path))
    .filter((path) => path !== 'package-lock.json')
    .flatMap((path) => {
      try {
        return [{ path, text: readFileSync(join(root, path), 'utf8') }];
      } catch {
        // Listed by git but deleted in the work tree: nothing to judge.
        return [];
      }
    });
  return { root, sources };
}
