/**
 * The local Functions host: runs an app's functions and orchestrations as Azure does, also where
 * Azure is inconvenient. In a process of its own it is `local/functions/main.ts`; in tests:
 *
 *   createFunctionsHost(options: FunctionsHostOptions): FunctionsHost
 *     options: registry, store; if wanted settings, profile, faults, log, trace, fatal, uuid, only,
 *              signIn
 *     registry  what `@azure/functions-core` collected ({ functions, hooks, model() })
 *     store     new MemoryStore() (outlives a killed host) or new DiskStore(directory)
 *     settings  Partial<HostSettings>: values (for %NAME%), keys, routePrefix, functionTimeoutMs
 *     profile   exactProfile() | measuredProfile(chance, maxPollingMs) | a TimerProfile of your own
 *     faults    { activity?: (call) => { workerDiesAfterMs } | undefined,
 *                 episode?: (call) => boolean }
 *     only      names of the functions to run, when two apps share one registry
 *     signIn    how App Service authentication asks sign-in; over the network when left out
 *
 *   host.start(): Promise<void>               appStart hooks, resumes instances, starts timers
 *   host.stop(drainMs = 10_000): Promise<void> takes no new work, waits for what runs, then ends
 *   host.kill(): void                         sudden death: no timer, callback or log afterwards;
 *                                             callers get HostGone, results are lost
 *   host.killWorker(): void                   the Node worker dies: what runs fails with code 137
 *   host.http({ method, url, headers?, body? }): Promise<HttpAnswer>   routes, keys, webhooks
 *   host.eventGrid(functionName, headers, body, method = 'POST'): Promise<HttpAnswer>  without key
 *   host.queueMessage(functionName, text | QueueMessage): Promise<{ attempts, outcome }>
 *   host.runTimer(functionName): Promise<void> now; a failure is in the log only
 *   host.rpc({ method, url, body, headers }): LoopbackAnswer   the durable client's endpoint
 *   host.settings, host.address, host.engine (instances, commands), host.isAlive
 *
 *   installDurableClientAdapter(): () => void  lets the durable client (axios) reach hosts of this
 *                                             process without a socket; returns the way back
 *
 * The process takes its settings from the environment: FUNCTIONS_HOST_APP (bundle or its folder,
 * default dist), FUNCTIONS_HOST_PORT (7071; 0 = any), FUNCTIONS_HOST_STATE (journal, default
 * .local/functions), FUNCTIONS_HOST_KEYS (JSON of HostKeys) or FUNCTIONS_HOST_KEYS_FILE (made when
 * missing, default keys.json in the state folder), FUNCTIONS_HOST_TIMING (measured | exact),
 * FUNCTIONS_HOST_SEED. WEBSITE_AUTH_ENABLED=true puts App Service authentication before the app;
 * it needs API_TENANT_ID, API_CLIENT_ID and LOGIN_ENDPOINT, and LOCAL_PERSONA names who calls when
 * nobody is named. It prints JSON lines: log records, and events hostStarted, hostStopping,
 * hostStopped, portInUse, startFailed. Bundle it with `@azure/functions-core` external.
 *
 * What differs from the real host: no partitions and no scale-out; entities, locks, signals and
 * durable HTTP calls fail the instance by name; output bindings are not written; after a worker's
 * death the app's modules keep their state; the host does not stop itself after several deaths;
 * activities that a failing or terminated episode scheduled are recorded but not run.
 */
export { createFunctionsHost, FunctionsHost, type FunctionsHostOptions } from './host/host';
export { installDurableClientAdapter } from './host/axiosAdapter';
export type { CoreRegistry } from './host/core';
export type { HttpAnswer } from './host/http';
export type { SignIn } from './easyAuth/signIn';
export type { LogRecord } from './host/log';
export { hostSettings, type HostSettings } from './host/settings';
export { HostGone } from './host/worker';
export { DiskStore } from './engine/diskStore';
export { MemoryStore, type InstanceStore } from './engine/store';
export type { EngineTrace } from './engine/ports';
export {
  exactProfile,
  measuredProfile,
  type EngineFaults,
  type TimerProfile,
} from './engine/profile';
