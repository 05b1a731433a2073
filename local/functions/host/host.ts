import { randomUUID } from 'node:crypto';
import { createEasyAuth, type EasyAuth } from '../easyAuth/easyAuth';
import { easyAuthSettings } from '../easyAuth/settings';
import { overNetwork, type SignIn } from '../easyAuth/signIn';
import type { HostAddress } from '../engine/clientUrls';
import { Engine } from '../engine/engine';
import { durableApi } from '../engine/management';
import { textOf } from '../engine/json';
import type { EngineTrace } from '../engine/ports';
import { exactProfile, type EngineFaults, type TimerProfile } from '../engine/profile';
import type { InstanceStore } from '../engine/store';
import { answerInProcess, type LoopbackHandler } from './loopback';
import { triggerOf, type BindingMetadata, type CoreRegistry } from './core';
import { eventGridWebhook, type EventGridCall } from './eventGrid';
import { frontDoor } from './frontDoor';
import { answerText, httpAnswer, lowerNames, type HttpAnswer, type HttpRequest } from './http';
import { engineInvoker, functionsOf } from './invoker';
import { hostLog, type LogRecord } from './log';
import { deliverQueueMessage, type QueueDelivery, type QueueMessage } from './queues';
import { hostSettings, type HostSettings } from './settings';
import { Timers, type TimerInfo } from './timers';
import { Worker } from './worker';

export type FunctionsHostOptions = {
  registry: CoreRegistry;
  store: InstanceStore;
  settings?: Partial<HostSettings>;
  /** Timing; exact when left out. */
  profile?: TimerProfile;
  faults?: EngineFaults;
  log?: (record: LogRecord) => void;
  trace?: (entry: EngineTrace) => void;
  /** Told when engine or store fail; the default throws, which ends the process. */
  fatal?: (error: unknown) => void;
  uuid?: () => string;
  /** Runs only these functions of the registry: two apps in one process share a registry. */
  only?: readonly string[];
  /** How App Service authentication asks sign-in, where settings turn it on; over the network. */
  signIn?: SignIn;
};

/** A Functions host in this process; see `local/functions/index.ts` for what each call promises. */
export class FunctionsHost {
  readonly settings: HostSettings;
  readonly engine: Engine;
  readonly registry: CoreRegistry;
  /** Absent where it is off: headers pass as they come. */
  readonly easyAuth: EasyAuth | undefined;
  private readonly worker: Worker;
  private readonly timers: Timers;
  private readonly log: (record: LogRecord) => void;
  private unregister: () => void = () => undefined;
  private alive = false;

  constructor(options: FunctionsHostOptions) {
    this.settings = hostSettings(options.settings);
    this.registry = restricted(options.registry, options.only);
    this.log = (record) => {
      if (this.alive) options.log?.(record);
    };
    this.easyAuth = easyAuthOf(this.settings, options.signIn);
    const uuid = options.uuid ?? randomUUID;
    this.worker = new Worker({
      registry: this.registry,
      address: () => this.address,
      functionTimeoutMs: this.settings.functionTimeoutMs,
      appDirectory: this.settings.appDirectory,
      log: this.log,
      uuid,
    });
    this.engine = new Engine({
      store: options.store,
      invoker: engineInvoker(this.registry, this.worker),
      profile: options.profile ?? exactProfile(),
      faults: options.faults ?? {},
      limits: this.settings.limits,
      overridable: this.settings.overridable,
      trace: options.trace ?? (() => undefined),
      fatal: options.fatal ?? throwLater,
      uuid,
    });
    this.timers = new Timers(options.store, (name, info) => this.invokeTimer(name, info));
  }

  get address(): HostAddress {
    const { origin, rpcBaseUrl, taskHub, connection, keys } = this.settings;
    return { origin, rpcBaseUrl, taskHub, connection, systemKey: keys.system.durabletask };
  }

  get isAlive(): boolean {
    return this.alive;
  }

  async start(): Promise<void> {
    this.alive = true;
    try {
      await this.begin();
    } catch (error) {
      this.kill();
      throw error;
    }
  }

  private async begin(): Promise<void> {
    this.unregister = answerInProcess(this.settings.rpcBaseUrl, this.rpc);
    await this.worker.start();
    if (!this.alive) return;
    this.engine.start();
    const timers = functionsOf(this.registry, 'timertrigger').map((name) => {
      const binding = this.binding(name);
      return {
        name,
        schedule: textOf(binding?.['schedule']),
        runOnStartup: binding?.['runOnStartup'] === true,
        useMonitor: binding?.['useMonitor'] !== false,
      };
    });
    this.timers.start(timers, this.settings.values);
  }

