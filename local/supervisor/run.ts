import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Activation } from '../azure/pim/createPim';
import { isClosedBySweeper, killWhenOpen } from './appDies';
import { decideOnce } from './decide';
import { nextLines } from './nextLines';
import type { StartOptions } from './options';
import { type LocalPlatform, startPlatform } from './platform';
import { portsAt, takenPorts } from './ports';
import { createPrinter, type Printer } from './printer';
import { administratorLogin, people } from '../tenant';

/** How long the demonstration's activation lasts; PIM's five-minute minimum is lifted for it. */
const activationSeconds = 80;
/** Without events the window opens later, and the address is waited for in vain. */
const activationSecondsUntold = 120;

/**
 * Starts everything, plays one activation, and stays up until Ctrl-C, or with `--once` until the
 * window is closed and judged. Resolves with the exit code.
 */
export async function run(options: StartOptions): Promise<number> {
  const printer = createPrinter(options.json);
  const folder = resolve(options.state);
  const ports = portsAt(options.portOffset);
  const taken = await takenPorts(ports);
  if (taken.length > 0) {
    printer.say('verdict', `Not started: these ports are taken: ${taken.join(', ')}.`);
    printer.say('next', 'Another `npm start` is probably running. End it with Ctrl-C first.');
    return 2;
  }
  if (options.reset) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });

  const stopped = new Promise<'asked'>((done) => {
    process.once('SIGINT', () => done('asked'));
    process.once('SIGTERM', () => done('asked'));
  });
  const platform = await startPlatform(options, folder, ports, printer);
  try {
    const seconds = options.fault === 'no-events' ? activationSecondsUntold : activationSeconds;
    const activation = activate(platform, printer, seconds);
    return await play(platform, activation, options, printer, stopped);
  } finally {
    await platform.stop();
    printer.say('azure', 'Everything has ended.');
  }
}

/** Somebody whose role is not active still from an earlier start. */
function somebodyFree({ azure }: LocalPlatform) {
  const active = azure.pim.activations().filter((one) => one.active);
  const free = Object.values(people).find(
    ({ objectId }) => !active.some(({ principalId }) => principalId === objectId),
  );
  if (free !== undefined) return free;
  throw new Error(
    'Everybody’s role is still active from an earlier start: wait until it ends, or begin afresh ' +
      'with `npm start -- --reset`.',
  );
}

function activate(platform: LocalPlatform, printer: Printer, seconds: number): Activation {
  const person = somebodyFree(platform);
  const activation = platform.azure.pim.activate({
    person: person.upn,
    role: administratorLogin,
    scope: platform.scope,
    durationMs: seconds * 1000,
    justification: 'Patch vm-app-01',
    ticket: { number: 'INC0012345', system: 'ServiceNow' },
  });
  printer.say(
    'pim',
    `${person.displayName} activates Virtual Machine Administrator Login on rg-app ` +
      `for ${seconds} s, from ${person.ipAddress}.`,
    { requestName: activation.requestName },
  );
  return activation;
}

async function play(
  platform: LocalPlatform,
  activation: Activation,
  options: StartOptions,
  printer: Printer,
  stopped: Promise<'asked'>,
): Promise<number> {
  const { requestName } = activation;
  const decided = decideOnce(platform, requestName);
  if (options.appDies) killWhenOpen(platform, printer);
  const first = await Promise.race([stopped, decided]);
  if (first === 'asked') return options.once ? 1 : 0;
  if (options.once) await platform.stopHost();
  const verdict = platform.judge();
  printVerdict(printer, verdict, join(options.state, 'azure', 'writes.jsonl'));
  const passed = verdict.passed && (!options.appDies || isClosedBySweeper(platform, printer));
  if (options.once) return passed ? 0 : 1;
  for (const line of nextLines(platform)) printer.raw(line);
  await stopped;
  return 0;
}

function printVerdict(
  printer: Printer,
  verdict: ReturnType<LocalPlatform['judge']>,
  writeLogPath: string,
): void {
  for (const line of verdict.lines) {
    const nsg = line.nsgId.slice(line.nsgId.lastIndexOf('/') + 1);
    const opened = line.openAt === undefined ? 'never open' : `open ${line.openAt.slice(11, 21)}`;
    const gone = line.goneAt === undefined ? 'still there' : `gone ${line.goneAt.slice(11, 21)}`;
    const margin =
      line.goneAt === undefined
        ? `${line.overrunS} s past its deadline`
        : `${Math.round((Date.parse(line.deadline) - Date.parse(line.goneAt)) / 1000)} s before`;
    printer.say(
      'verdict',
      `${nsg.padEnd(14)} ${opened}, ${gone}; deadline ${line.deadline.slice(11, 21)} (${margin})`,
      { ...line },
    );
  }
  for (const reason of verdict.reasons) printer.say('verdict', reason);
  printer.say(
    'verdict',
    verdict.passed
      ? `Proved by the local Azure's own write log (${writeLogPath}): 0 rules past their deadline.`
      : `NOT proved. Judged by the local Azure's own write log (${writeLogPath}).`,
    { passed: verdict.passed },
  );
}
