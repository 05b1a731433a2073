import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ArmRequest } from '../../local/azure/contract';
import type { Principal } from '../../local/azure/pim/types';
import { ensureCertificates } from '../../local/azure/tls/certificates';
import type { Estate } from '../../local/estate';
import type { LocalAzure } from '../../local/localAzure';
import { AppLog } from '../../local/supervisor/appLog';
import { demonstrationAzure } from '../../local/supervisor/demonstrationAzure';
import { keepFunctionsHost } from '../../local/supervisor/functionsHost';
import { localKeys } from '../../local/supervisor/keys';
import { handshake, restartAfterMs, serve } from '../../local/supervisor/platform';
import type { Ports } from '../../local/supervisor/ports';
import { hostEnvironment } from '../../local/supervisor/settings';
import { startStorage } from '../../local/supervisor/storage';

/** The same processes as of `npm start`, for many people and a host that dies often. */
export type Stage = {
  azure: LocalAzure;
  hostPid(): number;
  /** Requests that reached Resource Manager and are not answered: `PUT securityRules` and so on. */
  inFlight(): string[];
  stopHost(): Promise<void>;
  stop(): Promise<void>;
};

export type StageParts = {
  folder: string;
  ports: Ports;
  estate: Estate;
  people: Principal[];
  /** A process of the host began. */
  onStart: () => void;
  /** The host of that process is ready. */
  onReady: () => void;
  /** It is gone; the next one starts later than this returns. */
  onDeath: (how: string) => void;
  /** A line of the app's own log. */
  onEvent: (event: string) => void;
};

const readyMs = 60_000;

/** Starts everything and waits until all is ready; what was started is ended if a part fails. */
export async function startStage(parts: StageParts): Promise<Stage> {
  const endings: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of endings.splice(0).toReversed()) await end();
  };
  try {
    return { ...(await startParts(parts, endings)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  parts: StageParts,
  endings: (() => Promise<void> | void)[],
): Promise<Omit<Stage, 'stop'>> {
  const { folder, ports, estate, people } = parts;
  const keys = localKeys(join(folder, 'keys.json'));
  const certificates = await ensureCertificates(join(folder, 'tls'));
  const storage = await startStorage(join(folder, 'storage'), ports);
  endings.push(() => storage.stop(5_000));

  const azureFolder = join(folder, 'azure');
  mkdirSync(azureFolder, { recursive: true });
  const azure = demonstrationAzure({
    estate,
    people,
    fault: null,
    ports,
    folder: azureFolder,
    writeLogPath: join(azureFolder, 'writes.jsonl'),
    systemKey: keys.systemKey,
  });
  endings.push(() => azure.close());
  const requests = createWriteStream(join(folder, 'requests.jsonl'));
  const counted = countRequests(azure, (line) => void requests.write(`${line}\n`));
  await serve({ ...azure, handle: counted.handle }, ports, certificates, endings);

  const output = createWriteStream(join(folder, 'host.log'));
  endings.push(() => {
    output.end();
    requests.end();
  });
  const appLog = new AppLog({
    say: (_speaker, _text, facts) => {
      if (typeof facts?.['event'] === 'string') parts.onEvent(facts['event']);
    },
    raw: () => undefined,
  });
  const host = keepFunctionsHost({
    script: join(__dirname, 'functionsHost.js'),
    env: {
      ...hostEnvironment({ azure, keys, certificates, folder, ports, fault: null }),
      ...ownSettings(),
    },
    restart: true,
    restartAfterMs,
    onLine: (line, stream) => {
      output.write(`${line}\n`);
      if (line.startsWith('{"event":"hostStarted"')) parts.onReady();
      appLog.read(line, stream);
    },
    onStart: () => parts.onStart(),
    onDeath: (how) => parts.onDeath(how),
  });
  endings.push(() => host.stop());
  await appLog.ready(readyMs);
  await handshake(azure);
  const { inFlight } = counted;
  return { azure, hostPid: () => host.pid(), inFlight, stopHost: () => host.stop() };
}

/**
 * The sample's settings, but for the policy, and a sweep and a reconcile that fit into minutes. Each
 * of them reads for each window that stands, as it would once a minute; a subscription gives 25
 * reads a second. More often, and two hundred windows left none for those that want to open.
 */
function ownSettings(): Record<string, string> {
  return {
    SWEEP_SCHEDULE: '*/10 * * * * *',
    RECONCILE_SCHEDULE: '*/20 * * * * *',
    POLICY_FILE: join(process.cwd(), 'test', 'killtest', 'policy.yaml'),
    FUNCTIONS_HOST_APP: join('.build', 'killtest', 'app'),
  };
}

/** The same Azure, and what is being asked of it at this moment. Every answer becomes a line. */
function countRequests(
  azure: LocalAzure,
  tell: (line: string) => void,
): Pick<LocalAzure, 'handle'> & Pick<Stage, 'inFlight'> {
  const running = new Set<string>();
  let count = 0;
  return {
    handle: async (request) => {
      const at = Date.now();
      const asked = askedFor(request);
      const key = `${asked} ${++count}`;
      running.add(key);
      try {
        const answer = await azure.handle(request);
        tell(JSON.stringify({ at, ms: Date.now() - at, asked, status: answer.status }));
        return answer;
      } finally {
        running.delete(key);
      }
    },
    inFlight: () => [...running].map((key) => key.slice(0, key.lastIndexOf(' '))),
  };
}

/** The method and the kind of resource, such as `PUT securityRules`. */
function askedFor({ method, url }: ArmRequest): string {
  const { pathname } = new URL(url);
  const kinds = pathname.match(/\/[a-z]{4,}[A-Z][A-Za-z]*|\/(?:resources|token)(?=\/|$)/g) ?? [];
  return `${method} ${(kinds.at(-1) ?? '/other').slice(1)}`;
}
