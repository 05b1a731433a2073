import { factsOf } from '../../shared/domain/fault';
import { groupBy } from '../../shared/domain/group';
import { parseRuleName } from '../../shared/domain/identity';
import { parseMarker } from '../../shared/domain/marker';
import { judgeRule, type Sighted, type Verdict } from '../../shared/domain/sweep/judgeRule';
import { looksLikeOurs } from '../../shared/domain/sweep/looksLikeOurs';
import { isNewer, type WindowRow } from '../../shared/domain/window/windowRow';
import type { RuleSighting } from '../../shared/ports/inventory';
import type { SweepWorld } from '../../shared/ports/world';
import { nowOfWorld } from '../../shared/nowOfWorld';
import { eachOf } from '../activities/window/eachOf';

export type Judged = { readonly sighted: Sighted; readonly verdict: Verdict };

/** What reading NSGs came to. */
export type Readings = { nsgs: number; failed: number };

/** NSGs read side by side. */
const width = 8;

/**
 * Reads each NSG that holds rules of ours, the earliest deadline first, and judges every rule. What
 * could not be read by `readUntil` (host clock) is judged by what the index showed: a delete must
 * not wait for a read that hangs.
 */
export async function judgeRules(
  world: SweepWorld,
  sightings: readonly RuleSighting[],
  readings: Readings,
  readUntil: number,
): Promise<Judged[]> {
  const rows = createRowReader(world);
  const judged: Judged[] = [];
  const byNsg = [...groupBy(sightings, ({ nsgId }) => nsgId.toLowerCase()).values()];
  byNsg.sort((one, other) => urgencyOf(one) - urgencyOf(other));
  await eachOf(byNsg, width, async (inNsg) => {
    const sighted = await sightedIn(world, inNsg, readings, readUntil);
    await eachOf(sighted, width, async (one) => {
      const name = parseRuleName(one.ruleName);
      const ours = name?.deployment === world.deployment;
      const row = ours ? await rows(name.windowId) : null;
      const now = nowOfWorld(world);
      const full: Sighted = { ...one, row };
      judged.push({
        sighted: full,
        verdict: judgeRule(full, world.deployment, world.verifier, now),
      });
    });
  });
  return judged;
}

/** The earliest time that a description names, whoever wrote it: for the order of reads alone. */
function urgencyOf(inNsg: readonly RuleSighting[]): number {
  const times = inNsg.map(({ description }) => parseMarker(description)?.untilSeconds ?? Infinity);
  return times.reduce((first, time) => Math.min(first, time), Number.MAX_SAFE_INTEGER);
}

/** The rules to be judged in one NSG: as it shows them now, else as the index remembers them. */
async function sightedIn(
  world: SweepWorld,
  inNsg: readonly RuleSighting[],
  readings: Readings,
  readUntil: number,
): Promise<Omit<Sighted, 'row'>[]> {
  const nsgId = inNsg[0]?.nsgId ?? '';
  const asIndexed = () => inNsg.map((one) => ({ ...one, rule: null, readAt: null }));
  // Rules of other deployments alone are no reason to read an NSG.
  if (!inNsg.some(({ ruleName }) => concernsUs(world, ruleName))) return asIndexed();
  readings.nsgs += 1;
  if (world.clock.now() >= readUntil) {
    readings.failed += 1;
    world.log.warn('sweep.nsgUnreadable', { nsgId, faultKind: 'unavailable', azureCode: 'NoTime' });
    return asIndexed();
  }
  try {
    const reading = await world.network.readNsg(nsgId);
    if (reading === null) return [];
    return reading.rules
      .filter(({ name, description }) => looksLikeOurs(name, description))
      .map((rule) => ({
        nsgId,
        ruleName: rule.name,
        description: rule.description,
        rule,
        readAt: reading.startedAt,
      }));
  } catch (error) {
    readings.failed += 1;
    const { kind, code } = factsOf(error);
    world.log.warn('sweep.nsgUnreadable', { nsgId, faultKind: kind, azureCode: code });
    return asIndexed();
  }
}

function concernsUs({ deployment }: SweepWorld, ruleName: string): boolean {
  const name = parseRuleName(ruleName);
  return name === null || name.deployment === deployment;
}

/** Each row is read once per sweep; a ledger that does not answer makes it `unknown`. */
function createRowReader(world: SweepWorld): (id: string) => Promise<WindowRow | null | 'unknown'> {
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
