import { subscriptionOf } from '../../shared/domain/armId';
import type { Caller } from '../../shared/domain/caller/caller';
import { isSecond } from '../../shared/domain/caller/second';
import {
  administers,
  type HeldRole,
  placesOf,
  type Standing,
} from '../../shared/domain/caller/standing';
import { Fault } from '../../shared/domain/fault';
import { ownerRole } from '../../shared/domain/policy/policy';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import { nowOfWorld } from '../../shared/nowOfWorld';
import type { World } from '../../shared/ports/world';
import { eachOf } from '../activities/window/eachOf';
import { heldRoles } from './heldRoles';

type AccessWorld = Pick<World, 'directory' | 'opening' | 'clock'>;

/** What one caller is to windows, as Resource Manager says in this very request. */
export type Access = {
  /** Throws `Fault` where Resource Manager cannot be asked about the windows of others. */
  standingOf(row: WindowRow): Promise<Standing>;
  /** Of machines by their ids, whether or not there is a row. Throws `Fault`. */
  administers(places: readonly string[]): Promise<boolean>;
  /** Of all rows at once; what nobody could be asked about counts as strange, and is told. */
  standings(
    rows: readonly WindowRow[],
    /** Owners are asked about as well: are they administrators? */
    as?: 'administrator',
  ): Promise<{
    readonly of: (row: WindowRow) => Standing;
    readonly isWhole: boolean;
  }>;
};

/** Subscriptions asked about side by side. */
const width = 4;

/**
 * The caller's standing: owner by the row; administrator by a role held now, read live; auditor by a
 * group that policy names. A faulty policy leaves Owner as the one administrator, and no auditor.
 */
export function accessOf(world: AccessWorld, caller: Caller): Access {
  const held = new Map<string, readonly HeldRole[]>();
  const { administratorRoles, auditorGroups } = overseersOf(world);
  const policy = 'policy' in world.opening ? world.opening.policy : null;
  const isAuditor = auditorGroups.some((group) => caller.groups.includes(group));
  const otherwise = isAuditor ? 'auditor' : 'stranger';

  const learn = async (subscriptionId: string): Promise<void> => {
    if (held.has(subscriptionId)) return;
    held.set(subscriptionId, await heldRoles(world, subscriptionId, caller.objectId));
  };
  const judged = (row: WindowRow): Standing => {
    if (isOwner(caller, row)) return 'owner';
    const now = nowOfWorld(world);
    if (administers(held, administratorRoles, placesOf(row), now)) return 'administrator';
    return isSecond(policy, row, caller) ? 'second' : otherwise;
  };
  return {
    async standingOf(row) {
      if (!isOwner(caller, row)) await Promise.all(subscriptionsOf([row]).map(learn));
      return judged(row);
    },
    async administers(places) {
      await Promise.all(subscriptionsIn(places).map(learn));
      return administers(held, administratorRoles, places, nowOfWorld(world));
    },
    async standings(rows, as) {
      const others = as === undefined ? rows.filter((row) => !isOwner(caller, row)) : rows;
      let isWhole = true;
      await eachOf(subscriptionsOf(others), width, async (subscriptionId) => {
        try {
          await learn(subscriptionId);
        } catch (fault) {
          if (!(fault instanceof Fault)) throw fault;
          isWhole = false;
        }
      });
      const isAdministrator = (row: WindowRow): boolean =>
        administers(held, administratorRoles, placesOf(row), nowOfWorld(world));
      const asAdministrator = (row: WindowRow): Standing =>
        isAdministrator(row) ? 'administrator' : judged(row);
      return { of: as === undefined ? judged : asAdministrator, isWhole };
    },
  };
}

function isOwner({ objectId }: Caller, { grant }: WindowRow): boolean {
  return grant.person.objectId.toLowerCase() === objectId;
}

function overseersOf({ opening }: AccessWorld) {
  return 'policy' in opening
    ? opening.policy.overseers
    : { administratorRoles: [ownerRole], auditorGroups: [] };
}

function subscriptionsOf(rows: readonly WindowRow[]): string[] {
  return subscriptionsIn(rows.flatMap(placesOf));
}

function subscriptionsIn(places: readonly string[]): string[] {
  return [...new Set(places.map(subscriptionOf))].filter((id) => id !== '');
}
