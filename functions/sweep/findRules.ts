import { factsOf } from '../../shared/domain/fault';
import { subscriptionOf } from '../../shared/domain/armId';
import { subscriptionsOf } from '../../shared/domain/sweep/sweepSettings';
import type { RuleSighting } from '../../shared/ports/inventory';
import type { SweepWorld } from '../../shared/ports/world';
import { eachOf } from '../activities/window/eachOf';
import type { SweepMemory } from './memory';

/** Rules that look like ours, and whether anybody could have been missed. */
export type Found = {
  readonly sightings: readonly RuleSighting[];
  readonly complete: boolean;
  /** Where they were found. */
  readonly by: 'index' | 'lists' | 'memory';
};

/** Subscriptions listed side by side. */
const width = 4;

/**
 * One query of the index; where it fails, and every tenth cycle, Resource Manager's own lists, which
 * are never behind. Where both fail, what was seen last time is looked at again: an NSG may answer
 * and a delete may be accepted although no list is. Never throws.
 */
export async function findRules(world: SweepWorld, memory: SweepMemory): Promise<Found> {
  const byLists = memory.isListingDue(world.clock.now());
  const queried = byLists ? null : await askIndex(world);
  if (queried !== null) return remembered(memory, queried, 'index');
  const listed = await askLists(world, memory);
  if (listed.isWhole) {
    memory.listed(world.clock.now());
    return remembered(memory, listed.rules, 'lists');
  }
  const second = byLists ? await askIndex(world) : null;
  const known = second ?? memory.sightings;
  const sightings = union(listed.rules, known);
  // What was remembered stays remembered, whatever part of it was found again.
  memory.sightings = sightings;
  return second === null
    ? { sightings, complete: false, by: 'memory' }
    : { sightings, complete: true, by: 'index' };
}

function remembered(memory: SweepMemory, sightings: readonly RuleSighting[], by: Found['by']) {
  memory.sightings = sightings;
  return { sightings, complete: true, by };
}

async function askIndex({ inventory, log }: SweepWorld): Promise<RuleSighting[] | null> {
  try {
    return await inventory.listOurRules();
  } catch (error) {
    const { kind, code } = factsOf(error);
    log.warn('sweep.queryFailed', { faultKind: kind, azureCode: code });
    return null;
  }
}

async function askLists(
  world: SweepWorld,
  memory: SweepMemory,
): Promise<{ rules: RuleSighting[]; isWhole: boolean }> {
  const { network, log } = world;
  const rules: RuleSighting[] = [];
  const { ids, isWhole: allKnown } = await subscriptionsToList(world, memory);
  let isWhole = allKnown;
  await eachOf(ids, width, async (subscriptionId) => {
    try {
      const list = await network.listOurRulesIn(subscriptionId);
      rules.push(...list.rules);
      if (list.isWhole) return;
      isWhole = false;
      log.warn('sweep.listCutOff', { subscriptionId, rules: list.rules.length });
    } catch (error) {
      isWhole = false;
      const { kind, code } = factsOf(error);
      log.warn('sweep.listFailed', { subscriptionId, faultKind: kind, azureCode: code });
    }
  });
  return { rules, isWhole };
}

/** Those that the settings name; else those that the identity sees, and where rules were seen before. */
async function subscriptionsToList(
  { network, sweep, log }: SweepWorld,
  memory: SweepMemory,
): Promise<{ ids: string[]; isWhole: boolean }> {
  const named = subscriptionsOf(sweep);
  if (named.length > 0) return { ids: named, isWhole: true };
  const seen = memory.nsgIds.map(subscriptionOf);
  let isWhole = true;
  try {
    memory.subscriptions = await network.visibleSubscriptions();
  } catch (error) {
    isWhole = false;
    const { kind, code } = factsOf(error);
    log.warn('sweep.subscriptionsFailed', { faultKind: kind, azureCode: code });
  }
  const ids = [...new Set([...memory.subscriptions, ...seen])].filter((id) => id !== '');
  return { ids, isWhole };
}

function union(one: readonly RuleSighting[], other: readonly RuleSighting[]): RuleSighting[] {
  const all = [...other, ...one].map((sighting): [string, RuleSighting] => [
    `${sighting.nsgId} ${sighting.ruleName}`.toLowerCase(),
    sighting,
  ]);
  return [...new Map(all).values()];
}
