import { intakeIdOf } from '../../shared/domain/identity';
import { createIntakeWorld, policyOf } from './intakeWorld';
import type { IntakeWorld } from './intakeWorld';
import { requestEvent, writeEvent } from './events';

/** Ids of the intakes of `writeEvent` and `deleteEvent`. */
export const look = intakeIdOf('a0000000-0000-4000-8000-000000000002');
export const gone = intakeIdOf('a0000000-0000-4000-8000-000000000003');

/** Sources without any address of the activation. */
export const vpn = {
  ranges: [{ name: 'vpn', prefixes: ['198.51.100.7/32'] }],
  fromActivation: null,
};

/** Ada has activated her role, and both events have come. */
export async function activated(): Promise<IntakeWorld> {
  const world = createIntakeWorld();
  world.activate();
  await world.receive(requestEvent());
  await world.receive(writeEvent());
  return world;
}

/** What a world needs to open under a policy. */
export function openingOf(policy = policyOf()): IntakeWorld['opening'] {
  return { policy, signer: { keyVersion: 1, sign: () => '' }, sweeper: 'none' };
}

/** Every window's row. */
export async function windows(world: IntakeWorld) {
  return (await world.ledger.windows.list()).map(({ row }) => row);
}

/** Every live row. */
export async function live(world: IntakeWorld) {
  return (await world.ledger.live.list()).map(({ row }) => row);
}

/** Codes of all refusals of all windows. */
export async function refusals(world: IntakeWorld): Promise<string[]> {
  return (await windows(world)).flatMap((row) => row.refusals.map(({ code }) => code));
}

/** No window, no rule, nobody who might make one. */
export async function nothing(world: IntakeWorld): Promise<boolean> {
  const started = world.starts.some(({ name }) => name === 'accessWindow');
  return (await windows(world)).length === 0 && world.writes === 0 && !started;
}
