import { createSigner, parsePrivateKey } from '../../shared/azure/signer';
import { hashId } from '../../shared/domain/identity';
import { formatMarker, markerText } from '../../shared/domain/marker';
import { onNic, onSubnet, type Story } from './stories';
import { startSweeper, type SweeperApp, type SweeperOptions } from './sweeperApp';

/** The NSGs in which the demonstration's one window has a rule each. */
export const both = [onSubnet, onNic];
/** The policy's lead; the sweep runs each minute, and a delete with its answer takes less than this. */
export const leadS = 120;
export const periodS = 60;
export const closeS = 15;

/** A window is opened, the main app dies after five minutes, and the sweeper app goes on alone. */
export async function dieAndSweep(
  story: Story,
  {
    minutes = 1,
    keep = false,
    ...options
  }: SweeperOptions & { minutes?: number; keep?: boolean } = {},
  then: () => void = () => undefined,
): Promise<SweeperApp> {
  const sweeper = await startSweeper(story, options);
  story.activate();
  await story.minutes(5);
  expect(Object.keys(story.standing())).toEqual(both);
  story.killHost();
  then();
  await story.minutes(25 + minutes);
  story.expects({ live: true });
  if (!keep) sweeper.kill();
  return sweeper;
}

/** Judged by the local Azure: gone within one period and one close after the lead began. */
export function requireInTime(story: Story): void {
  expect(story.reasons()).toEqual([]);
  expect(story.standing()).toEqual({});
  expect(Math.max(...overruns(story))).toBeLessThanOrEqual(-leadS + periodS + closeS);
}

/** By the local Azure's own log: seconds past the deadline, negative for what was gone before it. */
export function overruns(story: Story): number[] {
  return story
    .verdict()
    .lines.map(({ goneAt, deadline, overrunS }) =>
      goneAt === undefined ? overrunS : (Date.parse(goneAt) - Date.parse(deadline)) / 1_000,
    );
}

export async function health(app: Pick<Story, 'host'> | SweeperApp): Promise<unknown> {
  const { origin, masterKey } = app.host().address as { origin: string; masterKey?: string };
  const url = `${origin}/api/health?code=${masterKey ?? 'MASTERKEY'}`;
  const { body } = await app.host().http({ method: 'GET', url });
  return JSON.parse(String(body));
}

/** The names of the parts that are not in order. */
export function redParts(told: unknown): string[] {
  return Object.entries(told as Record<string, { ok?: boolean }>)
    .filter(([, { ok }]) => ok === false)
    .map(([name]) => name);
}

/** Puts a rule that the app itself would have signed into an NSG, behind everybody's back. */
export function plantRule(story: Story, nsgId: string, untilMs: number): void {
  const { MARKER_PRIVATE_KEY = '', DEPLOYMENT: deployment = '' } = story.host().settings.values;
  const key = parsePrivateKey(MARKER_PRIVATE_KEY);
  if (key === null) throw new Error('The story has no private key.');
  const signer = createSigner(key, 1);
  const ruleName = `postern-${deployment}-${hashId(nsgId)}-0`;
  const untilSeconds = Math.floor(untilMs / 1000);
  const text = markerText({ deployment, nsgId, ruleName, untilSeconds, keyVersion: 1 });
  story.azure.resourceManager.outOfBand.putRule(nsgId, {
    name: ruleName,
    properties: {
      description: formatMarker({ untilSeconds, keyVersion: 1, signature: signer.sign(text) }),
      protocol: 'Tcp',
      sourcePortRange: '*',
      destinationPortRange: '22',
      sourceAddressPrefix: '203.0.113.10',
      destinationAddressPrefix: '10.10.1.4',
      access: 'Allow',
      priority: 300,
      direction: 'Inbound',
    },
  });
}
