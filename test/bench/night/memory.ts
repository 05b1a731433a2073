import { type ChildProcess, fork } from 'node:child_process';
import { createNightMemory } from '../../../shared/ledgerMemory';
import { isOver } from '../../../shared/domain/remediation/remediationRow';
import type { NightLedger } from '../../../shared/ports/nightLedger';
import type { Answer, Ask, ChildMemory, FromChild, ToChild } from './lockstep';
import type { NightLayout } from './nightLayouts';
import { contender, nightTable, openNight, type OpenNight } from './openNight';

/** Memory of a process that holds only the app, while it plays a night. */
export type NightMemory = ChildMemory & {
  readonly vms: number;
  readonly subscriptions: number;
  readonly overMs: number;
  readonly asks: number;
};

const overMaxMs = 6 * 3_600_000;
/** Of one call of the ledger, as of a table in the same region. */
const ledgerMs = 10;
const stepMs = 60_000;

/** Plays the layout with the app in the program `child`, a bundle as it is deployed. */
export async function measureNightMemory(
  child: string,
  layout: NightLayout,
  seed: number,
): Promise<NightMemory> {
  // The parent itself waits for each answer, so that it knows when the next one is due.
  const night = openNight(layout, seed, { read: 0, write: 0, query: 0 });
  const app = fork(child, [], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const ledger = createNightMemory();
    const scopes = night.estate.subscriptions.map((one) => `/subscriptions/${one.subscriptionId}`);
    const { token } = night.azure.login.issueToken(contender, { lifetimeMs: 24 * 3_600_000 });
    app.send({ kind: 'begin', nowMs: night.time.now(), token, scopes } satisfies ToChild);
    const asks = await takeTurns(app, night, ledger);
    const overMs = night.time.now() - night.beganAt;
    const ended = await say(app, { kind: 'end' });
    if (ended.kind !== 'ended') throw new Error('The app went on after its end.');
    const { vms, subscriptions } = layout;
    return { vms, subscriptions, overMs, asks, ...ended.memory };
  } finally {
    app.kill();
    night.close();
  }
}

type Due = Answer & { readonly dueMs: number };

async function takeTurns(
  app: ChildProcess,
  night: OpenNight,
  ledger: NightLedger,
): Promise<number> {
  const { time, beganAt } = night;
  let due: Due[] = [];
  let count = 0;
  while (time.now() - beganAt < overMaxMs) {
    const now = time.now();
    const answers = due.filter(({ dueMs }) => dueMs <= now);
    due = due.filter(({ dueMs }) => dueMs > now);
    const untilMs = due.reduce((least, { dueMs }) => Math.min(least, dueMs), now + stepMs);
    const turn = await say(app, { kind: 'go', untilMs, answers });
    if (turn.kind !== 'turn') throw new Error('The app ended in the middle of the night.');
    if (turn.nowMs > now) await time.pass(turn.nowMs - now);
    count += turn.asks.length;
    for (const ask of turn.asks) {
      const value = await answerTo(ask, night, ledger);
      due.push({ id: ask.id, value, dueMs: turn.nowMs + latencyOf(ask) });
    }
    if (turn.asks.some((ask) => ask.kind === 'ledger' && ask.table === 'remediationsLive')) {
      const rows = await ledger.remediations.list();
      if (rows.length > 0 && rows.every(({ row }) => isOver(row))) return count;
    }
  }
  throw new Error('The night is not over.');
}

/** One message there and one back. Throws when the process has ended. */
function say(app: ChildProcess, message: ToChild): Promise<FromChild> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('The process with the app has ended.'));
    app.once('exit', gone);
    app.once('message', (answer) => {
      app.off('exit', gone);
      resolve(answer as FromChild);
    });
    app.send(message);
  });
}

async function answerTo(ask: Ask, { azure }: OpenNight, ledger: NightLedger): Promise<unknown> {
  if (ask.kind === 'http') {
    const { method, url, headers, body } = ask;
    return azure.handle({ method, url, headers, ...(body === undefined ? {} : { body }) });
  }
  const table = ledger[ask.table] as unknown as Record<
    string,
    (...args: readonly unknown[]) => Promise<unknown>
  >;
  return table[ask.call]?.(...ask.args);
}

function latencyOf(ask: Ask): number {
  if (ask.kind === 'ledger') return ledgerMs;
  const { read, write, query } = nightTable.requests;
  if (ask.method === 'GET') return read;
  return ask.method === 'POST' ? query : write;
}
