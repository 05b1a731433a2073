import { nowOf } from '../../shared/domain/instant';
import { formatMarker, markerText } from '../../shared/domain/marker';
import type { SecurityRule } from '../../shared/domain/networkSecurityGroup';
import { judgeRule, type Sighted } from '../../shared/domain/sweep/judgeRule';
import { planWindow } from '../../shared/domain/window/plan';
import type { Placement, WindowRow } from '../../shared/domain/window/windowRow';
import { createTime } from './fakeNetwork';
import { foreignRule, grantOf, minute, nsgNic, rowOf, signer, verifier } from './grants';
import { readingsOf } from './planReadings';

/** One open window with one rule, and what the sweep says of that rule as somebody shows it. */

export const time = createTime();
const grant = grantOf(time);
const planned = planWindow(rowOf(time, grant), 'abc123', signer, readingsOf([nsgNic]));
export const until = Math.floor(grant.untilAt / 1000) * 1000;
export const row: WindowRow = {
  ...rowOf(time, grant),
  plans: 1,
  until,
  placements: planned.placements.map((one): Placement => ({
    ...one,
    phase: 'open',
    lastPutAt: time.now,
    openedAt: time.now,
  })),
};
export const rule = row.placements[0]?.rule ?? foreignRule();
export const early = until - 60 * minute;
export const due = until - 2 * minute;

export const at = (hostMs: number, skewMs = 0) => nowOf(hostMs, skewMs);

export function sighted(changes: Partial<SecurityRule>, of: Partial<Sighted> = {}): Sighted {
  const seen = { ...rule, ...changes };
  return {
    nsgId: nsgNic,
    ruleName: seen.name,
    description: seen.description,
    rule: seen,
    readAt: Number.MAX_SAFE_INTEGER,
    row,
    ...of,
  };
}

export function marked(untilMs: number, by = signer, nsgId = nsgNic, ruleName = rule.name): string {
  const untilSeconds = Math.floor(untilMs / 1000);
  const keyVersion = 1;
  const text = markerText({ deployment: 'abc123', nsgId, ruleName, untilSeconds, keyVersion });
  return formatMarker({ untilSeconds, keyVersion, signature: by.sign(text) });
}

export const judge = (one: Sighted, hostMs: number, skewMs = 0) =>
  judgeRule(one, 'abc123', verifier, at(hostMs, skewMs));
