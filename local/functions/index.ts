export { createFunctionsHost, FunctionsHost, type FunctionsHostOptions } from './host/host';
export { installDurableClientAdapter } from './host/axiosAdapter';
export type { CoreRegistry } from './host/core';
export type { HttpAnswer, HttpRequest } from './host/http';
export type { LogRecord } from './host/log';
export type { QueueDelivery, QueueMessage } from './host/queues';
export { hostSettings, type HostKeys, type HostSettings } from './host/settings';
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
