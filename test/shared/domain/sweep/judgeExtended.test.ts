import { nowOf } from '../../../../shared/domain/instant';
import { formatMarker, markerText } from '../../../../shared/domain/marker';
import type { SecurityRule } from '../../../../shared/domain/networkSecurityGroup';
import { judgeRule, type Sighted } from '../../../../shared/domain/sweep/judgeRule';
import { planWindow } from '../../../../shared/domain/window/plan';
import type { Placement, WindowRow } from '../../../../shared/domain/window/windowRow';
import { createTime } from '../../../support/fakeNetwork';
import { readingsOf } from '../../../support/planReadings';
import {
  foreignRule,
  grantOf,
  minute,
  nsgNic,
  rowOf,
  signer,
  verifier,
} from '../../../support/windowWorld';

const time = createTime();
const grant = grantOf(time);
const planned = planWindow(rowOf(time, grant), 'abc123', signer, readingsOf([nsgNic]));
const until = Math.floor(grant.untilAt / 1000) * 1000;
const row: WindowRow = {
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
const rule = row.placements[0]?.rule ?? foreignRule();
const early = until - 60 * minute;
const due = until - 2 * minute;

const at = (hostMs: number, skewMs = 0) => nowOf(hostMs, skewMs);

function sighted(changes: Partial<SecurityRule>, of: Partial<Sighted> = {}): Sighted {
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

function marked(untilMs: number, by = signer, nsgId = nsgNic, ruleName = rule.name): string {
  const untilSeconds = Math.floor(untilMs / 1000);
  const keyVersion = 1;
  const text = markerText({ deployment: 'abc123', nsgId, ruleName, untilSeconds, keyVersion });
  return formatMarker({ untilSeconds, keyVersion, signature: by.sign(text) });
}

const judge = (one: Sighted, hostMs: number, skewMs = 0) =>
  judgeRule(one, 'abc123', verifier, at(hostMs, skewMs));

/** A later end is wished for, and the PUT may or may not have arrived. */
const extended: WindowRow = { ...row, wantedUntil: until + 30 * minute };
const nextRule = { ...rule, description: marked(until + 30 * minute) };
/** The PUT is announced; what it makes is written down. */
const announced: WindowRow = {
  ...extended,
  placements: row.placements.map((one): Placement => ({ ...one, nextRule })),
};
/** The extend was given up after that. */
const dropped: WindowRow = { ...announced, wantedUntil: until };
/** It was given up, and then its PUT was read back. */
const arrived: WindowRow = {
  ...row,
  placements: row.placements.map((one): Placement => ({ ...one, rule: nextRule })),
};

describe('a rule whose window is extended', () => {
  it.each<[string, Sighted, number, ReturnType<typeof judge>['do'], string, string | null]>([
    [
      'an extend announced: as it was',
      sighted({}, { row: announced }),
      early,
      'leave',
      'live',
      null,
    ],
    [
      'an extend announced: as it will be',
      sighted(nextRule, { row: announced }),
      early,
      'leave',
      'live',
      null,
    ],
    [
      'an extend announced: neither',
      sighted({ ...nextRule, sources: ['*'] }, { row: announced }),
      early,
      'close',
      'changed',
      'changedByOthers',
    ],
    [
      'an extend announced: a third marker',
      sighted({ description: marked(until + 31 * minute) }, { row: announced }),
      early,
      'close',
      'changed',
      'changedByOthers',
    ],
    [
      'an extend announced, due by the row',
      sighted(nextRule, { row: announced }),
      due,
      'delete',
      'due',
      null,
    ],
    ['an extend given up: as it was', sighted({}, { row: dropped }), early, 'leave', 'live', null],
    [
      'an extend given up whose PUT arrived',
      sighted(nextRule, { row: dropped }),
      early,
      'leave',
      'live',
      null,
    ],
    ['the same, read back', sighted(nextRule, { row: arrived }), early, 'leave', 'live', null],
    ['the same, due by the row', sighted(nextRule, { row: arrived }), due, 'delete', 'due', null],
  ])('%s', (_, one, hostMs, what, why, alarm) => {
    expect(judge(one, hostMs)).toMatchObject({ do: what, why, alarm });
  });
});
