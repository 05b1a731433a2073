import { factsOf } from '../../shared/domain/fault';
import { groupBy } from '../../shared/domain/group';
import { parseRuleName } from '../../shared/domain/identity';
import { nowOf } from '../../shared/domain/instant';
import { markerPrefix } from '../../shared/domain/marker';
import type { SecurityRule } from '../../shared/domain/networkSecurityGroup';
import { judgeRule, type Sighted, type Verdict } from '../../shared/domain/sweep/judgeRule';
import { wishClosed } from '../../shared/domain/window/judgeRow';
import { isNewer, type WindowRow } from '../../shared/domain/window/windowRow';
import type { RuleSighting } from '../../shared/ports/inventory';
import type { World } from '../../shared/ports/world';
import { eachOf } from '../activities/window/eachOf';
import { type Judged, removeDue } from './removeDue';

/** What one sweep found and did. Plain data, for logs, health and tests. */
export type SweepSummary = {
  /** The query for our rules was answered; without it nothing else was looked at. */
  readonly complete: boolean;
  readonly nsgs: number;
  readonly rules: number;
  readonly deleted: number;
  /** Signed rules without a row, looked after until they are due. */
  readonly adopted: number;
  readonly reported: number;
  /** Windows whose rule was changed by others and that were wished closed for it. */
  readonly closed: number;
  readonly otherDeployments: number;
  /** NSGs that could not be read, and deletes that were not accepted. */
  readonly failed: number;
};

/** NSGs read side by side. */
const width = 8;

type Tally = { -readonly [Name in keyof SweepSummary]: SweepSummary[Name] };

/**
 * Closes what is due from the rules alone, whatever ledger and task hub say: one query of the
 * index, one read of each NSG that holds rules of ours, deletes in the order of their deadlines.
 * Needs public keys only. A failing NSG, row or delete stops nothing but itself. Never throws.
 */
export async function sweep(world: World): Promise<SweepSummary> {
  const tally: Tally = {
    complete: false,
    nsgs: 0,
    rules: 0,
    deleted: 0,
    adopted: 0,
    reported: 0,
    closed: 0,
    otherDeployments: 0,
    failed: 0,
  };
  try {
    const sightings = await world.inventory.listOurRules();
    tally.complete = true;
    const judged = await judgeAll(world, sightings, tally);
    await closeChanged(world, judged, tally);
    await removeDue(world, judged, tally);
  } catch (error) {
    const { kind, code } = factsOf(error);
    world.log.warn('sweep.failed', { faultKind: kind, azureCode: code });
  }
  world.log.info('sweep.done', tally);
  return tally;
}

async function judgeAll(
  world: World,
  sightings: readonly RuleSighting[],
  tally: Tally,
): Promise<Judged[]> {
  const rows = createRowReader(world);
  const judged: Judged[] = [];
  const byNsg = [...groupBy(sightings, ({ nsgId }) => nsgId.toLowerCase()).values()];
  await eachOf(byNsg, width, async (inNsg) => {
    const sighted = await sightedIn(world, inNsg, tally);
    await eachOf(sighted, width, async (one) => {
      const name = parseRuleName(one.ruleName);
      const ours = name?.deployment === world.deployment;
      const row = ours ? await rows(name.windowId) : null;
      const now = nowOf(world.clock.now(), world.clock.skew().skewMs);
      const full: Sighted = { ...one, row };
      judged.push({
        sighted: full,
        verdict: judgeRule(full, world.deployment, world.verifier, now),
      });
    });
  });
  for (const one of judged) count(world, one, tally);
  return judged;
}

/** The rules to be judged in one NSG: as it shows them now, else as the index remembers them. */
async function sightedIn(
  world: World,
  inNsg: readonly RuleSighting[],
  tally: Tally,
): Promise<Omit<Sighted, 'row'>[]> {
  const nsgId = inNsg[0]?.nsgId ?? '';
  // Rules of other deployments alone are no reason to read an NSG.
  if (!inNsg.some(({ ruleName }) => concernsUs(world, ruleName))) {
    return inNsg.map((one) => ({ ...one, rule: null }));
  }
  tally.nsgs += 1;
  try {
    const reading = await world.network.readNsg(nsgId);
    if (reading === null) return [];
    return reading.rules.filter(isInteresting).map((rule) => ({
      nsgId,
      ruleName: rule.name,
      description: rule.description,
      rule,
    }));
  } catch (error) {
    tally.failed += 1;
    const { kind, code } = factsOf(error);
    world.log.warn('sweep.nsgUnreadable', { nsgId, faultKind: kind, azureCode: code });
    return inNsg.map((one) => ({ ...one, rule: null }));
  }
}

function concernsUs({ deployment }: World, ruleName: string): boolean {
  const name = parseRuleName(ruleName);
  return name === null || name.deployment === deployment;
}

function isInteresting({ name, description }: SecurityRule): boolean {
  return parseRuleName(name) !== null || description.startsWith(markerPrefix);
}

/** Each row is read once per sweep; a ledger that does not answer makes it `unknown`. */
function createRowReader(world: World): (id: string) => Promise<WindowRow | null | 'unknown'> {
  const rows = new Map<string, Promise<WindowRow | null | 'unknown'>>();
  const read = async (id: string): Promise<WindowRow | null | 'unknown'> => {
    try {
      const row = (await world.ledger.windows.get(id))?.row ?? null;
      // What a newer version of the app wrote is closed by marker, or by that version.
      return row !== null && isNewer(row) ? 'unknown' : row;
    } catch (error) {
      const { kind, code } = factsOf(error);
      world.log.warn('sweep.rowUnreadable', { windowId: id, faultKind: kind, azureCode: code });
      return 'unknown';
    }
  };
  return (id) => {
    const row = rows.get(id) ?? read(id);
    rows.set(id, row);
    return row;
  };
}

function count(world: World, { sighted, verdict }: Judged, tally: Tally): void {
  const { nsgId, ruleName } = sighted;
  if (verdict.why === 'otherDeployment') tally.otherDeployments += 1;
  else if (verdict.why !== 'notOurs') tally.rules += 1;
  if (verdict.why === 'adopted') {
    tally.adopted += 1;
    world.log.warn('sweep.adopted', { nsgId, rule: ruleName, until: isoOf(verdict) });
  }
  if (verdict.do === 'report') tally.reported += 1;
  if (verdict.alarm !== null) {
    world.log.alarm(verdict.alarm, { nsgId, rule: ruleName, found: verdict.why });
  }
}

function isoOf({ deadlineAt }: Verdict): string | null {
  return deadlineAt === null ? null : new Date(deadlineAt).toISOString();
}

/** A rule that others changed is closed by its window: the wish is written, the window does the rest. */
async function closeChanged(world: World, judged: readonly Judged[], tally: Tally): Promise<void> {
  const changed = judged.filter(({ verdict }) => verdict.do === 'close');
  for (const { sighted } of changed) {
    const id = parseRuleName(sighted.ruleName)?.windowId ?? '';
    try {
      const stored = await world.ledger.windows.get(id);
      if (stored === null || stored.row.wish === 'closed') continue;
      const { row, etag } = stored;
      const next = wishClosed(row, 'changedByOthers', world.clock.now());
      // Somebody else's save: the next sweep sees what became of it.
      if ((await world.ledger.windows.replace(next, etag)) !== 'changed') tally.closed += 1;
    } catch (error) {
      const { kind, code } = factsOf(error);
      world.log.warn('sweep.closeFailed', { windowId: id, faultKind: kind, azureCode: code });
    }
  }
}
