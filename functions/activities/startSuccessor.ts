import type { SleeperName, Starter } from '../../shared/ports/starter';

/** Which sleeper goes on for which row, and the how-manieth it is. */
export type Succession = {
  readonly name: SleeperName;
  readonly id: string;
  readonly successor: number;
};

/**
 * Starts the sleeper that takes over after fifty turns. Its id holds its number, so starting it
 * twice is starting it once: `running` is success. Throws `Fault`; reconcile then starts one.
 */
export async function startSuccessor(
  starter: Starter,
  { name, id, successor }: Succession,
): Promise<{ started: string }> {
  const instanceId = `${id}-s${successor}`;
  await starter.start(name, instanceId, { id, successor });
  return { started: instanceId };
}
