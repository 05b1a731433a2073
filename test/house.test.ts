import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fenceCrossings, houseRules, repository, tooLong, trespasses } from './support/house';

const { root, sources } = repository();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the house', () => {
  it.each(houseRules.map((rule) => [rule.name, rule] as const))('%s', (_, rule) => {
    expect(trespasses(rule, sources)).toEqual([]);
  });

  it('keeps its fences', () => {
    expect(fenceCrossings(sources)).toEqual([]);
  });

  it('keeps files under 400 lines and lines under 100', () => {
    expect(tooLong(sources, 400, 100)).toEqual([]);
  });

  it('runs only scripts that exist: every `npm run` in a document is in package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = sources
      .filter(({ path }) => path.endsWith('.md'))
      .flatMap(({ text }) => [...text.matchAll(/npm run (?:--silent )?([\w-]+)/g)])
      .map(([, name = '']) => name);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it('has one title in every document', () => {
    const withoutOne = sources
      .filter(({ path }) => path.endsWith('.md'))
      .filter(({ text }) => titlesOf(text) !== 1)
      .map(({ path }) => path);
    expect(withoutOne).toEqual([]);
  });
});

describe('the checks themselves can fail', () => {
  const planted = [
    ['shared/domain/x.ts', 'const t = Date.now();'],
    ['functions/orchestrators/x.ts', 'yield context.df.Task.any([a, b]);'],
    ['shared/azure/x.ts', 'const e = process.env.HOME;'],
    ['shared/azure/y.ts', 'await client.networkSecurityGroups.beginCreateOrUpdate(a, b, c);'],
    ['functions/x.ts', "import { a } from '../local/main';"],
    ['local/x.ts', "import { a } from '../shared/azure/network';"],
    ['shared/x.ts', ['// FIX', 'ME later'].join('')],
  ] as const;

  it.each(planted)('%s: %s', (path, text) => {
    const found = houseRules.flatMap((rule) => trespasses(rule, [{ path, text }]));
    expect(found).toContain(`${path}:1`);
  });

  it('sees a value crossing a fence, and lets a type pass', () => {
    const text =
      "import { world } from '../ports/world';\nimport type { W } from '../ports/world';";
    expect(fenceCrossings([{ path: 'shared/domain/x.ts', text }])).toEqual([
      'shared/domain/x.ts -> shared/ports/world',
    ]);
  });

  it('sees a file that is too long', () => {
    const text = 'a\n'.repeat(401);
    expect(tooLong([{ path: 'shared/x.ts', text }], 400, 100)).toEqual(['shared/x.ts (402)']);
  });
});

/** Headings of the first level outside code fences. */
function titlesOf(markdown: string): number {
  const prose = markdown.replaceAll(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(/^# /gm)].length;
}
