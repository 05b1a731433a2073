import { carryOut } from '../../functions/wishes/carryOut';
import { askToClose } from '../../functions/wishes/askToClose';
import { people } from '../../local/tenant';
import { stormLayout, type StormLayout } from '../storm/layouts';
import type { WriteRecord } from '../../local/azure/contract';
import type { Ledger } from '../../shared/ports/ledger';
import type { World } from '../../shared/ports/world';
import type { SimulationOptions } from './simulatedAzure';
import { type Story, subscription } from './stories';
import { starterOf } from './wishes';

/** How long PUT and DELETE of a rule take on an NSG, as seen in the field. */
export const operationMs = 11_000;

/** Many windows of one person on one NSG, and the words to close them all at once. */
export type Crowd = {
  layout: StormLayout;
  options: SimulationOptions;
  /** Asks for all of them at once, for so long. */
  open(story: Story, minutes: number): void;
  /** Wishes every window closed in the same second. */
  closeAll(story: Story, ids?: readonly string[]): Promise<void>;
  ids(story: Story): Promise<string[]>;
};

/** `turns` stands in for the table of turns, for faults of it; `writeMs`: until a write is answered. */
export function crowdOf(
  windows: number,
  turns: (table: Ledger['turns'], world: World) => Ledger['turns'] = (table) => table,
  groups = 1,
  writeMs = 0,
): Crowd {
  const layout = stormLayout({ name: 'crowd', windows, groups });
  let current: World | undefined;
  const ids = async (story: Story): Promise<string[]> =>
    (await story.ledger().live.list())
      .map(({ row }) => row)
      .filter(({ kind }) => kind === 'window')
      .map(({ id }) => id)
      .toSorted();
  return {
    layout,
    ids,
    options: {
      estate: layout.estate,
      resourceManager: {
        latency: { rulePut: operationMs, ruleDelete: operationMs, write: writeMs },
      },
      wrapWorld: (made) => {
        const world = { ...made, opening: withoutCaps(made) };
        const ledger = { ...world.ledger, turns: turns(world.ledger.turns, world) };
        current = { ...world, ledger };
        return current;
      },
    },
    open: (story, minutes) => {
      const { azure } = story;
      for (const { objectId } of Object.values(people)) {
        azure.pim.makeEligible({
          principalId: objectId,
          roleDefinitionGuid: roleGuid,
          scope: subscription,
        });
      }
      const [person] = Object.values(people);
      for (const scope of layout.scopes) {
        azure.pim.activate({
          person: person?.objectId ?? '',
          role: roleGuid,
          scope,
          durationMs: minutes * 60_000,
        });
      }
    },
    closeAll: async (story, which) => {
      const world = current;
      if (world === undefined) throw new Error('The story has not begun.');
      await Promise.all(
        (which ?? (await ids(story))).map(async (id) => {
          const answer = await askToClose(world, id, { by: 'somebody', reason: 'early' });
          await carryOut(world, starterOf(story), answer);
        }),
      );
    },
  };
}

const roleGuid = '1c0163c0-47e6-4577-8991-ea5c82e286e4';

function withoutCaps({ opening }: World): World['opening'] {
  if (!('policy' in opening)) return opening;
  const { policy } = opening;
  return {
    ...opening,
    policy: { ...policy, caps: { ...policy.caps, windowsPerPerson: 500, windows: 500 } },
  };
}

/** DELETEs of rules of ours, all and those that a busy NSG refused, and when the last one ended. */
export function deletesOf(records: readonly WriteRecord[]) {
  const deletes = records.filter(
    ({ method, path, caller }) =>
      method === 'DELETE' && caller.kind === 'app' && /postern-/.test(path),
  );
  const ends = deletes.flatMap(({ effectiveAt, status }) =>
    effectiveAt === undefined || status >= 300 ? [] : [Date.parse(effectiveAt)],
  );
  return {
    sent: deletes.length,
    busy: deletes.filter(({ code }) => /^RetryableError|AnotherOperation/.test(code ?? '')).length,
    lastAt: Math.max(...ends),
  };
}
