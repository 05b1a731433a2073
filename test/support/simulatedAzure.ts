import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import { app } from '@azure/functions';
import * as df from 'durable-functions';
import { register } from '../../functions/index';
import type { EventGridOptions, EventSubscription } from '../../local/azure/eventGrid/types';
import { directTransport } from '../../local/azure/eventGrid/transport';
import { judge } from '../../local/azure/evidence/verdict';
import type { Verdict, VerdictInput } from '../../local/azure/evidence/verdictTypes';
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
  type EngineTrace,
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
import { type Life, mortal } from './mortal';

/** A line of the app's log, parsed. */
export type LogLine = { event?: string; alarm?: boolean } & Record<string, unknown>;

export type SimulationOptions = {
  estate?: Estate;
  seed?: number;
  /** Text of a policy file in place of the sample. */
  policy?: string;
  /** True: the policy is faulty, and with it the opening half of the settings. */
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
  /** Settings in place of those of the sample. */
  settings?: Record<string, string>;
  /** Custom roles in place of those of `infra/roles`. */
  roles?: Partial<Record<IdentityName, unknown>>;
  /** Timing of the engine; exact if absent. */
  profile?: TimerProfile;
  faults?: EngineFaults;
  /** Told of every episode and activity. */
  trace?: (entry: EngineTrace) => void;
  /** Told of every request of the app and of what the local Azure answered. */
  onAnswer?: (request: PipelineRequest, status: number) => void;
};

/** The whole product in one process: real app, real SDKs, real durable-functions executor. */
export type Simulation = {
  azure: LocalAzure;
  /** The ledger of the app that runs, or ran last. */
  ledger(): Ledger;
  logs: LogLine[];
  /** The host that runs now; throws while there is none. */
  host(): FunctionsHost;
  /** Starts a host: as before, or with another hub, ledger, policy or state of its settings. */
  startHost(changes?: HostChanges): Promise<void>;
  /** The host dies as by SIGKILL: nothing of it acts any more. */
  killHost(): void;
  /** Rules of ours that stand in an NSG, by the NSG's name. */
  ourRules(nsgName: string): string[];
  /** Log lines of an event. */
  logged(event: string): LogLine[];
  /** The local Azure's own judgement; `isExpected` as in the verdict's input. */
  verdict(isExpected?: VerdictInput['isExpected']): Verdict;
  close(): Promise<void>;
};

/** What may be another when a host is started again. */
export type HostChanges = Pick<
  SimulationOptions,
  'store' | 'ledger' | 'policy' | 'openingFaulty' | 'identity' | 'profile' | 'faults'
>;

const core = require('@azure/functions-core') as { registry: CoreRegistry };
const root = join(__dirname, '..', '..');

installDurableClientAdapter();

/** Builds it and starts the host. Virtual time must be installed before. */
export async function simulate(options: SimulationOptions = {}): Promise<Simulation> {
  const estate = options.estate ?? demonstrationEstate();
  const logs: LogLine[] = [];
  let host: FunctionsHost | undefined;
  let life: Life = { isOver: true };
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
    customRoles: { ...customRoles(), ...options.roles },
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
  let current: SimulationOptions & { ledger: Ledger; store: InstanceStore } = {
    ...options,
    ledger: options.ledger ?? createLedgerMemory(),
    store: options.store ?? new MemoryStore(),
  };

  const startHost = async (changes: HostChanges = {}): Promise<void> => {
    current = { ...current, ...changes };
    const { ledger, store, profile, faults } = current;
    core.registry.functions.clear();
    core.registry.hooks.clear();
    // A new process: what the last one knew of clocks and budgets is gone with it.
    life = { isOver: false };
    register({ ...app, ...df.app }, worldOf(azure, { ledger, logs, life }, current));
    const registry: CoreRegistry = {
      functions: new Map(core.registry.functions),
      hooks: new Map(core.registry.hooks),
      model: () => core.registry.model(),
    };
    host = createFunctionsHost({
      registry,
      store,
      settings: {
        values: settings(current),
        origin: 'http://simulated-host.invalid',
      },
      ...(profile ? { profile } : {}),
      ...(faults ? { faults } : {}),
      ...(options.trace ? { trace: options.trace } : {}),
    });
    await host.start();
  };
  await startHost();

  return {
    azure,
    ledger: () => current.ledger,
    logs,
    host: () => {
      if (host === undefined) throw new Error('No host is running.');
      return host;
    },
    startHost,
    killHost: () => {
      life.isOver = true;
      host?.kill();
      host = undefined;
    },
    ourRules: (nsgName) => rulesIn(azure, nsgName).filter((name) => /^postern-/i.test(name)),
    logged: (event) => logs.filter((line) => line.event === event),
    verdict: (isExpected) =>
      judge({
        records: azure.resourceManager.writeLog.records,
        estate,
        activations: azure.pim.truth(),
        now: new Date().toISOString(),
        present: azure.resourceManager.estate.networkSecurityGroups(),
        ...(isExpected ? { isExpected } : {}),
      }),
    close: async () => {
      life.isOver = true;
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
  { ledger, logs, life }: { ledger: Ledger; logs: LogLine[]; life: Life },
  options: SimulationOptions,
): World {
  const { closing, opening } = readConfig(settings(options), root);
  if ('faults' in closing) throw new Error(closing.faults.join('\n'));
  if ('faults' in opening && !options.openingFaulty) throw new Error(opening.faults.join('\n'));
  const caller = identities[options.identity ?? 'opener'];
  const world = createAzureWorld(
    { closing, opening },
    {
      httpClient: mortal(life, inProcess(azure, options.onAnswer)),
      credential: {
        getToken: () => {
          const { token, expiresAt } = azure.login.issueToken(caller);
          return Promise.resolve({ token, expiresOnTimestamp: expiresAt });
        },
      },
      ledger: mortal(life, ledger),
      log: createLog((line) => {
        if (!life.isOver) logs.push(JSON.parse(line) as LogLine);
      }),
    },
  );
  return options.wrapWorld?.(world) ?? world;
}

/** A file with this text: settings name policies by their path. */
function policyFile(text: string): string {
  const name = `${createHash('sha256').update(text).digest('hex').slice(0, 16)}.yaml`;
  const path = join(policyFolder, name);
  writeFileSync(path, text);
  return path;
}

const policyFolder = mkdtempSync(join(tmpdir(), 'postern-policy-'));
const brokenPolicy = 'version: 1\nallow: nobody\n';

/** Hands requests of the SDKs to the local Azure without a socket. */
function inProcess(azure: LocalAzure, onAnswer?: SimulationOptions['onAnswer']): HttpClient {
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
      onAnswer?.(request, status);
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
function settings(options: SimulationOptions): Record<string, string> {
  const policy = options.openingFaulty ? brokenPolicy : options.policy;
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
    POLICY_FILE: policy === undefined ? 'policy.yaml' : policyFile(policy),
    ...options.settings,
  };
}

function customRoles(): Record<IdentityName, unknown> {
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(join(root, 'infra', 'roles', `${name}.json`), 'utf8'));
  return { opener: read('opener'), sweeper: read('sweeper'), reader: read('reader') };
}
