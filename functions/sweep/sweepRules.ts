import { factsOf } from '../../shared/domain/fault';
import { parseRuleName } from '../../shared/domain/identity';
import type { Verdict } from '../../shared/domain/sweep/judgeRule';
import { isInScopes } from '../../shared/domain/sweep/sweepSettings';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { Stored } from '../../shared/ports/ledger';
import type { SweepWorld } from '../../shared/ports/world';
import { eachOf } from '../activities/window/eachOf';
import { findRules } from './findRules';
import { type Judged, judgeRules } from './judgeRules';
import { confirmChanged } from './lookAgain';
import type { SweepMemory } from './memory';
import { removeDue, tellOverrun } from './removeDue';

/** What one sweep found and did. Plain data, for logs, health and tests. */
export type SweepSummary = {
  /** Index or lists answered; without them only what is remembered was looked at. */
  readonly complete: boolean;
  readonly by: 'index' | 'lists' | 'memory';
  readonly nsgs: number;
  readonly rules: number;
  readonly deleted: number;
  /** Signed rules without a row, looked after until they are due. */
  readonly adopted: number;
  readonly reported: number;
  /** Windows whose rule was changed by others and that were wished closed for it. */
  readonly closed: number;
  /** What would have been deleted or closed: the mode is `report`, or it lies outside the scopes. */
  readonly withheld: number;
  readonly otherDeployments: number;
  /** NSGs that could not be read, and deletes that were not accepted. */
  readonly failed: number;
  /** Deletes and closes that the next sweep begins with: this one ran out of time. */
  readonly left: number;
};

/** Who sweeps. */
export type SweepBy = {
  readonly memory: SweepMemory;
  /**
   * Wishes a window closed whose rule others changed, if its row is still as it is stored here, and
   * answers whether that is new; `null` in an app that may not write rows: the rule then goes when
   * it is due.
   */
  readonly closeWindow: ((stored: Stored<WindowRow>) => Promise<boolean>) | null;
};

/** NSGs are read for so long, and deletes begun for so long: a sweep is over before it is needed again. */
const readForMs = 20_000;
const workForMs = 50_000;
/** Rules that others changed, looked at again side by side. */
const width = 4;

type Tally = { -readonly [Name in keyof SweepSummary]: SweepSummary[Name] };

/**
 * Closes what is due from the rules alone, whatever ledger and task hub say: one query of the index
 * (or the lists of Resource Manager), one read of each NSG that holds rules of ours, deletes in the
 * order of their deadlines. Needs public keys only. A failing NSG, row or delete stops nothing but
 * itself. Never throws.
 */
export async function sweepRules(world: SweepWorld, by: SweepBy): Promise<SweepSummary> {
  const tally: Tally = {
    complete: false,
    by: 'memory',
    nsgs: 0,
    rules: 0,
    deleted: 0,
    adopted: 0,
    reported: 0,
    closed: 0,
    withheld: 0,
    otherDeployments: 0,
    failed: 0,
    left: 0,
  };
  const startedAt = world.clock.now();
  try {
    const found = await findRules(world, by.memory);
    tally.by = found.by;
    const readUntil = world.clock.now() + readForMs;
    const judged = await judgeRules(world, found.sightings, tally, readUntil);
    count(judged, tally);
    const changed = judged.filter(({ verdict }) => verdict.do === 'close');
    const others = judged.filter((one) => !changed.includes(one));
    for (const one of others) tell(world, by.memory, one);
    reportOthers(world, by.memory, judged);
    const due = others.filter((one) => isAllowed(world, by.memory, one, tally));
    const beginUntil = Math.max(startedAt + workForMs, readUntil + 10_000);
    await Promise.all([
      closeChanged(world, by, changed, tally, beginUntil),
      removeDue(world, by.memory, due, tally, beginUntil),
    ]);
    tally.complete = found.complete;
  } catch (error) {
    const { kind, code } = factsOf(error);
    world.log.warn('sweep.failed', { faultKind: kind, azureCode: code });
  }
  world.log.info('sweep.done', tally);
  return tally;
}

