import { join } from 'node:path';
import { AppLog } from './appLog';
import { keepFunctionsHost } from './functionsHost';
import type { Printer } from './printer';
import { type HostEnvironmentParts, sweeperEnvironment } from './settings';

const readyMs = 30_000;
const restartAfterMs = 3_000;
const askEveryMs = 250;

/**
 * Starts the sweeper app in a Functions host of its own, and waits until its first sweep is done:
 * from then on its heartbeat stands in the ledger, and the app may open. Answers how to end it.
 */
export async function startSweeper(
  parts: HostEnvironmentParts,
  printer: Printer,
): Promise<() => Promise<void>> {
  const log = new AppLog(printer, 'sweeper');
  const host = keepFunctionsHost({
    script: join(__dirname, 'functionsHost.js'),
    env: sweeperEnvironment(parts),
    restart: true,
    restartAfterMs,
    onLine: (line, stream) => log.read(line, stream),
    onStart: (pid) => printer.say('sweeper', `The sweeper app starts, process ${pid}.`),
    onDeath: (how) => printer.say('sweeper', `The sweeper app's host died (${how}).`),
  });
  try {
    await log.ready(readyMs);
    await healthy(`http://127.0.0.1:${parts.ports.sweeper}/api/health`, parts.keys.functionKey);
  } catch (error) {
    await host.stop();
    throw error;
  }
  printer.say('sweeper', 'has swept once, and says so by its heartbeat in the ledger');
  return () => host.stop();
}

async function healthy(url: string, functionKey: string): Promise<void> {
  const until = Date.now() + readyMs;
  for (;;) {
    const { ok, status } = await fetch(url, { headers: { 'x-functions-key': functionKey } });
    if (ok) return;
    if (Date.now() > until) throw new Error(`The sweeper app is not healthy: ${status}.`);
    await new Promise((done) => setTimeout(done, askEveryMs));
  }
}
