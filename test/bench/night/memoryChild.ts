import { existsSync, readFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import FakeTimers from '@sinonjs/fake-timers';
import { startNight } from '../../../functions/remediator/startNight';
import { createNightWork } from '../../../functions/remediator/workNight';
import { createRemediatorWorld } from '../../../shared/azure/remediatorWorld';
import { createLog } from '../../../shared/log';
import type { NightLedger } from '../../../shared/ports/nightLedger';
import type { Answer, Ask, ChildMemory, FromChild, ToChild } from './lockstep';

/**
 * The remediator app in a process of its own: the real app and the real clients, as they are
 * bundled, on a clock that the parent moves. What is asked of Azure and of the ledger goes to the
 * parent, so that nothing but the app is held here.
 */
const realImmediate = setImmediate;
const waiting = new Map<number, (value: unknown) => void>();
let asks: Ask[] = [];
let lastId = 0;
let clock: ReturnType<typeof FakeTimers.install>;

type Distribute<Type> = Type extends unknown ? Omit<Type, 'id'> : never;

function ask(what: Distribute<Ask>): Promise<unknown> {
  const id = ++lastId;
  asks.push({ id, ...what });
  return new Promise((resolve) => {
    waiting.set(id, resolve);
  });
}

const httpClient: HttpClient = {
  sendRequest: async (request) => {
    const headers: Record<string, string> = {};
    for (const [name, value] of request.headers) headers[name.toLowerCase()] = value;
    const { method, url, body } = request;
    const answer = (await ask({
      kind: 'http',
      method,
      url,
      headers,
      ...(typeof body === 'string' ? { body } : {}),
    })) as { status: number; headers: Record<string, string>; body?: string };
    return {
      request,
      status: answer.status,
      headers: createHttpHeaders(answer.headers),
      ...(answer.body === undefined ? {} : { bodyAsText: answer.body }),
    };
  },
};

function tableAt(table: keyof NightLedger): unknown {
  const call =
    (name: 'insert' | 'get' | 'replace' | 'remove' | 'list') =>
    (...args: unknown[]) =>
      ask({ kind: 'ledger', table, call: name, args });
  return {
    insert: call('insert'),
    get: call('get'),
    replace: call('replace'),
    remove: call('remove'),
    list: call('list'),
  };
}

const ledger = Object.fromEntries(
  (
    [
      'remediations',
      'remediationsLive',
      'remediationBatches',
      'standings',
      'remediationScopes',
    ] as const
  ).map((name) => [name, tableAt(name)]),
) as unknown as NightLedger;

function begin({ nowMs, token, scopes }: Extract<ToChild, { kind: 'begin' }>): void {
  clock = FakeTimers.withGlobal(globalThis).install({
    now: nowMs,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
    loopLimit: 1_000_000,
  });
  const endpoint = 'https://localhost:10143';
  const world = createRemediatorWorld(
    {
      storage: { kind: 'connectionString', connectionString: 'unused' },
      resourceManager: { endpoint, audience: endpoint },
      clientId: '',
      deployment: 'bench1',
      schedule: '0 30 2 * * *',
      timeZone: 'UTC',
      rules: {
        scopes,
        optOutTags: [],
        keepIdentitiesTag: { name: 'postern-system-identity', value: 'allow' },
        domainJoined: { tags: [], scopes: [] },
        windowsList: 'older',
        defaultOutbound: 'refuse',
        intune: false,
        firstNight: 'fix',
        keepRunsDays: 90,
      },
      queue: 'postern-remediation',
      version: '0.0.0',
    },
    {
      httpClient,
      credential: {
        getToken: async () => ({ token, expiresOnTimestamp: nowMs + 24 * 3_600_000 }),
      },
      nightLedger: ledger,
      log: createLog(() => undefined),
    },
  );
  const work = createNightWork(world);
  setInterval(() => void work.go(), 10_000);
  void startNight(world).then(() => work.go());
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise<void>((resolve) => realImmediate(resolve));
  }
}

/** Goes on until something is asked for or the time has come. */
async function go(untilMs: number, answers: readonly Answer[]): Promise<void> {
  for (const { id, value } of answers) {
    waiting.get(id)?.(value);
    waiting.delete(id);
  }
  await settle();
  let isOver = false;
  const stop = clock.setTimeout(
    () => {
      isOver = true;
    },
    Math.max(0, untilMs - clock.now),
  );
  while (asks.length === 0 && !isOver) {
    clock.next();
    await settle();
  }
  clock.clearTimeout(stop);
  const turn: FromChild = { kind: 'turn', nowMs: clock.now, asks };
  asks = [];
  process.send?.(turn);
  seenRss = Math.max(seenRss, process.memoryUsage.rss());
}

let peakHeap = 0;
let collections = 0;
/** `kind` of a full collection: `NODE_PERFORMANCE_GC_MAJOR`. */
const majorGc = 4;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries() as { detail?: { kind?: number } }[]) {
    if (entry.detail?.kind !== majorGc) continue;
    collections += 1;
    peakHeap = Math.max(peakHeap, process.memoryUsage().heapUsed);
  }
}).observe({ entryTypes: ['gc'] });
const startRss = process.memoryUsage.rss();
let seenRss = startRss;

/**
 * As the kernel keeps it of this program alone: `maxRSS` would count what the parent had when it
 * made this process. Where there is no such file, the most that was seen between two turns.
 */
function peakRssNow(): number {
  if (!existsSync('/proc/self/status')) return seenRss;
  const kb = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return kb === undefined ? seenRss : Number(kb) * 1_024;
}

function end(): void {
  const peakRss = peakRssNow();
  global.gc?.();
  const memory: ChildMemory = {
    peakRss,
    startRss,
    peakHeap,
    collections,
    endHeap: process.memoryUsage().heapUsed,
  };
  process.send?.({ kind: 'ended', memory } satisfies FromChild);
}

process.on('message', (message: ToChild) => {
  if (message.kind === 'begin') begin(message);
  else if (message.kind === 'go') void go(message.untilMs, message.answers);
  else end();
});
