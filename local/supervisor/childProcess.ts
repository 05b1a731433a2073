import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process that the supervisor started: its lines are read, its end is told once. */
export type Child = {
  readonly pid: number;
  /** Asks it to end; after `graceMs` it is killed. Resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
  /** Resolves when it is gone, however that came about. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
};

export type ChildOptions = {
  script: string;
  args?: string[];
  env?: Record<string, string>;
  /** True for a program that minds by itself whether its parent is still there. */
  mindsParent?: boolean;
  onLine: (line: string, stream: 'stdout' | 'stderr') => void;
};

/** Ends a process when the one that started it is gone, also by SIGKILL: its channel closes. */
const endWithParent =
  'data:text/javascript,process.once("disconnect",()=>process.exit(0));process.channel.unref()';

/** Starts a Node script as a process of its own. Its environment is ours plus `env`. */
export function startChild(options: ChildOptions): Child {
  const { script, args = [], env = {}, mindsParent = false, onLine } = options;
  const preload = mindsParent ? [] : ['--import', endWithParent];
  const child = spawn(process.execPath, [...preload, script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A terminal sends Ctrl-C to its whole group: the supervisor alone decides who ends when.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  if (child.stdout === null || child.stderr === null) throw new Error('A child has no output.');
  createInterface({ input: child.stdout }).on('line', (line) => onLine(line, 'stdout'));
  createInterface({ input: child.stderr }).on('line', (line) => onLine(line, 'stderr'));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
  return {
    pid: child.pid ?? 0,
    ended,
    stop: async (graceMs) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
