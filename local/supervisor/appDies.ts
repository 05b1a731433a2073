import type { LocalPlatform } from './platform';
import type { Printer } from './printer';

const lookEveryMs = 250;
/** The app has read the rules back by then, and sleeps. */
const asleepMs = 4_000;

/** Kills the app's host for good once every rule stands open. */
export function killWhenOpen(platform: LocalPlatform, printer: Printer): void {
  const timer = setInterval(() => {
    const { lines } = platform.judge();
    if (lines.length === 0 || lines.some(({ openAt = '' }) => !isPast(openAt, asleepMs))) return;
    clearInterval(timer);
    const pid = platform.hostPid();
    printer.say('host', `kill -9 ${pid}: the app dies, and nobody starts it again.`);
    if (pid !== 0) process.kill(pid, 'SIGKILL');
  }, lookEveryMs);
  timer.unref();
}

function isPast(at: string, byMs: number): boolean {
  return at !== '' && Date.now() - Date.parse(at) > byMs;
}

/**
 * By the local Azure's own log of writes: was every rule that is gone taken away by the sweeper's
 * identity, and by nobody else?
 */
export function isClosedBySweeper({ azure }: LocalPlatform, printer: Printer): boolean {
  const deletes = azure.resourceManager.writeLog.records.filter(
    ({ method, path, status, effectiveAt, before }) =>
      method === 'DELETE' &&
      /\/securityRules\/postern-[^/]+$/i.test(path) &&
      status < 300 &&
      effectiveAt !== undefined &&
      before !== null,
  );
  const others = deletes.filter(({ caller }) => caller.name !== 'sweeper');
  const passed = deletes.length > 0 && others.length === 0;
  printer.say(
    'verdict',
    passed
      ? `All ${deletes.length} rules were deleted by the identity sweeper, with the app dead.`
      : `NOT proved: ${others.length} of ${deletes.length} rules were not deleted by the sweeper.`,
    { passed },
  );
  return passed;
}
