import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

/** What the figures were made on and with. */
export type Machine = {
  at: string;
  platform: string;
  node: string;
  cpu: string;
  cores: number;
  memoryMb: number;
  /** Runnable processes over the last minute: more than `cores` makes times worse than they are. */
  load: number;
  /** With `+changes` where the work tree differs. */
  commit: string;
  packages: Record<string, string>;
};

const named = [
  'durable-functions',
  '@azure/functions',
  '@azure/arm-compute',
  '@azure/arm-network',
  '@azure/core-rest-pipeline',
  'azurite',
];

/** Reads it all; a clone without git has the commit `unknown`. */
export function readMachine(root: string): Machine {
  return {
    at: new Date().toISOString(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    commit: commitOf(root),
    packages: Object.fromEntries(named.map((name) => [name, versionOf(root, name)])),
  };
}

function commitOf(root: string): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    // A document that differs changes no figure.
    const status = git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!docs');
    const changed = status !== '';
    return `${git('rev-parse', '--short=12', 'HEAD')}${changed ? '+changes' : ''}`;
  } catch {
    // An archive without git, or no git on this machine: the figures are as good.
    return 'unknown';
  }
}

function versionOf(root: string, name: string): string {
  const path = join(root, 'node_modules', name, 'package.json');
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return version;
}
