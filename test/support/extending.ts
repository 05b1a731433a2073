import { nowOf } from '../../shared/domain/instant';
import { planWindow } from '../../shared/domain/window/plan';
import { extendedRule } from '../../shared/domain/window/signedMarker';
import type { Placement, WindowRow } from '../../shared/domain/window/windowRow';
import { createTime } from './fakeNetwork';
import { grantOf, minute, nsgNic, nsgSubnet, rowOf, signer } from './grants';
import { readingsOf } from './planReadings';

const time = createTime();
export const T = time.now;
export const first = T + 30 * minute;
export const later = T + 50 * minute;
export const at = (hostMs: number, skewMs = 0) => nowOf(hostMs, skewMs);
const granted = rowOf(time, grantOf(time, { untilAt: first }));
const planned = planWindow(granted, 'abc123', signer, readingsOf([nsgNic, nsgSubnet])).placements;
/** Open in two NSGs until `first`; its activation lasts longer. */
export const open: WindowRow = {
  ...granted,
  plans: 1,
  until: first,
  placements: planned.map((one): Placement => ({
    ...one,
    phase: 'open',
    lastPutAt: T,
    openedAt: T,
    confirmedAt: T,
  })),
};
export const extending: WindowRow = { ...open, wantedUntil: later };
export const placement = firstOf(open.placements);
export const now_ = T + 10 * minute;
export const lastPut = first - 5 * minute;
export const next = extendedRule(extending, placement, 'abc123', signer);
export const pending: Placement = { ...placement, nextRule: next, lastPutAt: now_ };

function firstOf(placements: readonly Placement[]): Placement {
  const [one] = placements;
  if (one === undefined) throw new Error('Nothing was planned.');
  return one;
}
