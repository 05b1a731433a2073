import { parseArmId, subscriptionOf } from '../../shared/domain/armId';
import type { ConnectKnowledge, Told } from '../../shared/domain/connect/facts';
import { isWorthAsking } from '../../shared/domain/connect/connectHelp';
import { loginRoleOfGrant } from '../../shared/domain/connect/loginRole';
import { Fault } from '../../shared/domain/fault';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { World } from '../../shared/ports/world';
import { heldRoles } from './heldRoles';

/** What a connect door asks of the outside. */
export type ConnectWorld = Pick<World, 'inventory' | 'directory' | 'budget' | 'clock'>;

const closesFirst = 'closes come first';

/**
 * What is known outside of a window's machines and its person: one query of the index, and the
 * person's roles where the window's own role does not let them sign in already. What fails is
 * unknown; a window that is over asks nothing, and so do all while closes may need the requests.
 */
export async function connectKnowledge(
  world: ConnectWorld,
  row: WindowRow,
): Promise<ConnectKnowledge> {
  // One id that is none must not make everything unknown.
  const vmIds = row.grant.targets.map(({ vmId }) => vmId).filter((id) => parseArmId(id) !== null);
  if (vmIds.length === 0 || !isWorthAsking(row)) {
    return { index: { facts: { machines: [], bastions: [] } }, roles: { facts: [] } };
  }
  const [index, roles] = await Promise.all([
    orUnknown(world.budget.queryPauseMs(), () => world.inventory.readConnectFacts(vmIds)),
    rolesOf(world, row, vmIds),
  ]);
  return { index, roles };
}

async function rolesOf(
  world: ConnectWorld,
  { grant }: WindowRow,
  vmIds: readonly string[],
): Promise<ConnectKnowledge['roles']> {
  if (loginRoleOfGrant(grant) !== null) return { facts: [] };
  const subscriptions = [...new Set(vmIds.map(subscriptionOf))].filter((id) => id !== '');
  const pauseMs = Math.max(0, ...subscriptions.map((id) => world.budget.pauseMs(id)));
  return orUnknown(pauseMs, async () => {
    const lists = await Promise.all(
      subscriptions.map((id) => heldRoles(world, id, grant.person.objectId)),
    );
    return lists.flat();
  });
}

/** Asks unless closes may need the requests; what fails is unknown, by its code. */
export async function orUnknown<Facts>(
  pauseMs: number,
  ask: () => Promise<Facts>,
): Promise<Told<Facts>> {
  if (pauseMs > 0) return { unknown: closesFirst };
  try {
    return { facts: await ask() };
  } catch (fault) {
    if (fault instanceof Fault) return { unknown: fault.facts.code };
    throw fault;
  }
}
