import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const known = new Map<string, string>();

/**
 * The path of a `policy.yaml` with this text, in a folder of its own: settings name policies by
 * their path. Kept among what is built, by its text, so that thousands of runs leave nothing behind
 * elsewhere; renamed into its place, as other processes may want the same one.
 */
export function policyFile(root: string, text: string): string {
  const found = known.get(text);
  if (found !== undefined) return found;
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const folder = join(root, '.build', 'policies', name);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'policy.yaml');
  const written = join(folder, `${process.pid}.yaml`);
  writeFileSync(written, text);
  renameSync(written, path);
  known.set(text, path);
  return path;
}
