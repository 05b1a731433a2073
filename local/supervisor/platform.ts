import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { judge } from '../azure/evidence/verdict';
import type { Verdict } from '../azure/evidence/verdictTypes';
import { ensureCertificates } from '../azure/tls/certificates';
import { createHttpServer, createTlsServer } from '../azure/tls/server';
import { demonstrationEstate, type Estate, subscriptionId } from '../estate';
import type { LocalAzure } from '../localAzure';
import { AppLog } from './appLog';
import { controlSurface } from './control';
import { demonstrationAzure } from './demonstrationAzure';
import { estateAfterEarlierWrites, estateWithoutOurRules } from './earlierWrites';
import { type KeptHost, keepFunctionsHost } from './functionsHost';
import { localKeys } from './keys';
import { narrateAzure } from './narrateAzure';
import type { StartOptions } from './options';
import { savePim } from './pimState';
import type { Ports } from './ports';
import type { Printer } from './printer';
import { startRemediator } from './remediatorHost';
import { type HostEnvironmentParts, hostEnvironment } from './settings';
import { startStorage } from './storage';
import { startSweeper } from './sweeperHost';

/** Everything that runs, and what the story asks of it. */
export type LocalPlatform = {
  azure: LocalAzure;
  ports: Ports;
  /** Where the demonstration activates. */
  scope: string;
  functionKey: string;
  hostPid(): number;
  /** How often the app's host died without being asked to. */
  hostDeaths(): number;
  /** The local Azure's own judgement of every activation of this run. */
  judge(): Verdict;
  /** The app said that the window of this role assignment is closed. */
  hasAppClosed(roleAssignmentId: string): boolean;
  /** PIM itself refused the request. */
  isRefused(requestName: string): boolean;
  stopHost(): Promise<void>;
  stop(): Promise<void>;
};

const readyMs = 30_000;
/** How long Azure takes to notice that a host died, and to start another. */
export const restartAfterMs = 3_000;

/** Ends what was started, the last first. */
type Endings = (() => Promise<void> | void)[];

/**
 * Starts storage, the local Azure and the Functions host, and waits until all are ready. What was
 * started is ended again when a later part fails.
 */
export async function startPlatform(
  options: StartOptions,
  folder: string,
  ports: Ports,
  printer: Printer,
): Promise<LocalPlatform> {
  const endings: Endings = [];
  try {
    return await startParts(options, folder, ports, printer, endings);
  } catch (error) {
    await endAll(endings);
    throw error;
  }
}

async function startParts(
  options: StartOptions,
  folder: string,
  ports: Ports,
  printer: Printer,
  endings: Endings,
): Promise<LocalPlatform> {
  const keys = localKeys(join(folder, 'keys.json'));
  const certificates = await ensureCertificates(join(folder, 'tls'));
  const storage = await startStorage(join(folder, 'storage'), ports);
  endings.push(() => storage.stop(5_000));
  printer.say('azure', `Storage (Azurite) listens on ${ports.blob} to ${ports.table}.`);

  const azureFolder = join(folder, 'azure');
  mkdirSync(azureFolder, { recursive: true });
  const writeLogPath = join(azureFolder, 'writes.jsonl');
  const estate = estateAfterEarlierWrites(demonstrationEstate(), writeLogPath);
  const { fault } = options;
  const { systemKey } = keys;
  const azure = demonstrationAzure({
    estate,
    fault,
    ports,
    folder: azureFolder,
    writeLogPath,
    systemKey,
  });
  endings.push(() => azure.close(), savePim(azure, join(azureFolder, 'pim.json')));
  await serve(azure, ports, certificates, endings);
  printer.say(
    'azure',
    `Resource Manager listens on https://localhost:${ports.resourceManager}, ` +
      `PIM on http://127.0.0.1:${ports.control}.`,
  );
  narrateAzure(azure, printer);

  const parts = { azure, keys, certificates, folder, ports, fault };
  if (options.appDies) endings.push(await startSweeper(parts, printer));
  // Whoever stays may ask for a night; a start that ends after its proof has nobody who could.
  if (!options.once) endings.push(await startRemediator(parts, printer));
  const appLog = new AppLog(printer);
  const host = startHost(parts, options, appLog, printer);
  endings.push(() => host.stop());
  await appLog.ready(readyMs);
  await handshake(azure);
  const before = estateWithoutOurRules(estate);
  return platformOf({ azure, ports, before, host, appLog, functionKey: keys.functionKey, endings });
}

