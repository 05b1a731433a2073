import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureCertificates } from '../../azure/tls/certificates';
import { clockText, type FastClock } from '../../fastClock';
import type { LocalAzure } from '../../localAzure';
import { assortedEstate } from '../../nightEstate';
import { AppLog } from '../appLog';
import { demonstrationAzure } from '../demonstrationAzure';
import { keepFunctionsHost } from '../functionsHost';
import { localKeys } from '../keys';
import { serve } from '../platform';
import type { Ports } from '../ports';
import type { Printer } from '../printer';
import { startRemediator } from '../remediatorHost';
import { type HostEnvironmentParts, hostEnvironment } from '../settings';
import { startStorage } from '../storage';

/** Everything that runs in the story of a night. */
export type NightPlatform = {
  readonly azure: LocalAzure;
  /** Where the main app's API is. */
  readonly api: string;
  stop(): Promise<void>;
};

/** Real time: the fast clock begins later. */
const readyMs = 60 * 30_000;

/**
 * Starts storage, a local Azure with 40 VMs, the main app and the remediator app, both of them and
 * the Azure on the clock of the story. What was started is ended again when a later part fails.
 */
export async function startNightPlatform(
  folder: string,
  ports: Ports,
  clock: FastClock,
  printer: Printer,
): Promise<NightPlatform> {
  // A story that is told twice is the same story.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'azure'), { recursive: true });
  const endings: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of endings.toReversed()) await end();
  };
  try {
    const keys = localKeys(join(folder, 'keys.json'));
    const certificates = await ensureCertificates(join(folder, 'tls'));
    const storage = await startStorage(join(folder, 'storage'), ports);
    endings.push(() => storage.stop(5_000));
    const azure = demonstrationAzure({
      estate: assortedEstate(),
      fault: 'no-events',
      ports,
      folder: join(folder, 'azure'),
      writeLogPath: join(folder, 'azure', 'writes.jsonl'),
      systemKey: keys.systemKey,
    });
    endings.push(() => azure.close());
    await serve(azure, ports, certificates, endings);
    const parts = { azure, keys, certificates, folder, ports, fault: null };
    const ended = await Promise.all([
      startMain(parts, clock, printer),
      startRemediator(parts, printer, clock),
    ]);
    endings.push(...ended);
    return { azure, api: `http://127.0.0.1:${ports.functions}/api`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What the main app has to do with it; it has windows to look after besides, of which there are none. */
const ofThisStory = /hostStarted|portInUse|startFailed|remediation\./;

/** Starts the main app in a Functions host of its own; answers how to end it. */
async function startMain(
  parts: HostEnvironmentParts,
  clock: FastClock,
  printer: Printer,
): Promise<() => Promise<void>> {
  const log = new AppLog(printer);
  const host = keepFunctionsHost({
    script: join(__dirname, 'functionsHost.js'),
    // Ben is in the group that may ask the remediator for something.
    env: { ...hostEnvironment(parts), LOCAL_PERSONA: 'ben', LOCAL_CLOCK: clockText(clock) },
    restart: true,
    restartAfterMs: 3_000,
    onLine: (line, stream) => {
      if (ofThisStory.test(line)) log.read(line, stream);
    },
    onStart: (pid) => printer.say('host', `The main app starts, process ${pid}.`),
    onDeath: (how) => printer.say('host', `The main app's host died (${how}).`),
  });
  await log.ready(readyMs);
  return () => host.stop();
}
