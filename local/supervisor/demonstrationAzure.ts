import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QueueServiceClient } from '@azure/storage-queue';
import type { Principal } from '../azure/pim/types';
import { fetchTransport } from '../azure/eventGrid/transport';
import type { EventSubscription } from '../azure/eventGrid/types';
import { type Estate, subscriptionId } from '../estate';
import { createLocalAzure, type LocalAzure } from '../localAzure';
import { type CustomRoleName, ownerAssignment } from '../tenant';
import type { FaultName } from './options';
import { readPim } from './pimState';
import type { Ports } from './ports';
import { storageConnectionString } from './storage';

/** What the demonstration's Azure is made of. */
export type DemonstrationParts = {
  estate: Estate;
  fault: FaultName | null;
  ports: Ports;
  /** Where it keeps its write log, PIM's state and dead letters. */
  folder: string;
  writeLogPath: string;
  /** Opens the app's Event Grid webhook. */
  systemKey: string;
  /** Who lives in the tenant besides those who always do. */
  people?: Principal[];
};

/** The demonstration's Azure: operations take a second or two, the index lags a little. */
export function demonstrationAzure(parts: DemonstrationParts): LocalAzure {
  const { estate, fault, ports, folder, writeLogPath, systemKey, people = [] } = parts;
  const earlier = readPim(join(folder, 'pim.json'));
  const azure = createLocalAzure({
    estate,
    // A start that remembers earlier ones must not give their ids again: to requests, events, roles.
    seed: 1 + (earlier.pimFrom?.requests.length ?? 0),
    people,
    standing: [ownerAssignment(subscriptionId)],
    audience: `https://localhost:${ports.resourceManager}`,
    customRoles: {
      opener: roleFile('opener'),
      sweeper: roleFile('sweeper'),
      reader: roleFile('reader'),
      remediator: roleFile('remediator'),
      remediatorIdentity: roleFile('remediatorIdentity'),
    },
    ...earlier,
    pim: { minimumActiveMs: 0, listingLagMs: 1_000, staleListMs: 5_000 },
    eventGrid: {
      subscriptions: fault === 'no-events' ? [] : subscriptions(ports, systemKey),
      deliver: fetchTransport,
      deadLetterFolder: join(folder, 'dead-letters'),
      ...(fault === 'duplicate-events' ? { fault } : {}),
    },
    resourceManager: {
      writeLogPath,
      latency: { read: 20, write: 60, query: 40, rulePut: 1_200, ruleDelete: 1_800 },
      resourceGraphLagMs: 2_000,
      retryAfterS: 2,
    },
  });
  if (fault === 'arm-429' || fault === 'arm-down-30s') azure.resourceManager.faults.use(fault);
  return azure;
}

/** Both doors of the app, with both schemas: each event comes twice, and is one window. */
function subscriptions(ports: Ports, systemKey: string): EventSubscription[] {
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
  const queue = QueueServiceClient.fromConnectionString(
    storageConnectionString(ports),
  ).getQueueClient('activations');
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

function roleFile(name: CustomRoleName): unknown {
  return JSON.parse(readFileSync(join('infra', 'roles', `${name}.json`), 'utf8'));
}