/** Serves Resource Manager over TLS, and the control surface to this machine. */
export async function serve(
  azure: LocalAzure,
  ports: Ports,
  { cert, key }: { cert: string; key: string },
  endings: Endings,
): Promise<void> {
  const tls = await createTlsServer({
    handle: (request) => azure.handle(request),
    port: ports.resourceManager,
    cert,
    key,
  });
  endings.push(() => tls.close());
  const control = await createHttpServer({ handle: controlSurface(azure), port: ports.control });
  endings.push(() => control.close());
}

function startHost(
  parts: HostEnvironmentParts,
  { restart, appDies }: StartOptions,
  appLog: AppLog,
  printer: Printer,
): KeptHost {
  return keepFunctionsHost({
    script: join(__dirname, 'functionsHost.js'),
    // Where the second app runs, nothing is signed that it could not close.
    env: { ...hostEnvironment(parts), ...(appDies ? { SWEEPER: 'required' } : {}) },
    restart,
    restartAfterMs,
    onLine: (line, stream) => appLog.read(line, stream),
    onStart: (pid, again) =>
      printer.say('host', again ? `Started again, process ${pid}.` : `Starts, process ${pid}.`, {
        pid,
      }),
    onDeath: (how, restarts) =>
      printer.say(
        'host',
        `The Functions host died (${how}). ` +
          (restarts ? 'It is started again in a moment, as Azure would.' : 'It stays dead.'),
      ),
  });
}

type PlatformParts = {
  azure: LocalAzure;
  ports: Ports;
  before: Estate;
  host: KeptHost;
  appLog: AppLog;
  functionKey: string;
  endings: Endings;
};

function platformOf(parts: PlatformParts): LocalPlatform {
  const { azure, ports, before, host, appLog, functionKey, endings } = parts;
  // What an earlier run left behind was judged, or broken off, then.
  const earlier = new Set(azure.pim.truth().map(({ requestName }) => requestName));
  return {
    azure,
    ports,
    scope: `/subscriptions/${subscriptionId}/resourceGroups/rg-app`,
    functionKey,
    hostPid: () => host.pid(),
    hostDeaths: () => host.deaths(),
    judge: () =>
      judge({
        estate: before,
        records: azure.resourceManager.writeLog.records,
        activations: azure.pim.truth().filter((one) => !earlier.has(one.requestName)),
        now: new Date().toISOString(),
        present: azure.resourceManager.estate.networkSecurityGroups(),
      }),
    hasAppClosed: (roleAssignmentId) => appLog.hasClosed(roleAssignmentId),
    isRefused: (requestName) =>
      azure.pim
        .activations()
        .some((one) => one.requestName === requestName && /Denied|Failed/.test(one.status)),
    stopHost: () => host.stop(),
    stop: () => endAll(endings),
  };
}

async function endAll(endings: Endings): Promise<void> {
  for (const end of endings.toReversed()) await end();
  endings.length = 0;
}

/** Proves Event Grid's right to each webhook; throws with the names of those that refuse. */
export async function handshake(azure: LocalAzure): Promise<void> {
  const failed = await azure.eventGrid.validate();
  if (failed.length > 0) {
    throw new Error(
      failed.map(({ subscription, reason }) => `${subscription}: ${reason}`).join('\n'),
    );
  }
}
