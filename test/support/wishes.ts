import { askToClose } from '../../functions/wishes/askToClose';
import { askToExtend } from '../../functions/wishes/askToExtend';
import { carryOut } from '../../functions/wishes/carryOut';
import type { WishAnswer } from '../../functions/wishes/wishAnswer';
import { createStarter } from '../../functions/starter';
import type { Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import type { Story } from './stories';

const ada = { by: '33333333-3333-4333-8333-333333333333', reason: 'as the story has it' };

/** A person who wishes, as a door of the app would pass it on. */
export type Wisher = {
  /** Goes into the options of the story. */
  wrapWorld(world: World): World;
  /** `lost`: the process died between the write and the start of a helper. */
  close(story: Story, how?: 'lost'): Promise<WishAnswer>;
  extend(story: Story, until: number): Promise<WishAnswer>;
};

export function wisher(): Wisher {
  let current: World | undefined;
  const world = (): World => {
    if (current === undefined) throw new Error('The story has not begun.');
    return current;
  };
  return {
    wrapWorld: (made) => {
      current = made;
      return made;
    },
    close: async (story, how) => {
      const answer = await askToClose(world(), await onlyWindow(story), ada);
      if (how !== 'lost') await carryOut(world(), starterOf(story), answer);
      return answer;
    },
    extend: async (story, until) => {
      const answer = await askToExtend(world(), await onlyWindow(story), { ...ada, until });
      await carryOut(world(), starterOf(story), answer);
      return answer;
    },
  };
}

/** The row of the window that began last. */
export async function lastWindow(story: Story) {
  const rows = (await story.ledger().windows.list()).map(({ row }) => row);
  const [last] = rows.toSorted((one, other) => other.createdAt - one.createdAt);
  if (last === undefined) throw new Error('There is no window.');
  return last;
}

async function onlyWindow(story: Story): Promise<string> {
  return (await lastWindow(story)).id;
}

export function starterOf(story: Story): Starter {
  return createStarter({
    startNew: async (name, { instanceId, input }) => {
      const { status } = story.host().rpc({
        method: 'POST',
        url: `http://localhost/durabletask/orchestrators/${name}/${instanceId}`,
        body: JSON.stringify(input),
        headers: {},
      });
      if (status >= 300) throw new Error(`The operation failed with status code: ${status}`);
      return instanceId;
    },
  });
}
