import type { HttpClient, PipelineRequest } from '@azure/core-rest-pipeline';
import { app } from '@azure/functions';
import * as df from 'durable-functions';
import { register } from '../../functions/index';
import type { WriteRecord } from '../../local/azure/contract';
import type {
  EventGridOptions,
  EventSubscription,
  Transport,
} from '../../local/azure/eventGrid/types';
import { directTransport } from '../../local/azure/eventGrid/transport';
import { judge } from '../../local/azure/evidence/verdict';
import type { RequestTruth, Verdict, VerdictInput } from '../../local/azure/evidence/verdictTypes';
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
import { createLocalAzure, type LocalAzure, type LocalAzureOptions } from '../../local/localAzure';
import { type CustomRoles, identities, type IdentityName } from '../../local/tenant';
import { createAzureWorld } from '../../shared/azure/world';
import { createChainStoreMemory } from '../../shared/auditMemory';
import { createLedgerMemory, createNightMemory } from '../../shared/ledgerMemory';
import { createLog } from '../../shared/log';
import { callersBySignIn } from './callersBySignIn';
import { inProcess } from './inProcess';
import { rulesIn } from './rulesIn';
import { signInAt } from './signInAt';
import type { ChainStore } from '../../shared/ports/audit';
import type { Ledger } from '../../shared/ports/ledger';
import type { Remediation } from '../../shared/ports/remediation';
import type { World } from '../../shared/ports/world';
import { type Life, mortal } from './mortal';
import { configOf, customRoles, settings, type SettingsOptions } from './simulatedSettings';

/** A line of the app's log, parsed. */
export type LogLine = { event?: string; alarm?: boolean } & Record<string, unknown>;

export type SimulationOptions = SettingsOptions & {
  estate?: Estate;
  seed?: number;
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
  /** Where the audit is kept; in memory if absent. */
  chains?: ChainStore;
  /** Rows and queue of the remediator; in memory, and nobody reads them, if absent. */
  remediation?: Remediation;
  /** Custom roles in place of those of `infra/roles`. */
  roles?: Partial<CustomRoles>;
  /** Timing of the engine; exact if absent. */
  profile?: TimerProfile;
  faults?: EngineFaults;
  /** Told of every episode and activity. */
  trace?: (entry: EngineTrace) => void;
  /** How far the `Date` of every answer is ahead of the host's clock, ms; asked for each answer. */
  dateAheadMs?: () => number;
  /** Told of every request of the app and of what the local Azure answered. */
  onAnswer?: (request: PipelineRequest, status: number) => void;
  /** Told when an accepted write has come to its end in the network. */
  onWrite?: (record: WriteRecord) => void;
  /** Told of the local Azure before the first host starts. */
  onAzure?: (azure: LocalAzure) => void;
  /** Told of every line of the app's log. */
  onLine?: (line: LogLine) => void;
  /** Told of a message that failed so often that it went to the poisoned ones. */
  onPoisoned?: (text: string) => void;
  /** Stands in every way between app and outside: a place to count and to strike. */
  seams?: Seams;
  /** Who lives in the tenant besides those who always do. */
  people?: LocalAzureOptions['people'];
  /** Roles that others have made in the tenant. */
  otherRoles?: LocalAzureOptions['otherRoles'];
  /** Roles that somebody holds for good. */
  standing?: LocalAzureOptions['standing'];
  /** How the app knows callers; by the stand-in that works while virtual time stands still if absent. */
  callers?: typeof callersBySignIn;
  /** Ids that the host gives out; random ones if absent. */
  uuid?: () => string;
};

