import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { portsAt, takenPorts } from '../../local/supervisor/ports';
import { administratorLogin } from '../../local/tenant';
import { Killer } from './kills';
import { type KillTestOptions, readOptions } from './options';
import { isPassed, type Outcome, outcomeOf } from './outcome';
import { blowsOf, type Plan, planOf, type Visit } from './plan';
import { printOutcome } from './report';
import { type Stage, startStage } from './stage';
import { exitWhenRead } from '../support/exitWhenRead';

/** How long after the last deadline a rule that still stands is waited for, to tell its overrun. */
const patienceMs = 60_000;
const sayEveryMs = 10_000;

async function killTest(options: KillTestOptions): Promise<number> {
  const taken = await takenPorts(portsAt(options.portOffset));
  if (taken.length > 0) {
    say(`These ports are taken: ${taken.join(', ')}. Try another --port-offset.`);
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'postern-killtest-'));
  try {
    const outcome = await play(options, folder);
    print(options.json ? JSON.stringify(outcome, null, 2) : printOutcome(outcome));
    return isPassed(outcome) ? 0 : 1;
  } finally {
    if (options.keep) say(`Everything is in ${folder}.`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

async function play(options: KillTestOptions, folder: string): Promise<Outcome> {
  const plan = planOf(options.windows, options.minutes, options.seed);
  const events = new Map<string, number>();
  let stage: Stage | undefined;
  const killer = new Killer(
    folder,
    blowsOf(options.seed),
    () => stage?.inFlight() ?? [],
    () => stage?.hostPid() ?? 0,
  );
  say(`Starts on ports moved by ${options.portOffset}; state in ${folder}.`);
  stage = await startStage({
    folder,
    ports: portsAt(options.portOffset),
    estate: plan.estate,
    people: plan.visits.map(({ person }) => person),
    onStart: () => killer.started(),
    onReady: () => killer.ready(),
    onDeath: (how) => killer.died(how),
    onEvent: (event) => events.set(event, (events.get(event) ?? 0) + 1),
  });
  const interrupted = new Promise<never>((_resolve, reject) => {
    const end = (): void => reject(new Error('Broken off.'));
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
  });
  const progress = setInterval(() => tellProgress(killer, events), sayEveryMs);
  try {
    killer.arm();
    await Promise.race([visitAll(stage, plan.visits), interrupted]);
    await Promise.race([untilAllIsOver(stage), interrupted]);
    return judged(options, plan, stage, killer);
  } finally {
    clearInterval(progress);
    killer.disarm();
    await stage.stop();
  }
}

/** Everybody activates at their moment, whether the host lives or not. */
async function visitAll({ azure }: Stage, visits: readonly Visit[]): Promise<void> {
  const beganAt = Date.now();
  for (const { person, scope, atMs, durationMs } of visits) {
    await sleep(Math.max(0, beganAt + atMs - Date.now()));
    azure.pim.activate({
      person: person.objectId,
      role: administratorLogin,
      scope,
      durationMs,
      justification: 'Patch it',
    });
  }
}

/** Kills go on until the last deadline: closing is not spared. */
async function untilAllIsOver({ azure }: Stage): Promise<void> {
  const ends = azure.pim.activations().map(({ endAt }) => Date.parse(endAt ?? ''));
  const lastEnd = Math.max(...ends);
  await sleep(Math.max(0, lastEnd - Date.now()) + 1_000);
  while (ourRules({ azure }) > 0 && Date.now() < lastEnd + patienceMs) await sleep(500);
}

function ourRules({ azure }: Pick<Stage, 'azure'>): number {
  return azure.resourceManager.estate
    .networkSecurityGroups()
    .flatMap(({ rules }) => rules)
    .filter(({ name }) => name.startsWith('postern-')).length;
}

function judged(options: KillTestOptions, plan: Plan, stage: Stage, killer: Killer): Outcome {
  const { resourceManager, pim } = stage.azure;
  return outcomeOf(options, {
    estate: plan.estate,
    records: resourceManager.writeLog.records,
    activations: pim.truth(),
    present: resourceManager.estate.networkSecurityGroups(),
    nowMs: Date.now(),
    kills: killer.kills,
    startedInMs: killer.startedInMs,
    otherDeaths: killer.otherDeaths,
  });
}

function tellProgress({ kills }: Killer, events: ReadonlyMap<string, number>): void {
  const times = (event: string): number => events.get(event) ?? 0;
  say(
    `${kills.length} kills; the app says: ${times('window.granted')} granted, ` +
      `${times('window.open')} open, ${times('window.closing')} closing, ` +
      `${times('window.closed')} closed; ${times('sweep.deleted')} deleted by the sweep`,
  );
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function say(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 21)}  ${text}\n`);
}

const options = readOptions(process.argv.slice(2));
const run = 'exit' in options ? Promise.resolve(options.exit) : killTest(options);
run.then(exitWhenRead, (error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
});
