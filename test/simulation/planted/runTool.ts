import { spawn } from 'node:child_process';

/** How a program ended, and what it wrote. */
export type ToolResult = { readonly exitCode: number; readonly out: string; readonly err: string };

/** Runs a program to its end, without a shell. Rejects only where it cannot be started. */
export function runTool(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => (out += String(data)));
    child.stderr.on('data', (data) => (err += String(data)));
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? 1, out, err }));
  });
}