/** Wrappers around what one life of the app calls, and around what calls it. */
export type Seams = {
  httpClient?: (client: HttpClient) => HttpClient;
  ledger?: (ledger: Ledger) => Ledger;
  chains?: (chains: ChainStore) => ChainStore;
  /** The functions that the app has registered: their callbacks may be replaced. */
  functions?: (functions: CoreRegistry['functions']) => void;
  deliver?: (deliver: Transport) => Transport;
  /** The same for the door that is a queue. */
  queue?: (send: (text: string) => Promise<void>) => (text: string) => Promise<void>;
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
  /** The Node worker of the host dies and another one starts: what runs fails with its exit code. */
  killWorker(): Promise<void>;
  isRunning(): boolean;
  /** Rules of ours that stand in an NSG, by the NSG's name. */
  ourRules(nsgName: string): string[];
  /** Log lines of an event. */
  logged(event: string): LogLine[];
  /** People's calls for a window that were granted, for the verdict. */
  readonly requests: RequestTruth[];
  /** The local Azure's own judgement; `isExpected` as in the verdict's input. */
  verdict(isExpected?: VerdictInput['isExpected']): Verdict;
  close(): Promise<void>;
};

/** What may be another when a host is started again. */
export type HostChanges = Pick<
  SimulationOptions,
  | 'store'
  | 'ledger'
  | 'policy'
  | 'openingFaulty'
  | 'policyRefused'
  | 'settings'
  | 'identity'
  | 'profile'
  | 'faults'
>;

const core = require('@azure/functions-core') as { registry: CoreRegistry };

installDurableClientAdapter();

