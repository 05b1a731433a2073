import { root } from './functionsCore';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ApiFigures, measureApi } from './api';
import { countWindow, type WindowCount } from './counting';
import { manyWindows, oneVmOneNsg, oneVmTwoNsgs, tenVmsOneNsg, tenVmsTenNsgs } from './layouts';
import { measureLifetimes } from './lifetimes';
import { readMachine } from './machine';
import { benchNight } from './night/benchNight';
import { nightWorker, serveAsNightWorker } from './night/nightTasks';
import { type BenchOptions, readBenchOptions } from './options';
import { activationMs, latency } from './playWindows';
import { measureMemory, type ProcessMemory } from './processMemory';
import { notes, type Report } from './report';
import { printReport } from './tables';
import { exitWhenRead } from '../support/exitWhenRead';

const countSeed = 1;
const windowsAtOnce = 50;

async function bench(options: BenchOptions): Promise<Report> {
  // Loading the SDKs takes longer than a virtual minute: once unmeasured, so that nothing waits.
  await countWindow(oneVmTwoNsgs, countSeed);
  const counts: WindowCount[] = [];
  for (const layout of [oneVmOneNsg, oneVmTwoNsgs, tenVmsOneNsg, tenVmsTenNsgs]) {
    counts.push(await countWindow(layout, countSeed));
  }
  const lifetimes = await measureLifetimes(manyWindows(windowsAtOnce), options);
  const { windows, apiCalls: calls, loadSeconds } = options;
  const api: ApiFigures = await measureApi({ windows, calls, loadSeconds });
  const memory: ProcessMemory = options.processes
    ? await measureMemory(root)
    : { skipped: 'left out by --no-processes' };
  return {
    machine: readMachine(root),
    seeds: { counts: [countSeed], lifetimes: [1] },
    conditions: {
      'activation (s)': activationMs / 1_000,
      'rule PUT takes (s)': latency.rulePut / 1_000,
      'rule DELETE takes (s)': latency.ruleDelete / 1_000,
      'sweep and reconcile': 'every minute',
      seed: countSeed,
      'warm-up runs': options.warmUps,
    },
    counts,
    lifetimes,
    api,
    memory,
    notes,
    faults: [...counts.flatMap(({ faults }) => faults), ...lifetimes.faults, ...api.faults],
  };
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args[0] === 'night') return benchNight(__filename, args.slice(1));
  const options = readBenchOptions(args);
  if ('exit' in options) return options.exit;
  const report = await bench(options);
  const json = `${JSON.stringify(report, null, 2)}\n`;
  const path = join(root, '.build', 'bench', 'bench.json');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, json);
  if (options.json) process.stdout.write(json);
  else process.stdout.write(`${printReport(report)}\n\nAll figures: ${path}\n`);
  return report.faults.length === 0 ? 0 : 1;
}

if (process.argv[2] === nightWorker) serveAsNightWorker();
else {
  main().then(exitWhenRead, (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : ''}\n`);
    process.exit(1);
  });
}
