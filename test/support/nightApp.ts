import type { HttpClient, PipelineRequest } from '@azure/core-rest-pipeline';
import { createNightWork, type NightWork } from '../../functions/remediator/workNight';
import { startNight } from '../../functions/remediator/startNight';
import { takeAsk } from '../../functions/remediator/takeAsk';
import { subscriptionId } from '../../local/estate';
import type { LocalAzure } from '../../local/localAzure';
import { identities } from '../../local/tenant';
import { createRemediatorWorld } from '../../shared/azure/remediatorWorld';
import type { RemediationRules } from '../../shared/domain/remediation/remediationRules';
import { createNightMemory } from '../../shared/ledgerMemory';
import { createLog } from '../../shared/log';
import type { NightLedger } from '../../shared/ports/nightLedger';
import type { RemediatorWorld } from '../../shared/ports/remediatorWorld';
import { inProcess } from './inProcess';
import { type Life, mortal } from './mortal';
import type { LogLine } from './simulatedAzure';

/** What a test says of the app; everything has a plain default. */
export type NightAppOptions = {
  readonly rules?: Partial<RemediationRules>;
  readonly ledger?: NightLedger;
  readonly onAnswer?: (request: PipelineRequest, status: number) => void;
  /** Told of each line of the log. */
  readonly onLine?: (line: LogLine) => void;
  /** Wraps the way to Azure, in each life anew. */
  readonly wrapClient?: (client: HttpClient) => HttpClient;
  /** Wraps parts of the world, for faults between app and Azure. */
  readonly wrapWorld?: (world: RemediatorWorld) => RemediatorWorld;
  /** `false`: a host of the test fires the timers. */
  readonly timer?: false;
};

/** The remediator app in one process with a local Azure, on whatever clock there is. */
export type NightApp = {
  readonly ledger: NightLedger;
  readonly logs: LogLine[];
  /** The world of the process that lives now. */
  world(): RemediatorWorld;
  /** What the night's timer does: a run that is new is begun at once. */
  startNight(): ReturnType<typeof startNight>;
  ask(message: unknown): ReturnType<typeof takeAsk>;
  /** Dies as by SIGKILL: nothing of it acts any more. */
  kill(): void;
  /** A new process: what the last one had in memory is gone. */
  start(): void;
};

const workEveryMs = 10_000;

/** The rules of the tests: everything of the demonstration's subscription, and no first night. */
export function nightRules(changes: Partial<RemediationRules> = {}): RemediationRules {
  return {
    scopes: [`/subscriptions/${subscriptionId}`],
    optOutTags: [{ name: 'postern-remediation', value: 'off' }],
    keepIdentitiesTag: { name: 'postern-system-identity', value: 'allow' },
    domainJoined: { tags: [{ name: 'domain-joined' }], scopes: [] },
    windowsList: 'older',
    defaultOutbound: 'refuse',
    intune: false,
    firstNight: 'fix',
    keepRunsDays: 90,
    ...changes,
  };
}

/** Starts it. Its timer fires every ten seconds, as on a host. */
export function startNightApp(azure: LocalAzure, options: NightAppOptions = {}): NightApp {
  const ledger = options.ledger ?? createNightMemory();
  const logs: LogLine[] = [];
  let life: Life = { isOver: true };
  let timer: NodeJS.Timeout | undefined;
  let world: RemediatorWorld | undefined;
  let work: NightWork | undefined;
  const current = (): RemediatorWorld => {
    if (world === undefined) throw new Error('The remediator app is dead.');
    return world;
  };
  const kill = (): void => {
    life.isOver = true;
    clearInterval(timer);
    world = undefined;
  };
  const start = (): void => {
    kill();
    life = { isOver: false };
    const made = worldFor(azure, options, { ledger, logs, life });
    world = options.wrapWorld?.(made) ?? made;
    const working = createNightWork(world);
    work = working;
    if (options.timer !== false) timer = setInterval(() => void working.go(), workEveryMs);
  };
  start();
  return {
    ledger,
    logs,
    world: current,
    startNight: async () => {
      const began = await startNight(current());
      if (began === 'started') void work?.go();
      return began;
    },
    ask: (message) => takeAsk(current(), message),
    kill,
    start,
  };
}

function worldFor(
  azure: LocalAzure,
  options: NightAppOptions,
  { ledger, logs, life }: { ledger: NightLedger; logs: LogLine[]; life: Life },
): RemediatorWorld {
  const config = {
    storage: { kind: 'connectionString', connectionString: 'unused' },
    resourceManager: { endpoint: 'https://localhost:10143', audience: 'https://localhost:10143' },
    clientId: '',
    deployment: 'local1',
    schedule: '0 30 2 * * *',
    timeZone: 'UTC',
    rules: nightRules(options.rules),
    queue: 'postern-remediation',
    version: '0.0.0',
  } as const;
  const client = inProcess(azure, options);
  return createRemediatorWorld(config, {
    httpClient: mortal(life, options.wrapClient?.(client) ?? client),
    credential: {
      getToken: () => {
        const { token, expiresAt } = azure.login.issueToken(identities.remediator);
        return Promise.resolve({ token, expiresOnTimestamp: expiresAt });
      },
    },
    nightLedger: mortal(life, ledger),
    log: createLog((text) => {
      if (life.isOver) return;
      const line = JSON.parse(text) as LogLine;
      logs.push(line);
      options.onLine?.(line);
    }),
  });
}
