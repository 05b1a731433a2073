import { join } from 'node:path';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import { app } from '@azure/functions';
import { registerSweeper } from '../../functions/sweeper/index';
import {
  createFunctionsHost,
  type CoreRegistry,
  type FunctionsHost,
  MemoryStore,
} from '../../local/functions/index';
import { identities } from '../../local/tenant';
import { createSweeperWorld } from '../../shared/azure/sweeperWorld';
import { readSweeperConfig, sweeperSettings } from '../../shared/config/sweeper';
import { createLog } from '../../shared/log';
import type { Ledger } from '../../shared/ports/ledger';
import { type Life, mortal } from './mortal';
import type { LogLine, Simulation } from './simulatedAzure';

const core = require('@azure/functions-core') as { registry: CoreRegistry };
const root = join(__dirname, '..', '..');

export type SweeperOptions = {
  /** The ledger that it sees; the main app's if absent. */
  ledger?: Ledger;
  settings?: Record<string, string>;
  /** Called before each of its requests: what a test does here, it does between two of them. */
  onRequest?: (method: string, url: string) => void;
  /** While this holds, neither the index nor a list of NSGs answers it. */
  isBlind?: () => boolean;
  /** Told of every line of its log. */
  onLine?: (line: LogLine) => void;
};

/** The sweeper app, running beside the main one in the same simulated Azure. */
export type SweeperApp = {
  host(): FunctionsHost;
  logs: LogLine[];
  alarms(): string[];
  /** Dies as by SIGKILL: nothing of it acts any more. */
  kill(): void;
  start(): Promise<void>;
};

/** Starts it under its own identity, with its own host. */
export async function startSweeper(
  story: Pick<Simulation, 'azure' | 'host' | 'ledger'>,
  options: SweeperOptions = {},
): Promise<SweeperApp> {
  const { values } = story.host().settings;
  const settings = { ...only(values), ...options.settings };
  const logs: LogLine[] = [];
  let host: FunctionsHost | undefined;
  let life: Life = { isOver: true };
  const kill = (): void => {
    life.isOver = true;
    host?.kill();
    host = undefined;
  };

  const start = async (): Promise<void> => {
    kill();
    const mine: Life = { isOver: false };
    life = mine;
    const config = readSweeperConfig(settings, root);
    if ('faults' in config) throw new Error(config.faults.join('\n'));
    const world = createSweeperWorld(config, {
      httpClient: mortal(mine, inProcess(story, options)),
      credential: {
        getToken: () => {
          const { token, expiresAt } = story.azure.login.issueToken(identities.sweeper);
          return Promise.resolve({ token, expiresOnTimestamp: expiresAt });
        },
      },
      ledger: mortal(mine, options.ledger ?? story.ledger()),
      log: createLog((line) => {
        if (mine.isOver) return;
        const parsed = JSON.parse(line) as LogLine;
        logs.push(parsed);
        options.onLine?.(parsed);
      }),
    });
    host = createFunctionsHost({
      registry: registryOf(() => registerSweeper(app, world)),
      store: new MemoryStore(),
      settings: { values: settings, origin: 'http://simulated-sweeper.invalid' },
    });
    await host.start();
  };
  await start();
  return {
    host: () => {
      if (host === undefined) throw new Error('The sweeper app is dead.');
      return host;
    },
    logs,
    alarms: () => logs.filter(({ alarm }) => alarm).map(({ event }) => event ?? ''),
    kill,
    start,
  };
}

/** The settings of the sweeper app, as the sample lists them, with the main app's values. */
function only(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    sweeperSettings.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** What one registration puts into the process's registry, which the main app has used before. */
function registryOf(registerAll: () => void): CoreRegistry {
  core.registry.functions.clear();
  core.registry.hooks.clear();
  registerAll();
  return {
    functions: new Map(core.registry.functions),
    hooks: new Map(core.registry.hooks),
    model: () => core.registry.model(),
  };
}

const listing = /\/(?:Microsoft\.ResourceGraph\/resources|networkSecurityGroups)\?/i;

function inProcess(
  { azure }: Pick<Simulation, 'azure'>,
  { onRequest, isBlind }: SweeperOptions,
): HttpClient {
  return {
    sendRequest: async (request) => {
      const { method, url, body } = request;
      onRequest?.(method, url);
      if (isBlind?.() === true && listing.test(url)) {
        return { request, status: 503, headers: createHttpHeaders(), bodyAsText: '' };
      }
      const answer = await azure.handle({
        method,
        url,
        headers: request.headers.toJSON(),
        ...(typeof body === 'string' ? { body } : {}),
      });
      return {
        request,
        status: answer.status,
        headers: createHttpHeaders(answer.headers),
        ...(answer.body === undefined ? {} : { bodyAsText: answer.body }),
      };
    },
  };
}
