import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What is made, not written: it is made anew in the copy, or shared with it. */
const leftOut = new Set(['.git', '.build', '.local', 'coverage', 'dist', 'node_modules']);

/**
 * A copy of the repository below `.build/planted`, with the packages of the original: what is
 * changed in it is changed nowhere else. A copy of this name from an earlier run is thrown away.
 */
export function copyTree(root: string, name: string): string {
  const copy = join(root, '.build', 'planted', name);
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const entry of readdirSync(root)) {
    if (!leftOut.has(entry)) cpSync(join(root, entry), join(copy, entry), { recursive: true });
  }
  // A junction needs no rights on Windows; elsewhere the word is ignored.
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  return copy;
}
