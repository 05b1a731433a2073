/** The one row that the sweeper app writes. */
export type Heartbeat = {
  readonly id: 'sweeper';
  /** When a sweep of that app last came to its end and saw everything, epoch ms. */
  readonly at: number;
  readonly version: string;
  /** Marker keys that it can verify: what is signed with another, it could never close. */
  readonly keyVersions: readonly number[];
};

export const heartbeatId = 'sweeper';

/**
 * What the opener asks of the sweeper app: `required` opens nothing while it is silent, `watched`
 * raises an alarm then, `none` says that no such app is deployed.
 */
export type SweeperWatch = 'required' | 'watched' | 'none';

export const sweeperWatches: readonly SweeperWatch[] = ['required', 'watched', 'none'];

/** A heartbeat older than this counts as silence. */
export const silentAfterMs = 5 * 60_000;

/** Has the sweeper app been silent for too long, or was it never heard of? */
export function isSilent(heartbeat: Heartbeat | null, hostMs: number): boolean {
  return heartbeat === null || hostMs - heartbeat.at > silentAfterMs;
}

/** What forbids signing a marker with this key now; `null` if nothing does. */
export function signingFault(
  watch: SweeperWatch,
  heartbeat: Heartbeat | null,
  keyVersion: number,
  hostMs: number,
): 'sweeperSilent' | 'keyUnknownToSweeper' | null {
  if (watch === 'none') return null;
  if (watch === 'required' && isSilent(heartbeat, hostMs)) return 'sweeperSilent';
  const isKnown = heartbeat?.keyVersions.includes(keyVersion) ?? false;
  return isKnown ? null : 'keyUnknownToSweeper';
}
