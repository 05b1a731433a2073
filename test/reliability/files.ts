import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageOf, type Taken } from './page';

/** Where the page and the measures that it is made of lie. */
export function filesOf(root: string): { readonly page: string; readonly folder: string } {
  return {
    page: join(root, 'docs', 'reliability.md'),
    folder: join(root, 'docs', 'reliability'),
  };
}

/** All measures that have been taken. */
export function readTaken(root: string): Taken[] {
  const { folder } = filesOf(root);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Taken);
}

/** Keeps a measure in place of the last of its name. */
export function writeTaken(root: string, taken: Taken): void {
  const { folder } = filesOf(root);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${taken.name}.json`), `${JSON.stringify(taken, null, 2)}\n`);
}

/** Writes the page anew. */
export function writePage(root: string): void {
  writeFileSync(filesOf(root).page, pageOf(readTaken(root)));
}
