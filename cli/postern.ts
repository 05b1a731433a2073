import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './postern/run';
import { signInWithAzure } from './postern/signIn';

const interrupt = new AbortController();
const { signal } = interrupt;
process.once('SIGINT', () => interrupt.abort());
// Whoever read has left, as `head` does: there is nobody to tell anything.
process.stdout.on('error', () => process.exit());

async function main(): Promise<void> {
  process.exitCode = await run(process.argv.slice(2), {
    fetch: globalThis.fetch,
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    env: process.env,
    now: () => Date.now(),
    wait: (ms) => sleep(ms, undefined, { signal }).catch(() => undefined),
    isTerminal: {
      stdin: process.stdin.isTTY,
      stdout: process.stdout.isTTY,
      stderr: process.stderr.isTTY,
    },
    ask,
    interrupt: signal,
    saveFile,
    signIn: signInWithAzure,
  });
}

/** The line that is typed; '' at Ctrl-C and at the end of the input. */
async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const left = new Promise<string>((resolve) => {
    lines.once('close', () => resolve(''));
    lines.once('SIGINT', () => resolve(''));
  });
  try {
    return await Promise.race([lines.question(question), left]);
  } finally {
    lines.close();
  }
}

async function saveFile(path: string, text: string, replace: boolean): Promise<string | null> {
  try {
    await writeFile(path, text, { flag: replace ? 'w' : 'wx', mode: 0o600 });
    return null;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
}

void main();
