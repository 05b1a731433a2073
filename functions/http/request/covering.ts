import { formatArmId, parseArmId } from '../../../shared/domain/armId';
import type { ActivationFacts } from '../../../shared/domain/grant';
import { activeNow } from '../../../shared/domain/intake/sighting';
import type { Policy } from '../../../shared/domain/policy/policy';
import { type Asker, isRefusal, ruleFor } from '../../../shared/domain/policy/ruleFor';
import { refusal, type Refusal } from '../../../shared/domain/refusal';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import type { Instance } from '../../../shared/ports/directory';
import type { World } from '../../../shared/ports/world';
import { eachOf } from '../../activities/window/eachOf';

/** An activation of the caller's that policy has a rule for, active now. */
export type Covering = {
  readonly activation: ActivationFacts;
  readonly asker: Asker;
  readonly instance: Instance;
  /** `Date` of the answer that listed it. */
  readonly answeredAt: number;
};

const width = 4;
const pagesMax = 5;
const placesMax = 40;

/**
 * The caller's active roles that policy allows, the one that ends last first, read live; or why
 * there is none. One list for each subscription or management group that policy names.
 */
export async function coveringActivations(
  world: World,
  policy: Policy,
  personId: string,
): Promise<Covering[] | Refusal> {
  const found = new Map<string, Covering>();
  let said: Refusal = refusal('noActiveRole');
  await eachOf(await placesOf(world, policy), width, async (scope) => {
    const of = { principalId: personId };
    const { instances, answeredAt } = await world.directory.listActive({ scope, of }, pagesMax);
    for (const instance of instances) {
      const activation = activeNow(instance, nowOfWorld(world));
      if (activation?.principalId.toLowerCase() !== personId) continue;
      const asker = {
        roleDefinitionGuid: activation.roleDefinitionGuid,
        scope: activation.scope,
        personId,
        principalType: instance.principalType || 'User',
      };
      const rule = ruleFor(policy, asker);
      if (!isRefusal(rule)) {
        const key = `${activation.roleAssignmentId.toLowerCase()}|${activation.startAt}`;
        found.set(key, { activation, asker, instance, answeredAt });
      } else if (rule.code !== 'roleNotAllowed') {
        // A role that policy knows, in a place or hands that it does not: that is worth saying.
        said = rule;
      }
    }
  });
  const covering = [...found.values()];
  covering.sort((one, other) => other.activation.endAt - one.activation.endAt);
  return covering.length > 0 ? covering : said;
}

/** Where to ask: the outermost places of policy's scopes that a list can be had of. */
async function placesOf({ inventory }: World, { allow }: Policy): Promise<string[]> {
  const scopes = new Set(allow.flatMap((rule) => rule.scopes));
  const places = new Set<string>();
  for (const scope of scopes) {
    const id = parseArmId(scope);
    if (id === null) {
      for (const one of await inventory.listSubscriptions()) places.add(`/subscriptions/${one}`);
    } else if (id.subscriptionId !== '') places.add(`/subscriptions/${id.subscriptionId}`);
    else places.add(formatArmId(id));
  }
  return [...places].slice(0, placesMax);
}
