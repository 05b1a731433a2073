import type { Circumstances } from './judge';

/** Kinds that disturb nobody who only wants to close: the sweep needs neither events nor engine. */
const harmless = new Set(['events', 'engine', 'pim', 'deploy']);

/** True where nothing that could delay a close was felt between two times, and a host ran all along. */
export function isCalm(fromMs: number, toMs: number, circumstances: Circumstances): boolean {
  if (outageMs(fromMs, toMs, circumstances) > 0) return false;
  return !circumstances.afflictions.some(
    ({ group, kind, atMs, untilMs }) =>
      (!harmless.has(group) || kind === 'task hub wiped') && atMs <= toMs && untilMs >= fromMs,
  );
}

/** How long no host ran between two times. */
export function outageMs(fromMs: number, toMs: number, { outages }: Circumstances): number {
  return outages
    .map((one) => Math.min(one.toMs, toMs) - Math.max(one.fromMs, fromMs))
    .filter((ms) => ms > 0)
    .reduce((sum, ms) => sum + ms, 0);
}
