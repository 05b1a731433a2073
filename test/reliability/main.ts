import { spawn } from 'node:child_process';
import { Command, CommanderError } from 'commander';
import { root } from '../bench/functionsCore';
import { readMachine } from '../bench/machine';
import { filesOf, writePage, writeTaken } from './files';
import { type Measure, measures } from './measures';
import { exitWhenRead } from '../support/exitWhenRead';

const help = `
Measures:
${measures.map(({ name, title }) => `  ${name.padEnd(14)} ${title}`).join('\n')}

Exit codes:
  0  the page is written; what was measured held
  1  what was measured did not hold: the page says so
  2  the command line is wrong, or a command printed no result

Examples:
  npm run reliability
  npm run reliability -- seeds
  npm run reliability -- seeds -- --from 1 --seeds 100000 --twice 200
`;

type Asked = { readonly measure: Measure | null; readonly args: readonly string[] };

function readArguments(given: readonly string[]): Asked | { exit: number } {
  const command = new Command('npm run reliability --')
    .description(
      'Takes a measure, if one is named, and writes docs/reliability.md from all of them.',
    )
    .argument('[measure]', 'what to measure; nothing: the page alone is written')
    .argument('[arguments...]', 'in place of the usual ones, behind a second --')
    .addHelpText('after', help)
    .exitOverride();
  try {
    const [name, ...args] = command.parse([...given], { from: 'user' }).args;
    if (name === undefined) return { measure: null, args };
    const measure = measures.find((one) => one.name === name);
    if (measure !== undefined) return { measure, args };
    process.stderr.write(`There is no measure "${name}".\n${help}`);
    return { exit: 2 };
  } catch (error) {
    if (error instanceof CommanderError) return { exit: error.exitCode === 0 ? 0 : 2 };
    throw error;
  }
}

/** Runs the measure's own command, as anybody would, and keeps what it printed. */
async function take(measure: Measure, given: readonly string[]): Promise<number> {
  const { name, script, fixed, usual } = measure;
  const args = [...fixed, ...(given.length > 0 ? given : usual)];
  const machine = readMachine(root);
  const startedAt = Date.now();
  const { exitCode, printed } = await runScript(script, args);
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  const { at, node, cpu, cores, load, commit } = machine;
  writeTaken(root, {
    name,
    command: `npm run ${[script, ...(args.length > 0 ? ['--', ...args] : [])].join(' ')}`,
    exitCode,
    seconds,
    machine: { at, node, cpu, cores, load, commit },
    result: JSON.parse(printed) as unknown,
  });
  return exitCode;
}

function runScript(
  script: string,
  args: readonly string[],
): Promise<{ exitCode: number; printed: string }> {
  const npm = process.env['npm_execpath'];
  if (npm === undefined) throw new Error('This is started by npm: npm run reliability.');
  const run = ['run', '--silent', script, '--', ...args, '--json'];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [npm, ...run], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (printed.trim() === '') reject(new Error(`npm run ${script} printed no result.`));
      else resolve({ exitCode: code ?? 1, printed });
    });
  });
}

async function main(): Promise<number> {
  const asked = readArguments(process.argv.slice(2));
  if ('exit' in asked) return asked.exit;
  const { measure, args } = asked;
  const exitCode = measure === null ? 0 : await take(measure, args);
  writePage(root);
  process.stdout.write(`${filesOf(root).page} is written.\n`);
  return exitCode;
}

main().then(exitWhenRead, (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
});