/** Builds it and starts the host. Virtual time must be installed before. */
export async function simulate(options: SimulationOptions = {}): Promise<Simulation> {
  const estate = options.estate ?? demonstrationEstate();
  const requests: RequestTruth[] = [];
  const logs: LogLine[] = [];
  let host: FunctionsHost | undefined;
  let life: Life = { isOver: true };
  const seams = options.seams ?? {};
  let lives = 0;
  const direct = directTransport(async ({ method, url, headers, body }) => {
    if (host === undefined) return { status: 503 };
    const { status, ...rest } = await host.http({
      method,
      url,
      headers,
      ...(body ? { body } : {}),
    });
    return { status, headers: rest.headers, body: String(rest.body ?? '') };
  });
  const deliver = seams.deliver?.(direct) ?? direct;
  const azure = createLocalAzure({
    estate,
    ...(options.people ? { people: options.people } : {}),
    ...(options.otherRoles ? { otherRoles: options.otherRoles } : {}),
    ...(options.standing ? { standing: options.standing } : {}),
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
      ...(options.onWrite ? { onWrite: options.onWrite } : {}),
      ...options.resourceManager,
    },
  });
  options.onAzure?.(azure);
  let current: SimulationOptions & {
    ledger: Ledger;
    store: InstanceStore;
    chains: ChainStore;
  } = {
    ...options,
    ledger: options.ledger ?? createLedgerMemory(),
    chains: options.chains ?? createChainStoreMemory(),
    store: options.store ?? new MemoryStore(),
    remediation: options.remediation ?? unreadNight(),
  };

  /** A new process: what the last one knew of clocks and budgets is gone with it. */
  const newProcess = (): void => {
    core.registry.functions.clear();
    core.registry.hooks.clear();
    life = { isOver: false };
    register(
      { ...app, ...df.app },
      worldOf(azure, { ledger: current.ledger, chains: current.chains, logs, life }, current),
    );
    seams.functions?.(core.registry.functions);
  };

  const startHost = async (changes: HostChanges = {}): Promise<void> => {
    current = { ...current, ...changes };
    const { store, profile, faults } = current;
    newProcess();
    lives += 1;
    const registry: CoreRegistry = {
      functions: new Map(core.registry.functions),
      hooks: new Map(core.registry.hooks),
      model: () => core.registry.model(),
    };
    const origin = 'http://simulated-host.invalid';
    host = createFunctionsHost({
      registry,
      store,
      settings: {
        values: settings(current),
        origin,
        queueVisibilityMs: 30_000,
        // What a dead process still asks of its own engine must not reach the next one.
        rpcBaseUrl: `http://life-${lives}.simulated-host.invalid/durabletask/`,
      },
      ...(profile ? { profile } : {}),
      ...(faults ? { faults } : {}),
      signIn: signInAt(azure.login),
      ...(options.uuid ? { uuid: options.uuid } : {}),
      ...(options.trace ? { trace: options.trace } : {}),
    });
    await host.start();
  };

  const killWorker = async (): Promise<void> => {
    if (host === undefined) return;
    const { registry } = host;
    life.isOver = true;
    host.killWorker();
    newProcess();
    for (const [name, one] of core.registry.functions) registry.functions.set(name, one);
    registry.hooks.clear();
    for (const [name, hooks] of core.registry.hooks) registry.hooks.set(name, hooks);
    for (const hook of registry.hooks.get('appStart') ?? []) {
      await hook({ hookData: {}, appHookData: {} });
    }
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
    killWorker,
    isRunning: () => host !== undefined,
    killHost: () => {
      life.isOver = true;
      host?.kill();
      host = undefined;
    },
    ourRules: (nsgName) => rulesIn(azure, nsgName).filter((name) => /^postern-/i.test(name)),
    logged: (event) => logs.filter((line) => line.event === event),
    requests,
    verdict: (isExpected) =>
      judge({
        requests,
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

function worldOf(
  azure: LocalAzure,
  {
    ledger,
    chains,
    logs,
    life,
  }: { ledger: Ledger; chains: ChainStore; logs: LogLine[]; life: Life },
  options: SimulationOptions,
): World {
  const { closing, opening, api, notices, remediation } = configOf(options);
  if ('faults' in closing) throw new Error(closing.faults.join('\n'));
  const mayBeFaulty = options.openingFaulty || options.policyRefused;
  if ('faults' in opening && !mayBeFaulty) throw new Error(opening.faults.join('\n'));
  const caller = identities[options.identity ?? 'opener'];
  const { seams = {}, callers = callersBySignIn } = options;
  const client = inProcess(azure, options);
  const world = createAzureWorld(
    { closing, opening, api, notices, remediation },
    {
      ...('faults' in api ? {} : { callers: callers(api, azure.login) }),
      httpClient: mortal(life, seams.httpClient?.(client) ?? client),
      credential: {
        getToken: () => {
          const { token, expiresAt } = azure.login.issueToken(caller);
          return Promise.resolve({ token, expiresOnTimestamp: expiresAt });
        },
      },
      ledger: mortal(life, seams.ledger?.(ledger) ?? ledger),
      ...(options.remediation && { remediation: mortal(life, options.remediation) }),
      chains: mortal(life, seams.chains?.(chains) ?? chains),
      log: createLog((text) => {
        if (life.isOver) return;
        const line = JSON.parse(text) as LogLine;
        logs.push(line);
        options.onLine?.(line);
      }),
    },
  );
  return options.wrapWorld?.(world) ?? world;
}

function unreadNight(): Remediation {
  const queue = { send: async () => undefined };
  return { ledger: createNightMemory(), queue, cloud: 'AzureCloud' };
}

/** The event subscription of infra, at the door that the test asks for. */
function subscription(
  options: SimulationOptions,
  host: () => FunctionsHost | undefined,
): EventSubscription {
  const send = async (text: string): Promise<void> => {
    const running = host();
    if (running === undefined) throw new Error('The queue has no reader.');
    const id = options.uuid?.();
    const message = { text, ...(id === undefined ? {} : { id }) };
    const { outcome } = await running.queueMessage('activationQueued', message);
    if (outcome === 'poisoned') options.onPoisoned?.(text);
  };
  const destination: EventSubscription['destination'] =
    options.door === 'queue'
      ? {
          kind: 'storageQueue',
          send: options.seams?.queue?.(send) ?? send,
        }
      : {
          kind: 'azureFunction',
          url: 'http://simulated-host.invalid/runtime/webhooks/EventGrid?functionName=activationReceived',
          key: 'EVENTGRIDKEY',
        };
  return { name: 'activations', schema: options.schema ?? 'EventGridSchema', destination };
}
