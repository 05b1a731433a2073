import { parseArmId, subscriptionOf } from '../../shared/domain/armId';
import { Fault, type FaultFacts } from '../../shared/domain/fault';
import type { World } from '../../shared/ports/world';
import type { Part, Parts } from './healthAnswer';

type AskingWorld = Pick<World, 'directory' | 'network' | 'budget' | 'opening' | 'clock'>;

/** Nobody: a list of what they hold is empty, and costs as little as a list can. */
const nobody = '00000000-0000-0000-0000-000000000000';

/** Resource Manager has answered, though not what was asked for: PIM or the roles are at fault. */
const refusing: readonly FaultFacts['kind'][] = ['licence', 'denied', 'missing', 'invalid'];

/**
 * Whether Resource Manager answers, and whether PIM does, for which the tenant needs a licence
 * (Entra ID P2 or Governance): one page of one list tells both. What PIM said last holds while
 * Resource Manager says nothing. While closes may need the requests nothing is asked: then nothing
 * opens either.
 */
export function createAzureParts(world: AskingWorld): () => Promise<Parts> {
  let pim: Part = { ok: false, licence: 'unknown' };
  return async () => {
    const answer = await ask(world);
    if (answer === 'answered') {
      pim = { ok: true };
      return { resourceManager: { ok: true }, pim };
    }
    const { kind, code } = answer;
    if (refusing.includes(kind)) {
      pim = { ok: false, azureCode: code, ...(kind === 'licence' ? { licence: 'missing' } : {}) };
      return { resourceManager: { ok: true }, pim };
    }
    return { resourceManager: { ok: false, azureCode: code }, pim };
  };
}

async function ask(world: AskingWorld): Promise<'answered' | FaultFacts> {
  try {
    const scope = scopeOf(world) ?? `/subscriptions/${await anySubscription(world)}`;
    const pauseMs = world.budget.pauseMs(subscriptionOf(scope));
    if (pauseMs > 0) throw reserved(pauseMs);
    await world.directory.listActive({ scope, of: { principalId: nobody } }, 1);
    return 'answered';
  } catch (fault) {
    if (fault instanceof Fault) return fault.facts;
    throw fault;
  }
}

/** A place that policy speaks of, where the app must be able to read; in a subscription. */
function scopeOf({ opening }: AskingWorld): string | null {
  if ('faults' in opening) return null;
  const scopes = opening.policy.allow.flatMap((rule) => rule.scopes);
  return scopes.find((one) => (parseArmId(one)?.subscriptionId ?? '') !== '') ?? null;
}

async function anySubscription({ network, budget }: AskingWorld): Promise<string> {
  const pauseMs = budget.pauseMs('');
  if (pauseMs > 0) throw reserved(pauseMs);
  const [first] = await network.visibleSubscriptions();
  if (first === undefined) throw noSubscription();
  return first;
}

function reserved(retryAfterMs: number): Fault {
  const code = 'RequestsReserved';
  return new Fault({ kind: 'throttled', code, status: 0, retryAfterMs }, 'ask for health');
}

function noSubscription(): Fault {
  const facts = { kind: 'denied', code: 'NoSubscription', status: 0, retryAfterMs: null } as const;
  return new Fault(facts, 'ask for health');
}
