import { type FaultFacts, factsOf } from '../../../shared/domain/fault';
import { activationBehind } from '../../../shared/domain/grant';
import { assignmentKeyOf } from '../../../shared/domain/identity';
import { lastSegment, sameArmId, subscriptionOf } from '../../../shared/domain/armId';
import { isFreshConfirmation } from '../../../shared/domain/window/deadline';
import type {
  Confirmation,
  Knowledge,
  Observation,
  Search,
} from '../../../shared/domain/window/knowledge';
import type { SecurityRule } from '../../../shared/domain/networkSecurityGroup';
import { isBehind } from '../../../shared/domain/window/extendStep';
import { extendedRule } from '../../../shared/domain/window/signedMarker';
import type { Step } from '../../../shared/domain/window/step';
import type { Placement, WindowRow } from '../../../shared/domain/window/windowRow';
import type { Instance } from '../../../shared/ports/directory';
import type { World } from '../../../shared/ports/world';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import { askForReview } from './askForReview';
import type { Run } from './run';
import { sharedLook, sharedSince } from './sharedLooks';

/** What this run knows about one placement. */
export function knowledgeOf(run: Run, row: WindowRow, placement: Placement): Knowledge {
  return {
    observation: run.observations.get(placement.nsgId.toLowerCase()) ?? null,
    confirmation: row.endHintAt === null ? usable(run) : { kind: 'withheld' },
    search: run.searches.get(placement.rule.name) ?? null,
    mayOpen: 'policy' in run.world.opening,
    budgetPauseMs: run.world.budget.pauseMs(subscriptionOf(placement.nsgId)),
    extendedRule: extendedRuleFor(run, row, placement),
  };
}

function extendedRuleFor(
  { world, maySign }: Run,
  row: WindowRow,
  placement: Placement,
): SecurityRule | null {
  const { opening, deployment } = world;
  return maySign && 'policy' in opening && isBehind(row, placement)
    ? extendedRule(row, placement, deployment, opening.signer)
    : null;
}

/** A confirmation that has grown old in this run is asked for again. */
function usable(run: Run): Confirmation | null {
  const { confirmation } = run;
  if (confirmation?.kind !== 'standing') return confirmation;
  return isFreshConfirmation(confirmation.answeredAt, nowOfWorld(run.world)) ? confirmation : null;
}

/**
 * Asks what the steps want to know, each thing once, side by side. Answers how many things were
 * asked: with 0 the steps can be carried out.
 */
export async function gather(run: Run, row: WindowRow, steps: readonly Step[]): Promise<number> {
  const asked = new Map<string, () => Promise<void>>();
  for (const [index, step] of steps.entries()) {
    const placement = row.placements[index];
    if (placement === undefined) continue;
    if (step.do === 'look') {
      const { nsgId } = placement;
      const since = sharedSince(row, nsgId);
      asked.set(`look ${nsgId.toLowerCase()}`, () => look(run, nsgId, since));
    } else if (step.do === 'search') {
      asked.set(`search ${placement.rule.name}`, () => search(run, placement));
    } else if (step.do === 'confirm') {
      asked.set('confirm', async () => {
        run.confirmation = await confirm(run, row);
      });
    }
  }
  await Promise.all([...asked.values()].map((ask) => ask()));
  return asked.size;
}

/**
 * Reads one NSG and remembers what was seen, faults included. Another window's read will do if it
 * was begun after `since` and after this run's last look there.
 */
export async function look(run: Run, nsgId: string, since: number | null = null): Promise<void> {
  const key = nsgId.toLowerCase();
  const own = (): Promise<Observation> => observe(run, nsgId);
  const after = Math.max(since ?? 0, run.looks.get(key) ?? 0);
  const seen = since === null ? await own() : await sharedLook(run.world, nsgId, after, own);
  run.looks.set(key, seen.kind === 'read' ? seen.reading.startedAt : seen.startedAt);
  run.observations.set(key, seen);
}

async function observe({ world }: Run, nsgId: string): Promise<Observation> {
  const startedAt = world.clock.now();
  try {
    const reading = await world.network.readNsg(nsgId);
    return reading === null ? { kind: 'absent', startedAt } : { kind: 'read', reading };
  } catch (error) {
    return { kind: 'unreadable', startedAt, fault: factsOf(error) };
  }
}

