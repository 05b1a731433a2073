import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseTimeSpan } from '../engine/timeSpan';

/** The parts of host.json that this host honours, with Azure's defaults. */
export type HostJson = {
  directory: string;
  routePrefix: string;
  functionTimeoutMs: number;
  hubName: string;
  maxQueuePollingMs: number;
  overridable: 'NonRunningStates' | 'AnyState';
  queues: {
    maxDequeueCount: number;
    visibilityMs: number;
    batchSize: number;
    maxPollingMs: number;
    messageEncoding: 'base64' | 'none';
  };
};

type Section = Record<string, unknown>;

function section(value: unknown, ...path: string[]): Section {
  let at = value;
  for (const key of path) at = (at as Section | undefined)?.[key];
  return at !== null && typeof at === 'object' ? (at as Section) : {};
}

function span(value: unknown, defaultMs: number): number {
  return typeof value === 'string' ? parseTimeSpan(value) : defaultMs;
}

/** Finds host.json beside the bundle or one folder up and reads it; throws when there is none. */
export function readHostJson(bundlePath: string): HostJson {
  const folders = [dirname(bundlePath), dirname(dirname(bundlePath))];
  const directory = folders.find((folder) => existsSync(join(folder, 'host.json')));
  if (directory === undefined) throw new Error(`There is no host.json beside ${bundlePath}.`);
  const json: unknown = JSON.parse(readFileSync(join(directory, 'host.json'), 'utf8'));
  const queues = section(json, 'extensions', 'queues');
  const durable = section(json, 'extensions', 'durableTask');
  const storage = section(durable, 'storageProvider');
  const { routePrefix } = section(json, 'extensions', 'http');
  return {
    directory,
    routePrefix: typeof routePrefix === 'string' ? routePrefix : 'api',
    functionTimeoutMs: span(section(json)['functionTimeout'], 30 * 60_000),
    hubName: typeof durable['hubName'] === 'string' ? durable['hubName'] : 'TestHubName',
    maxQueuePollingMs: span(storage['maxQueuePollingInterval'], 30_000),
    overridable:
      durable['overridableExistingInstanceStates'] === 'AnyState' ? 'AnyState' : 'NonRunningStates',
    queues: {
      maxDequeueCount: Number(queues['maxDequeueCount'] ?? 5),
      visibilityMs: span(queues['visibilityTimeout'], 0),
      batchSize: Number(queues['batchSize'] ?? 16),
      maxPollingMs: span(queues['maxPollingInterval'], 60_000),
      messageEncoding: queues['messageEncoding'] === 'none' ? 'none' : 'base64',
    },
  };
}