function count(judged: readonly Judged[], tally: Tally): void {
  for (const { verdict } of judged) {
    if (verdict.why === 'otherDeployment') tally.otherDeployments += 1;
    else if (verdict.why !== 'notOurs') tally.rules += 1;
    if (verdict.why === 'adopted') tally.adopted += 1;
    if (verdict.do === 'report') tally.reported += 1;
  }
}

/** Says what is new of a rule: each thing once, and again each day while it lasts. */
function tell({ clock, log }: SweepWorld, memory: SweepMemory, { sighted, verdict }: Judged): void {
  const { nsgId, ruleName } = sighted;
  const now = clock.now();
  if (verdict.why === 'adopted' && memory.isNews(now, 'adopted', nsgId, ruleName)) {
    log.warn('sweep.adopted', { nsgId, rule: ruleName, until: isoOf(verdict) });
  }
  if (verdict.alarm !== null) {
    memory.alarm(log, now, verdict.alarm, nsgId, ruleName, { found: verdict.why });
  }
}

function isoOf({ deadlineAt }: Verdict): string | null {
  return deadlineAt === null ? null : new Date(deadlineAt).toISOString();
}

/** At most so many rules of others stand in one line of the log. */
const othersShown = 100;

/** Rules of other deployments are nobody's business here; once a day they are listed. */
function reportOthers({ clock, log }: SweepWorld, memory: SweepMemory, judged: readonly Judged[]) {
  const others = judged.filter(({ verdict }) => verdict.why === 'otherDeployment');
  if (others.length === 0 || !memory.isNews(clock.now(), 'otherDeployments')) return;
  const rules = others
    .slice(0, othersShown)
    .map(({ sighted }) => `${sighted.nsgId}/securityRules/${sighted.ruleName}`);
  log.info('sweep.otherDeployments', { count: others.length, rules });
}

/** May this verdict be carried out here? What may not is said, and alarmed once it stands too long. */
function isAllowed(world: SweepWorld, memory: SweepMemory, one: Judged, tally: Tally): boolean {
  const { sighted, verdict } = one;
  if (verdict.do !== 'delete' && verdict.do !== 'close') return false;
  const { nsgId, ruleName } = sighted;
  const isInside = isInScopes(world.sweep, nsgId);
  if (isInside && world.sweep.mode === 'close') return true;
  tally.withheld += 1;
  if (memory.isNews(world.clock.now(), 'withheld', verdict.do, nsgId, ruleName)) {
    const because = isInside ? 'SWEEP_MODE' : 'SWEEP_SCOPES';
    const would = verdict.do;
    world.log.warn('sweep.withheld', { nsgId, rule: ruleName, would, why: verdict.why, because });
  }
  tellOverrun(world, memory, one, null);
  return false;
}

/**
 * A rule that others changed is closed by its window: the wish is written, the window does the
 * rest. First it is looked at again, because an extend under way looks the same from an old row.
 */
async function closeChanged(
  world: SweepWorld,
  { memory, closeWindow }: SweepBy,
  changed: readonly Judged[],
  tally: Tally,
  beginUntil: number,
): Promise<void> {
  await eachOf(changed, width, async (one) => {
    const id = parseRuleName(one.sighted.ruleName)?.windowId ?? '';
    if (world.clock.now() >= beginUntil) {
      tally.left += 1;
      return;
    }
    try {
      const sure = await confirmChanged(world, one);
      if (sure === null) return;
      tell(world, memory, sure);
      if (!isAllowed(world, memory, sure, tally) || closeWindow === null) return;
      if (await closeWindow(sure.stored)) tally.closed += 1;
    } catch (error) {
      const { kind, code } = factsOf(error);
      world.log.warn('sweep.closeFailed', { windowId: id, faultKind: kind, azureCode: code });
    }
  });
}
