import { join } from 'node:path';
import { clockText, type FastClock } from '../fastClock';
import { AppLog } from './appLog';
import { keepFunctionsHost } from './functionsHost';
import type { Printer } from './printer';
import { type HostEnvironmentParts, remediatorEnvironment } from './settings';

const readyMs = 30_000;
const restartAfterMs = 3_000;

/**
 * Starts the remediator app in a Functions host of its own, on the clock of a story where there is
 * one, and waits until it listens to its queue. Answers how to end it.
 */
export async function startRemediator(
  parts: HostEnvironmentParts,
  printer: Printer,
  clock?: FastClock,
): Promise<() => Promise<void>> {
  const log = new AppLog(printer, 'night');
  const host = keepFunctionsHost({
    script: join(__dirname, 'functionsHost.js'),
    env: {
      ...remediatorEnvironment(parts),
      ...(clock === undefined ? {} : { LOCAL_CLOCK: clockText(clock) }),
    },
    restart: true,
    restartAfterMs,
    onLine: (line, stream) => log.read(line, stream),
    onStart: (pid) => printer.say('night', `The remediator app starts, process ${pid}.`),
    onDeath: (how) => printer.say('night', `The remediator app's host died (${how}).`),
  });
  try {
    await log.ready(readyMs * (clock?.factor ?? 1));
  } catch (error) {
    await host.stop();
    throw error;
  }
  return () => host.stop();
}