const indexDisagrees: FaultFacts = {
  kind: 'unavailable',
  code: 'indexDisagrees',
  status: 0,
  retryAfterMs: null,
};

/**
 * Where did the rule go? Only a rule with our own marker counts: somebody may have made another
 * one of the same name.
 */
async function search(run: Run, placement: Placement): Promise<void> {
  const { name } = placement.rule;
  const descriptions = [placement.rule, placement.nextRule].map((rule) => rule?.description);
  run.searches.set(name, await find());

  async function find(): Promise<Search> {
    try {
      const sightings = await run.world.inventory.findRule(name);
      // The rule in the other NSG of the path has the same name, and a marker of its own.
      const same = sightings.filter((one) => descriptions.includes(one.description));
      // The index still shows it where Resource Manager says there is nothing: one of them is stale,
      // and what stands elsewhere meanwhile is a copy.
      if (same.some((one) => sameArmId(one.nsgId, placement.nsgId))) {
        return { kind: 'failed', fault: indexDisagrees };
      }
      // An NSG that is moved keeps its name; in one of another name somebody has copied the rule.
      const nsgName = lastSegment(placement.nsgId);
      const moved = same.find((one) => lastSegment(one.nsgId) === nsgName);
      return moved === undefined ? { kind: 'nowhere' } : { kind: 'found', nsgId: moved.nsgId };
    } catch (error) {
      return { kind: 'failed', fault: factsOf(error) };
    }
  }
}

/** Does the activation behind this window still stand? An error is not a confirmation. */
async function confirm({ world }: Run, row: WindowRow): Promise<Confirmation> {
  const activation = activationBehind(row.grant.origin);
  try {
    if (activation === null) return await confirmClaim(world, row);
    const hint = await world.ledger.endHints.get(assignmentKeyOf(activation.roleAssignmentId));
    const told = hint !== null && hint.row.eventAt >= activation.startAt;
    if (told && hint.row.state !== 'unfounded') return { kind: 'withheld' };
    const listedAt = listedForGrant(row);
    if (listedAt !== null && isFreshConfirmation(listedAt, nowOfWorld(world))) {
      return { kind: 'standing', answeredAt: listedAt };
    }
    const { instances, answeredAt } = await world.directory.listInstances(
      activation.scope,
      activation.principalId,
    );
    const endAt = endAmong(instances, row);
    if (endAt === null) return { kind: 'lacking', answeredAt };
    const isLongEnough = endAt >= row.wantedUntil;
    return { kind: isLongEnough ? 'standing' : 'shorter', answeredAt };
  } catch (error) {
    return { kind: 'unknown', fault: factsOf(error) };
  }
}

/**
 * Nobody can be asked whether a group claim still stands. Its voucher is judged at each look at the
 * row (`closeUnfounded`); a broken glass has to be told of before anything opens.
 */
async function confirmClaim(world: World, row: WindowRow): Promise<Confirmation> {
  await askForReview(world, row);
  return { kind: 'standing', answeredAt: nowOfWorld(world).latestMs };
}

/** Intake's own answer confirms what was granted on it, as long as it is young like any other. */
function listedForGrant({ listedAt, wantedUntil, grant }: WindowRow): number | null {
  return listedAt !== undefined && wantedUntil <= grant.untilAt ? listedAt : null;
}

/** When the window's activation ends by these instances, epoch ms; `null`: it is not among them. */
export function endAmong(
  instances: readonly Instance[],
  row: Pick<WindowRow, 'grant'>,
): number | null {
  const ends = instances.filter((one) => isThisActivation(one, row)).map(({ endAt }) => endAt ?? 0);
  return ends.length === 0 ? null : Math.max(...ends);
}

/**
 * The same activation: of the same assignment, with the same start, and an end. Another activation
 * of the same person may have the same name; it has a start, and a window, of its own.
 */
function isThisActivation(instance: Instance, { grant }: Pick<WindowRow, 'grant'>): boolean {
  const activation = activationBehind(grant.origin);
  return (
    activation !== null &&
    instance.assignmentType === 'Activated' &&
    lastSegment(instance.originRoleAssignmentId) === lastSegment(activation.roleAssignmentId) &&
    instance.startAt === activation.startAt &&
    instance.endAt !== null
  );
}
