import { seededChance } from '../../local/chance';
import { administratorLogin, people } from '../../local/tenant';
import type { World } from '../../shared/ports/world';
import { deployedTimers } from '../support/deployedTimers';
import { simulate, type Simulation } from '../support/simulatedAzure';
import { installVirtualTime } from '../virtualTime';
import { operationMs } from './bound';
import type { StormLayout } from './layouts';
import { outcomeOf, putRules, type StormOutcome } from './outcome';
import { faultsOf, givenBackMs, type Weather } from './weather';

/** What our program made of a storm. */
export type OurOutcome = StormOutcome & {
  accepted: number;
  /** Windows that were refused, by code. */
  refusals: Record<string, number>;
  /** Of the windows asked for in the storm: opened, and whether one was put before the last close. */
  lateOpened: number;
  alarms: Record<string, number>;
};

/** The defaults, for everybody. */
function policyOf({ estate }: StormLayout): string {
  const scopes = estate.subscriptions.map((one) => `/subscriptions/${one.subscriptionId}`);
  return `
version: 1
allow:
  - name: operators
    roles: [Virtual Machine Administrator Login]
    scopes: [${scopes.join(', ')}]
    ports: [rdp, ssh]
    sources:
      fromActivation: { within: [203.0.113.0/24] }
`;
}

const startAt = '2026-01-01T10:00:20.000Z';
const minute = 60_000;
const closeMaxMs = 6 * 60 * minute;
/** Log lines with which what was asked for has come to its end. */
const ends = new Set(['window.closed', 'intake.refused']);

/** Opens every window of the layout at once, each for so long, and plays on until all are closed. */
export async function playOurs(
  layout: StormLayout,
  weather: Weather,
  seed: number,
  activationMs: number,
): Promise<OurOutcome> {
  const time = installVirtualTime(startAt);
  const deadlineMs = time.now() + activationMs;
  let ended = 0;
  const simulation = await simulate({
    estate: layout.estate,
    seed,
    // Counted as they come: there are hundreds of thousands of lines, and as many timers.
    onLine: ({ event = '' }) => {
      if (ends.has(event)) ended += 1;
    },
    policy: policyOf(layout),
    settings: deployedTimers,
    wrapWorld: withoutCaps,
    resourceManager: { latency: { rulePut: operationMs, ruleDelete: operationMs } },
  });
  try {
    makeEligible(simulation, layout);
    const { faults } = simulation.azure.resourceManager;
    for (const fault of faultsOf(weather, deadlineMs, seededChance(seed + 1))) faults.add(fault);
    ask(simulation, layout.scopes, activationMs);
    if (weather === 'all give back') {
      await time.pass(activationMs - givenBackMs);
      giveBack(simulation, layout.scopes);
      await time.pass(givenBackMs - 4 * minute);
    } else {
      // The late ones are asked for in the minute in which the closes begin.
      await time.pass(activationMs - 4 * minute);
    }
    ask(simulation, layout.lateScopes, activationMs);
    await time.pass(4 * minute);
    await time.passUntil(() => ended >= layout.scopes.length, closeMaxMs);
    return judge(simulation, layout, deadlineMs);
  } finally {
    await simulation.close();
    time.uninstall();
  }
}

/** Two people stand for a thousand here, and the storm is to be as large as it is asked for. */
function withoutCaps(world: World): World {
  const { opening } = world;
  if (!('policy' in opening)) return world;
  const caps = { ...opening.policy.caps, windowsPerPerson: 5_000, windows: 5_000 };
  return { ...world, opening: { ...opening, policy: { ...opening.policy, caps } } };
}

function makeEligible({ azure }: Simulation, { estate }: StormLayout): void {
  for (const { subscriptionId } of estate.subscriptions) {
    for (const { objectId } of Object.values(people)) {
      azure.pim.makeEligible({
        principalId: objectId,
        roleDefinitionGuid: administratorLogin,
        scope: `/subscriptions/${subscriptionId}`,
      });
    }
  }
}

function ask({ azure }: Simulation, scopes: readonly string[], durationMs: number): void {
  for (const [at, scope] of scopes.entries()) {
    azure.pim.activate({ person: personOf(at), role: administratorLogin, scope, durationMs });
  }
}

function giveBack({ azure }: Simulation, scopes: readonly string[]): void {
  for (const [at, scope] of scopes.entries()) {
    azure.pim.deactivate({ person: personOf(at), role: administratorLogin, scope });
  }
}

function personOf(at: number): string {
  const everybody = Object.values(people);
  return everybody[at % everybody.length]?.objectId ?? '';
}

function judge(simulation: Simulation, layout: StormLayout, deadlineMs: number): OurOutcome {
  const { records } = simulation.azure.resourceManager.writeLog;
  const storm = new Set(layout.scopes.map((scope) => scope.toLowerCase()));
  const granted = simulation.logged('window.granted');
  const isStorm = (line: Record<string, unknown>): boolean => {
    const vms = line['vms'] as { vmId: string }[];
    return vms.some(({ vmId }) => storm.has(vmId.toLowerCase()));
  };
  const ids = new Set(granted.filter(isStorm).map((line) => String(line['windowId'])));
  const isOurs = (path: string): boolean => ids.has(/-([a-z2-7]{20})-\d+$/.exec(path)?.[1] ?? '');
  const isLate = (path: string): boolean =>
    !isOurs(path) && /\/postern-[a-z0-9]{6}-[a-z2-7]{20}-\d+$/.test(path);
  return {
    ...outcomeOf(records, deadlineMs, isOurs, putRules(records, isOurs)),
    accepted: ids.size,
    refusals: countBy(
      [...simulation.logged('intake.refused'), ...simulation.logged('window.targetRefused')],
      (line) => String(line['refusal']),
    ),
    lateOpened: putRules(records, isLate).length,
    alarms: countBy(
      simulation.logs.filter(({ alarm }) => alarm === true),
      ({ event }) => event ?? '',
    ),
  };
}

function countBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}