  async stop(drainMs = 10_000): Promise<void> {
    if (!this.alive) return;
    this.timers.stop();
    await Promise.all([this.engine.stop(drainMs), this.worker.drain(drainMs)]);
    await this.worker.stop();
    this.kill();
  }

  kill(): void {
    this.alive = false;
    this.unregister();
    this.timers.stop();
    this.engine.kill();
    this.worker.kill();
  }

  killWorker(): void {
    this.worker.dieAndRestart();
  }

  /** The loopback endpoint that the durable client calls. */
  readonly rpc: LoopbackHandler = ({ method, url, body, headers }) => {
    const { href, pathname, searchParams } = new URL(url);
    const path = pathname.replace(/^\/durabletask(?=\/|$)/, '');
    const continuationToken = headers['x-ms-continuation-token'];
    const request = { method, path, query: searchParams, body, url: href, continuationToken };
    return durableApi(this.engine, this.address, request);
  };

  /** Any request to the host's HTTP endpoint: functions, webhooks and the admin API. */
  async http(request: HttpRequest): Promise<HttpAnswer> {
    return frontDoor(this, { ...request, headers: lowerNames(request.headers ?? {}) });
  }

  /** The Event Grid webhook behind its key check. */
  async eventGrid(
    functionName: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    method = 'POST',
  ): Promise<HttpAnswer> {
    const name = functionsOf(this.registry, 'eventgridtrigger').find(
      (other) => other.toLowerCase() === functionName.toLowerCase(),
    );
    if (name === undefined) return answerText(404, '');
    const call: EventGridCall = { method, headers: lowerNames(headers), body };
    return eventGridWebhook(call, async (event) => {
      const json = JSON.stringify(event);
      await this.invoke(name, { string: json }, { data: { string: json } });
    });
  }

  /** Delivers a message to a queue function, again after each failure, until poison. */
  async queueMessage(functionName: string, message: QueueMessage | string): Promise<QueueDelivery> {
    return deliverQueueMessage(this, functionName, message);
  }

  /** Runs an HTTP function; the caller has checked the key. */
  async invokeHttp(functionName: string, http: unknown): Promise<HttpAnswer> {
    try {
      return httpAnswer(
        (await this.worker.invoke({ name: functionName, data: { http } })).returnValue,
      );
    } catch (error) {
      if (!this.alive) throw error;
      this.logFailure(functionName, error);
      return answerText(500, '');
    }
  }

  /** Runs any function; its error is logged and thrown on. */
  async invoke(
    name: string,
    data: { string: string } | { json: string } | undefined,
    metadata: Record<string, unknown> = {},
  ): Promise<void> {
    try {
      await this.worker.invoke({ name, data, metadata });
    } catch (error) {
      this.logFailure(name, error);
      throw error;
    }
  }

  /** Runs a timer function now. */
  async runTimer(name: string): Promise<void> {
    await this.timers.invoke(name, false);
  }

  binding(name: string): BindingMetadata | undefined {
    const metadata = this.registry.functions.get(name)?.metadata;
    return metadata === undefined ? undefined : triggerOf(metadata)?.binding;
  }

  private async invokeTimer(name: string, info: TimerInfo): Promise<void> {
    try {
      await this.invoke(name, { json: JSON.stringify(info) });
    } catch {
      // The error is in the log already, and a timer's next run does not depend on this one.
    }
  }

  /** Says what went wrong outside any function. */
  complain(text: string): void {
    this.log(hostLog('error', text));
  }

  private logFailure(name: string, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.log({ ...hostLog('error', text), functionName: name });
  }
}

/** The app answers for its health by key, and for whether it is ready to everybody. */
function easyAuthOf(settings: HostSettings, signIn: SignIn = overNetwork): EasyAuth | undefined {
  const found = easyAuthSettings(settings.values);
  if (found === null) return undefined;
  const { routePrefix } = settings;
  const prefix = routePrefix === '' ? '' : `/${routePrefix.toLowerCase()}`;
  const excludedPaths = [`${prefix}/health`, `${prefix}/ready`];
  return createEasyAuth({ ...found, excludedPaths }, signIn);
}

function restricted(registry: CoreRegistry, only: readonly string[] | undefined): CoreRegistry {
  if (only === undefined) return registry;
  const functions = new Map([...registry.functions].filter(([name]) => only.includes(name)));
  return { functions, hooks: registry.hooks, model: () => registry.model() };
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error instanceof Error ? error : new Error(String(error));
  });
}

/** Makes a host; nothing runs before `start()`. */
export function createFunctionsHost(options: FunctionsHostOptions): FunctionsHost {
  return new FunctionsHost(options);
}
