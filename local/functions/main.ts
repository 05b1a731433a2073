import { createRequire } from 'node:module';
import type { Server } from 'node:http';
import { DiskStore } from './engine/diskStore';
import { seededChance } from '../chance';
import { installFastClock, parseClock } from '../fastClock';
import { exactProfile, measuredProfile } from './engine/profile';
import { createFunctionsHost, type FunctionsHost } from './host/host';
import { answerText } from './host/http';
import { functionsOf } from './host/invoker';
import { hostLog } from './host/log';
import { resolveSettingNames, type HostSettings } from './host/settings';
import { installCoreModule } from './process/coreModule';
import { readEnvironment, type ProcessSettings } from './process/environment';
import { readHostJson, type HostJson } from './process/hostJson';
import { hostKeys } from './process/keyFile';
import { captureConsole, printLine, printLog } from './process/output';
import { QueuePoller } from './process/queuePoller';
import { listen, PortInUse, type ReceivedRequest } from './process/server';

/** How long a SIGTERM waits for what runs. */
const drainMs = 10_000;

type Running = { host: FunctionsHost; front: Server; pollers: QueuePoller[]; store: DiskStore };

/** Loads the app's bundle as the Node worker does: with the core module, in the app's folder. */
function loadApp(bundlePath: string, directory: string): ReturnType<typeof installCoreModule> {
  const core = installCoreModule(printLog);
  process.chdir(directory);
  createRequire(bundlePath)(bundlePath);
  return core;
}

function settingsFor(
  own: ProcessSettings,
  json: HostJson,
  port: number,
  rpcPort: number,
): Partial<HostSettings> {
  return {
    values: process.env,
    keys: hostKeys(own.keysJson, own.keysPath),
    routePrefix: json.routePrefix,
    functionTimeoutMs: json.functionTimeoutMs,
    maxDequeueCount: json.queues.maxDequeueCount,
    queueVisibilityMs: json.queues.visibilityMs,
    taskHub: resolveSettingNames(json.hubName, process.env),
    overridable: json.overridable,
    origin: `http://127.0.0.1:${port}`,
    rpcBaseUrl: `http://127.0.0.1:${rpcPort}/durabletask/`,
    appDirectory: json.directory,
  };
}

/** The queue functions whose connection is set; one that is not is said and left out. */
function queuePollers(host: FunctionsHost, json: HostJson): QueuePoller[] {
  return functionsOf(host.registry, 'queuetrigger').flatMap((functionName) => {
    const binding = host.binding(functionName) as { queueName?: string; connection?: string };
    const setting = binding.connection || 'AzureWebJobsStorage';
    const connectionString = process.env[setting];
    if (connectionString === undefined) {
      const message = `The queue trigger has no connection: ${setting} is not set.`;
      printLog({ ...hostLog('error', message), functionName });
      return [];
    }
    const queueName = resolved(binding.queueName ?? '', functionName);
    if (queueName === null) return [];
    const target = { functionName, queueName, connectionString };
    return [new QueuePoller(host, target, json.queues, printLog)];
  });
}

/** A name that cannot be resolved puts its own function in error, as on a real host, and no other. */
function resolved(text: string, functionName: string): string | null {
  try {
    return resolveSettingNames(text, process.env);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The '${functionName}' function is in error: ${reason}`;
    printLog({ ...hostLog('error', message), functionName });
    return null;
  }
}

async function run(): Promise<Running> {
  const own = readEnvironment(process.env);
  const json = readHostJson(own.bundlePath);
  // The port comes first: it also keeps a second host away from this one's journal.
  let host: FunctionsHost | undefined;
  const starting = answerText(503, 'Function host is not running.');
  const front = await listen(own.port, async (request) => host?.http(request) ?? starting);
  const loopback = await listen(0, (request) => {
    const rpc = host === undefined ? starting : rpcAnswer(host, request);
    return Promise.resolve(rpc);
  });
  process.env['WEBSITE_HOSTNAME'] = `127.0.0.1:${front.port}`;
  captureConsole();
  const store = new DiskStore(own.stateDirectory);
  const core = loadApp(own.bundlePath, json.directory);
  core.lock();
  const chance = seededChance(own.seed);
  const made = createFunctionsHost({
    registry: core.registry,
    store,
    settings: settingsFor(own, json, front.port, loopback.port),
    profile:
      own.timing === 'exact' ? exactProfile() : measuredProfile(chance, json.maxQueuePollingMs),
    log: printLog,
    fatal: (error) => {
      printLog(hostLog('critical', error instanceof Error ? (error.stack ?? '') : String(error)));
      process.exit(1);
    },
  });
  await made.start();
  host = made;
  const pollers = queuePollers(made, json);
  for (const poller of pollers) poller.start();
  const unfinished = [...made.engine.instances.values()].filter((one) => !one.isOver).length;
  printLine({
    event: 'hostStarted',
    origin: made.settings.origin,
    rpcBaseUrl: made.settings.rpcBaseUrl,
    functions: [...core.registry.functions.keys()],
    unfinishedInstances: unfinished,
    pid: process.pid,
  });
  return { host: made, front: front.server, pollers, store };
}

function rpcAnswer(host: FunctionsHost, request: ReceivedRequest): ReturnType<typeof answerText> {
  const { method, url, headers, body } = request;
  const whole = new URL(url, host.settings.rpcBaseUrl).href;
  const answer = host.rpc({ method, url: whole, headers, body: body.toString('utf8') });
  return answerText(answer.status, answer.body, answer.headers);
}

/** Stops taking work, waits for what runs, and leaves; a second signal leaves at once. */
function shutDown({ host, front, pollers, store }: Running): () => void {
  let isStopping = false;
  return () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    printLine({ event: 'hostStopping', drainMs });
    for (const poller of pollers) poller.stop();
    // What still runs may call the durable client, so the loopback server stays.
    front.close();
    void host.stop(drainMs).then(() => {
      store.close();
      printLine({ event: 'hostStopped' });
      process.exit(0);
    });
  };
}

async function main(): Promise<void> {
  try {
    const clock = process.env['LOCAL_CLOCK'];
    // Before the app is loaded, so that all of it keeps the clock of the story.
    if (clock !== undefined) installFastClock(parseClock(clock));
    const running = await run();
    const stop = shutDown(running);
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    // A supervisor that vanishes takes its host along.
    process.on('disconnect', stop);
    const workerDied = (error: unknown): void => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      printLog(hostLog('error', `The Node worker died of an uncaught exception: ${text}`));
      running.host.killWorker();
    };
    process.on('uncaughtException', workerDied);
    process.on('unhandledRejection', workerDied);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const event = error instanceof PortInUse ? 'portInUse' : 'startFailed';
    printLine({ event, message, ...(error instanceof PortInUse ? { port: error.port } : {}) });
    process.exit(1);
  }
}

void main();
