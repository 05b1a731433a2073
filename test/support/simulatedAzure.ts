import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpClient, PipelineResponse } from '@azure/core-rest-pipeline';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import { app } from '@azure/functions';
import * as df from 'durable-functions';
import { register } from '../../functions/index';
import type { EventGridOptions, EventSubscription } from '../../local/azure/eventGrid/types';
import { directTransport } from '../../local/azure/eventGrid/transport';
import { judge } from '../../local/azure/evidence/verdict';
import type { Verdict } from '../../local/azure/evidence/verdictTypes';
import type { PimKnobs } from '../../local/azure/pim/types';
import type { ResourceManagerOptions } from '../../local/azure/resourceManager/settings';
import { demonstrationEstate, type Estate } from '../../local/estate';
import {
  createFunctionsHost,
  type FunctionsHost,
  installDurableClientAdapter,
  type InstanceStore,
  MemoryStore,
  type CoreRegistry,
  type EngineFaults,
  type TimerProfile,
} from '../../local/functions/index';
import { createLocalAzure, type LocalAzure } from '../../local/localAzure';
import { identities, type IdentityName } from '../../local/tenant';
import { createAzureWorld } from '../../shared/azure/world';
import { readConfig } from '../../shared/config';
import { createLedgerMemory } from '../../shared/ledgerMemory';
import { createLog } from '../../shared/log';
import type { Ledger } from '../../shared/ports/ledger';
import type { World } from '../../shared/ports/world';
import { readPolicy } from '../../shared/policy/readPolicy';

/** A line of the app's log, parsed. */
export type LogLine = { event?: string; alarm?: boolean } & Record<string, unknown>;

export type SimulationOptions = {
  estate?: Estate;
  seed?: number;
  /** Text of a policy file in place of the sample. */
  policy?: string;
  /** True: the opening half of the settings is faulty. */
  openingFaulty?: boolean;
  /** Whose role the app acts under; the opener's if absent. */
  identity?: IdentityName;
  resourceManager?: Partial<ResourceManagerOptions>;
  pim?: Partial<PimKnobs>;
  eventGrid?: Pick<EventGridOptions, 'fault' | 'knobs'>;
  /** Which of the two doors Event Grid delivers to. */
  door?: 'webhook' | 'queue';
  schema?: EventSubscription['schema'];
  /** Wraps parts of the world, for faults between app and Azure. */
  wrapWorld?: (world: World) => World;
  store?: InstanceStore;
  ledger?: Ledger;
  /** Timing of the engine; exact if absent. */
  profile?: TimerProfile;
  faults?: EngineFaults;
};

/** The whole product in one process: real app, real SDKs, real durable-functions executor. */
export type Simulation = {
  azure: LocalAzure;
  ledger: Ledger;
  store: InstanceStore;
  logs: LogLine[];
  /** The host that runs now; throws while there is none. */
  host(): FunctionsHost;
  startHost(): Promise<void>;
  /** The host dies as by SIGKILL: nothing of it acts any more. */
  killHost(): void;
  /** Rules of ours that stand in an NSG, by the NSG's name. */
  ourRules(nsgName: string): string[];
  /** Log lines of an event. */
  logged(event: string): LogLine[];
  verdict(): Verdict;
  close(): Promise<void>;
};

const core = require('@azure/functions-core') as { registry: CoreRegistry };
const root = join(__dirname, '..', '..');

installDurableClientAdapter();

/** Builds it and starts the host. Virtual time must be installed before. */
export async function simulate(options: SimulationOptions = {}): Promise<Simulation> {
  const estate = options.estate ?? demonstrationEstate();
  const logs: LogLine[] = [];
  let host: FunctionsHost | undefined;
  const deliver = directTransport(async ({ method, url, headers, body }) => {
    if (host === undefined) return { status: 503 };
    const { status, ...rest } = await host.http({
      method,
      url,
      headers,
      ...(body ? { body } : {}),
    });
    return { status, headers: rest.headers, body: String(rest.body ?? '') };
  });
  const azure = createLocalAzure({
    estate,
    seed: options.seed ?? 1,
    customRoles: customRoles(),
    eventGrid: {
      ...options.eventGrid,
      subscriptions: [subscription(options, () => host)],
      deliver,
    },
    pim: { minimumActiveMs: 0, ...options.pim },
    resourceManager: {
      latency: { rulePut: 1_500, ruleDelete: 2_000 },
      ...options.resourceManager,
    },
  });
  const ledger = options.ledger ?? createLedgerMemory();
  const store = options.store ?? new MemoryStore();
  const world = worldOf(azure, ledger, logs, options);

  const startHost = async (): Promise<void> => {
    core.registry.functions.clear();
    core.registry.hooks.clear();
    register({ ...app, ...df.app }, world);
    const registry: CoreRegistry = {
      functions: new Map(core.registry.functions),
      hooks: new Map(core.registry.hooks),
      model: () => core.registry.model(),
    };
    host = createFunctionsHost({
      registry,
      store,
      settings: {
        values: settings(),
        origin: 'http://simulated-host.invalid',
      },
      ...(options.profile ? { profile: options.profile } : {}),
      ...(options.faults ? { faults: options.faults } : {}),
    });
    await host.start();
  };
  await startHost();

  return {
    azure,
    ledger,
    store,
    logs,
    host: () => {
      if (host === undefined) throw new Error('No host is running.');
      return host;
    },
    startHost,
    killHost: () => {
      host?.kill();
      host = undefined;
    },
    ourRules: (nsgName) => rulesIn(azure, nsgName).filter((name) => /^postern-/i.test(name)),
    logged: (event) => logs.filter((line) => line.event === event),
    verdict: () =>
      judge({
        records: azure.resourceManager.writeLog.records,
        estate,
        activations: azure.pim.truth(),
        now: new Date().toISOString(),
      }),
    close: async () => {
      host?.kill();
      host = undefined;
      azure.close();
      await Promise.resolve();
    },
  };
}

