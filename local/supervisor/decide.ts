import type { LocalPlatform } from './platform';

const lookEveryMs = 250;
/** How long after the activation's end a rule that still stands is counted before it is judged. */
const afterEndMs = 1_000;

/**
 * Resolves when there is something to judge: every rule of ours that stood open is gone and the app
 * has said so, or the activation's end is past. The app's word only ends the waiting early; what is
 * judged is the network.
 */
export async function decideOnce(platform: LocalPlatform, requestName: string): Promise<'decided'> {
  return new Promise((done) => {
    const timer = setInterval(() => {
      if (!isDecided(platform, requestName)) return;
      clearInterval(timer);
      done('decided');
    }, lookEveryMs);
    timer.unref();
  });
}

function isDecided(platform: LocalPlatform, requestName: string): boolean {
  const truth = platform.azure.pim.truth().find((one) => one.requestName === requestName);
  if (truth === undefined) return platform.isRefused(requestName);
  if (Date.now() > Date.parse(truth.endAt) + afterEndMs) return true;
  const { lines, standing } = platform.judge();
  const isOver = lines.length > 0 && lines.every(({ state }) => state === 'closedInTime');
  // An app that is dead for good says nothing any more, and the network is all there is to ask.
  const isSaid =
    platform.hasAppClosed(truth.roleAssignmentId) ||
    (platform.hostPid() === 0 && platform.hostDeaths() > 0);
  return isOver && standing.length === 0 && isSaid;
}
