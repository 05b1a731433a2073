import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QueueServiceClient } from '@azure/storage-queue';
import { fetchTransport } from '../azure/eventGrid/transport';
import type { EventSubscription } from '../azure/eventGrid/types';
import { judge } from '../azure/evidence/verdict';
import type { Verdict } from '../azure/evidence/verdictTypes';
import { ensureCertificates } from '../azure/tls/certificates';
import { createHttpServer, createTlsServer } from '../azure/tls/server';
import { demonstrationEstate, type Estate, subscriptionId } from '../estate';
import { createLocalAzure, type LocalAzure } from '../localAzure';
import type { IdentityName } from '../tenant';
import { AppLog } from './appLog';
import { controlSurface } from './control';
import { readPim, savePim } from './pimState';
import { estateAfterEarlierWrites, estateWithoutOurRules } from './earlierWrites';
import { type KeptHost, keepFunctionsHost } from './functionsHost';
import { localKeys } from './keys';
import { narrateAzure } from './narrateAzure';
import type { StartOptions } from './options';
import { ports } from './ports';
import type { Printer } from './printer';
import { hostEnvironment } from './settings';
import { startStorage, storageConnectionString } from './storage';

/** Everything that runs, and what the story asks of it. */
export type LocalPlatform = {
  azure: LocalAzure;
  /** Where the demonstration activates. */
  scope: string;
  functionKey: string;
  hostPid(): number;
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

/** Starts storage, the local Azure and the Functions host, and waits until all are ready. */
export async function startPlatform(
  options: StartOptions,
  folder: string,
  printer: Printer,
): Promise<LocalPlatform> {
  const keys = localKeys(join(folder, 'keys.json'));
  const certificates = await ensureCertificates(join(folder, 'tls'));
  const storage = await startStorage(join(folder, 'storage'));
  printer.say('azure', `Storage (Azurite) listens on ${ports.blob} to ${ports.table}.`);

  const azureFolder = join(folder, 'azure');
  mkdirSync(azureFolder, { recursive: true });
  const writeLogPath = join(azureFolder, 'writes.jsonl');
  const estate = estateAfterEarlierWrites(demonstrationEstate(), writeLogPath);
  const azure = demonstrationAzure(options, estate, azureFolder, writeLogPath, keys.systemKey);
  const stopSaving = savePim(azure, join(azureFolder, 'pim.json'));
  const tls = await createTlsServer({
    handle: (request) => azure.handle(request),
    port: ports.resourceManager,
    cert: certificates.cert,
    key: certificates.key,
  });
  const control = await createHttpServer({ handle: controlSurface(azure), port: ports.control });
  printer.say('azure', `Resource Manager listens on ${tls.url}, PIM on port ${ports.control}.`);
  narrateAzure(azure, printer);

  const appLog = new AppLog(printer);
  const host = keepFunctionsHost({
    script: join(__dirname, 'functionsHost.js'),
    env: hostEnvironment({ azure, keys, certificates, folder }),
    restart: options.restart,
    restartAfterMs: 3_000,
    onLine: (line, stream) => appLog.read(line, stream),
    onStart: (pid, again) =>
      printer.say('host', again ? `Started again, process ${pid}.` : `Starts, process ${pid}.`),
    onDeath: (how, restarts) =>
      printer.say(
        'host',
        `The Functions host died (${how}). ` +
          (restarts ? 'It is started again in a moment, as Azure would.' : 'It stays dead.'),
      ),
  });
  await appLog.ready(readyMs);
  await handshake(azure);
  return platformOf(azure, estateWithoutOurRules(estate), host, appLog, keys.functionKey, {
    stop: async () => {
      stopSaving();
      azure.close();
      await Promise.all([tls.close(), control.close()]);
      await storage.stop(5_000);
    },
  });
}

function platformOf(
  azure: LocalAzure,
  before: Estate,
  host: KeptHost,
  appLog: AppLog,
  functionKey: string,
  rest: { stop(): Promise<void> },
): LocalPlatform {
  // What an earlier run left behind was judged, or broken off, then.
  const earlier = new Set(azure.pim.truth().map(({ requestName }) => requestName));
  return {
    azure,
    scope: `/subscriptions/${subscriptionId}/resourceGroups/rg-app`,
    functionKey,
    hostPid: () => host.pid(),
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
    stop: async () => {
      await host.stop();
      await rest.stop();
    },
  };
}

/** The demonstration's Azure: operations take a second or two, the index lags a little. */
function demonstrationAzure(
  options: StartOptions,
  estate: Estate,
  folder: string,
  writeLogPath: string,
  systemKey: string,
): LocalAzure {
  const azure = createLocalAzure({
    estate,
    seed: 1,
    audience: `https://localhost:${ports.resourceManager}`,
    customRoles: {
      opener: roleFile('opener'),
      sweeper: roleFile('sweeper'),
      reader: roleFile('reader'),
    },
    ...readPim(join(folder, 'pim.json')),
    pim: { minimumActiveMs: 0, listingLagMs: 1_000, staleListMs: 5_000 },
    eventGrid: {
      subscriptions: subscriptions(systemKey),
      deliver: fetchTransport,
      deadLetterFolder: join(folder, 'dead-letters'),
      ...(options.fault === 'duplicate-events' ? { fault: options.fault } : {}),
    },
    resourceManager: {
      writeLogPath,
      latency: { read: 20, write: 60, query: 40, rulePut: 1_200, ruleDelete: 1_800 },
      resourceGraphLagMs: 2_000,
      retryAfterS: 2,
    },
  });
  if (options.fault === 'arm-429' || options.fault === 'arm-down-30s') {
    azure.resourceManager.faults.use(options.fault);
  }
  return azure;
}

/** Both doors of the app, with both schemas: each event comes twice, and is one window. */
function subscriptions(systemKey: string): EventSubscription[] {
  const filter: NonNullable<EventSubscription['filter']> = {
    includedEventTypes: [
      'Microsoft.Resources.ResourceWriteSuccess',
      'Microsoft.Resources.ResourceDeleteSuccess',
      'Microsoft.Resources.ResourceActionSuccess',
    ],
    advancedFilters: [
      {
        operatorType: 'StringIn',
        key: 'data.operationName',
        values: [
          'Microsoft.Authorization/roleAssignments/write',
          'Microsoft.Authorization/roleAssignments/delete',
          'Microsoft.Authorization/roleAssignmentScheduleRequests/write',
          'Microsoft.Authorization/roleAssignmentScheduleRequests/cancel/action',
        ],
      },
    ],
  };
  const queue =
    QueueServiceClient.fromConnectionString(storageConnectionString).getQueueClient('activations');
  return [
    {
      name: 'activations-trigger',
      schema: 'EventGridSchema',
      filter,
      destination: {
        kind: 'azureFunction',
        url:
          `http://127.0.0.1:${ports.functions}/runtime/webhooks/eventgrid` +
          '?functionName=activationReceived',
        key: systemKey,
      },
    },
    {
      name: 'activations-queue',
      schema: 'CloudEventSchemaV1_0',
      filter,
      destination: {
        kind: 'storageQueue',
        send: async (text) => {
          await queue.createIfNotExists();
          await queue.sendMessage(Buffer.from(text).toString('base64'));
        },
      },
    },
  ];
}

async function handshake(azure: LocalAzure): Promise<void> {
  const failed = await azure.eventGrid.validate();
  if (failed.length > 0) {
    throw new Error(
      failed.map(({ subscription, reason }) => `${subscription}: ${reason}`).join('\n'),
    );
  }
}

function roleFile(name: IdentityName): unknown {
  return JSON.parse(readFileSync(join('infra', 'roles', `${name}.json`), 'utf8'));
}