/** Names of the rules that are effective in an NSG now, by the NSG's own name. */
function rulesIn(azure: LocalAzure, nsgName: string): string[] {
  const { estate } = azure.resourceManager;
  const group = estate.networkSecurityGroups().find(({ id }) => id.endsWith(`/${nsgName}`));
  if (group === undefined) throw new Error(`There is no NSG ${nsgName}.`);
  return estate.effectiveRules(group.id).map(({ name }) => name);
}

function worldOf(
  azure: LocalAzure,
  ledger: Ledger,
  logs: LogLine[],
  options: SimulationOptions,
): World {
  const { closing, opening } = readConfig(settings(), root);
  if ('faults' in closing) throw new Error(closing.faults.join('\n'));
  if ('faults' in opening) throw new Error(opening.faults.join('\n'));
  const caller = identities[options.identity ?? 'opener'];
  const world = createAzureWorld(
    {
      closing,
      opening: options.openingFaulty
        ? { faults: ['The policy is missing.'] }
        : { ...opening, ...(options.policy ? { policy: policyOf(options.policy) } : {}) },
    },
    {
      httpClient: inProcess(azure),
      credential: {
        getToken: () => {
          const { token, expiresAt } = azure.login.issueToken(caller);
          return Promise.resolve({ token, expiresOnTimestamp: expiresAt });
        },
      },
      ledger,
      log: createLog((line) => logs.push(JSON.parse(line) as LogLine)),
    },
  );
  return options.wrapWorld?.(world) ?? world;
}

function policyOf(text: string) {
  const result = readPolicy(text);
  if ('faults' in result) throw new Error(JSON.stringify(result.faults, null, 2));
  return result.policy;
}

/** Hands requests of the SDKs to the local Azure without a socket. */
function inProcess(azure: LocalAzure): HttpClient {
  return {
    async sendRequest(request): Promise<PipelineResponse> {
      const headers: Record<string, string> = {};
      for (const [name, value] of request.headers) headers[name.toLowerCase()] = value;
      const {
        status,
        headers: answered,
        body,
      } = await azure.handle({
        method: request.method,
        url: request.url,
        headers,
        ...(typeof request.body === 'string' ? { body: request.body } : {}),
      });
      return {
        request,
        status,
        headers: createHttpHeaders(answered),
        ...(body === undefined ? {} : { bodyAsText: body }),
      };
    },
  };
}

/** The event subscription of infra, at the door that the test asks for. */
function subscription(
  options: SimulationOptions,
  host: () => FunctionsHost | undefined,
): EventSubscription {
  const destination: EventSubscription['destination'] =
    options.door === 'queue'
      ? {
          kind: 'storageQueue',
          send: async (text) => {
            const running = host();
            if (running === undefined) throw new Error('The queue has no reader.');
            await running.queueMessage('activationQueued', text);
          },
        }
      : {
          kind: 'azureFunction',
          url: 'http://simulated-host.invalid/runtime/webhooks/EventGrid?functionName=activationReceived',
          key: 'EVENTGRIDKEY',
        };
  return { name: 'activations', schema: options.schema ?? 'EventGridSchema', destination };
}

const keys = generateKeyPairSync('ed25519');

/** The sample settings, with keys made for this run. */
function settings(): Record<string, string> {
  const { Values } = JSON.parse(readFileSync(join(root, 'local.settings.sample.json'), 'utf8')) as {
    Values: Record<string, string>;
  };
  return {
    ...Values,
    MARKER_PRIVATE_KEY: keys.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    MARKER_PUBLIC_KEYS: `1:${keys.publicKey
      .export({ format: 'der', type: 'spki' })
      .subarray(-32)
      .toString('base64')}`,
    MARKER_KEY_VERSION: '1',
    POLICY_FILE: 'policy.yaml',
  };
}

function customRoles(): Record<IdentityName, unknown> {
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(join(root, 'infra', 'roles', `${name}.json`), 'utf8'));
  return { opener: read('opener'), sweeper: read('sweeper'), reader: read('reader') };
}
