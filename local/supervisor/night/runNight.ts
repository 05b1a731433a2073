import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { assortedMachines } from '../../assortedMachines';
import { judgeNight } from '../../azure/evidence/nightVerdict';
import { installFastClock } from '../../fastClock';
import { assortedEstate } from '../../nightEstate';
import type { StartOptions } from '../options';
import { portsAt, takenPorts } from '../ports';
import { createPrinter, type Printer } from '../printer';
import { type NightApi, nightApi, type ShownRun, type ShownVm } from './nightApi';
import { type NightPlatform, startNightPlatform } from './nightPlatform';
import { createProgress } from './progress';

/** A minute of the story is a second of ours. */
const factor = 60;
const lookEveryMs = 15_000;

/**
 * The story of a night: 40 assorted VMs, a first night that only tells what it would do, and then a
 * run that somebody asks for. Ends by itself. Resolves with the exit code: 0 if the local Azure's own
 * log of writes shows that no VM was harmed, and every VM that could be made ready is.
 */
export async function runNight(options: StartOptions): Promise<number> {
  const printer = createPrinter(options.json);
  const ports = portsAt(options.portOffset);
  const taken = await takenPorts(ports);
  if (taken.length > 0) {
    printer.say('verdict', `Not started: these ports are taken: ${taken.join(', ')}.`);
    return 2;
  }
  const clock = { factor, realStart: Date.now(), shownStart: eveningOf(Date.now()) };
  installFastClock(clock);
  printer.say('azure', `It is ${timeOfDay()} on this clock, and a minute takes a second.`);
  const folder = resolve(join(options.state, 'night'));
  const platform = await startNightPlatform(folder, ports, clock, printer);
  try {
    return await tell(platform, folder, options, printer);
  } finally {
    await platform.stop();
    printer.say('azure', 'Everything has ended.');
  }
}

/** Some minutes before half past two, for all parts to start in. */
function eveningOf(now: number): number {
  return new Date(now).setUTCHours(2, 20, 0, 0);
}

async function tell(
  platform: NightPlatform,
  folder: string,
  options: StartOptions,
  printer: Printer,
): Promise<number> {
  const api = nightApi(platform.api);
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  printer.say('night', 'waits for 02:30, the hour of its timer.');
  const dry = await follow(api, `night-${day}`, options, printer);
  printer.say(
    'night',
    `The first night of a scope writes nothing: ${dry.vms.wouldFix} VMs would be made ready, ` +
      `${dry.vms.skipped} are left alone, and each has its reason.`,
  );
  const id = await api.start('the-night-of-the-demonstration', 'Make the estate ready');
  printer.say('night', 'Ben, an operator, asks for the same for real: POST /api/remediations.');
  const run = await follow(api, id, options, printer);
  const report = await showReport(api, run, folder, printer);
  return judge(platform, report, printer);
}

async function follow(
  api: NightApi,
  id: string,
  { json }: StartOptions,
  printer: Printer,
): Promise<ShownRun> {
  const progress = createProgress(printer, process.stdout.isTTY && !json);
  for (;;) {
    const run = await api.run(id);
    if (run !== null && run.vms.found > 0) progress.show(run);
    if (run?.phase === 'done' || run?.phase === 'cancelled') {
      progress.end();
      return run;
    }
    await new Promise((done) => setTimeout(done, lookEveryMs));
  }
}

async function showReport(
  api: NightApi,
  { id, writes, reads, vms }: ShownRun,
  folder: string,
  printer: Printer,
): Promise<readonly ShownVm[]> {
  const report = JSON.parse(await api.report(id, 'json')) as { vms: ShownVm[] };
  for (const { name, outcome, reason } of report.vms) {
    const why = reason === null ? '' : `: ${reason}`;
    printer.say('night', `${outcome.padEnd(11)} ${name}${why}`, { name, outcome, reason });
  }
  const page = join(folder, 'report.html');
  writeFileSync(page, await api.report(id, 'html'));
  writeFileSync(join(folder, 'report.csv'), await api.report(id, 'csv'));
  printer.say(
    'night',
    `${vms.fixed} VMs made ready by ${writes} writes and ${reads} reads of ${vms.found} VMs.`,
  );
  printer.say('next', `The report: ${pathToFileURL(page).href} (and report.csv beside it)`);
  return report.vms;
}

/** By the local Azure's own log of writes, and by what each VM is made to come to. */
function judge({ azure }: NightPlatform, report: readonly ShownVm[], printer: Printer): number {
  const ends = new Map(assortedMachines.map(({ plan, end }) => [plan.name, end]));
  const { records } = azure.resourceManager.writeLog;
  const before = assortedEstate().virtualMachines;
  const verdict = judgeNight({
    records,
    before,
    present: azure.resourceManager.estate.vms.values(),
    isForbidden: ({ id }) => leftAlone.has(nameIn(id)),
  });
  const wrong = report.flatMap(({ name, outcome, reason }) => {
    const wanted = ends.get(name) ?? 'unknown';
    const found = reason ?? outcome;
    return found === wanted ? [] : [`${name} ended as ${found}, and ${wanted} was to be.`];
  });
  const missing = before.length - report.length;
  const reasons = [
    ...verdict.reasons,
    ...wrong,
    ...(missing === 0 ? [] : [`${missing} VMs are not in the report.`]),
  ];
  for (const reason of reasons) printer.say('verdict', reason);
  const passed = reasons.length === 0;
  printer.say(
    'verdict',
    passed
      ? `Proved by the local Azure's own write log: ${verdict.ready.now} VMs are ready, ` +
          `${verdict.ready.before} were; no identity was lost, nothing was written twice without ` +
          'cause, and nothing at all to a machine that is to be left alone.'
      : "NOT proved. Judged by the local Azure's own write log.",
    { passed },
  );
  return passed ? 0 : 1;
}

/** Machines that end like this are written to, and one whose agent falls silent after it. */
const writtenTo = ['fixed', 'extensionFailed', 'neverEnded', 'identityForbidden'];
const leftAlone = new Set(
  assortedMachines
    .filter(({ plan, end }) => !writtenTo.includes(end) && plan.name !== 'win-falls-mute')
    .map(({ plan }) => plan.name),
);

function nameIn(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

function timeOfDay(): string {
  return new Date().toISOString().slice(11, 16);
}
