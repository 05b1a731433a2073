import type { ArmResponse } from '../contract';
import type { LockSeed } from '../../estate';
import { isWithin } from './armPath';
import type { Call, Handler, World } from './call';
import { answer, empty, gatewayError, isRecord } from './http';
import { missingScope } from './lists';

/**
 * Refuses what a lock at or above the target forbids: CanNotDelete stops DELETE, ReadOnly every
 * change. https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 */
export function refuseLocked(call: Call, world: World): ArmResponse | undefined {
  const { method } = call;
  if (method === 'GET' || method === 'HEAD' || world.store.locks.size === 0) return undefined;
  // A lock does not protect itself: that is how it is taken away.
  if (isLockPath(call)) return undefined;
  const isDelete = method === 'DELETE';
  const scopes = new Set<string>();
  for (const lock of world.store.locks.values()) {
    if (!isDelete && lock.level === 'CanNotDelete') continue;
    const scope = lock.scope.toLowerCase();
    const isAbove = isWithin(call.route.lower, scope);
    // Deleting a parent deletes what stands below it, locked or not.
    const isBelow = isDelete && isWithin(scope, call.route.lower);
    if (isAbove || isBelow) scopes.add(lock.scope);
  }
  if (scopes.size === 0) return undefined;
  return gatewayError(
    409,
    'ScopeLocked',
    `The scope '${call.path}' cannot perform ${isDelete ? 'delete' : 'write'} operation because ` +
      `following scope(s) are locked: '${[...scopes].join("','")}'. Please remove the lock and ` +
      'try again.',
  );
}

/** True for a path to locks on any scope. */
export function isLockPath(call: Call): boolean {
  const { namespace, types } = call.route;
  return (
    namespace?.toLowerCase() === 'microsoft.authorization' &&
    types.length === 1 &&
    types[0]?.toLowerCase() === 'locks'
  );
}

function lockBody(lock: LockSeed): unknown {
  return {
    properties: { level: lock.level, notes: lock.notes },
    id: `${lock.scope}/providers/Microsoft.Authorization/locks/${lock.name}`,
    type: 'Microsoft.Authorization/locks',
    name: lock.name,
  };
}

/**
 * GET of the locks at, above and below a scope; with `$filter=atScope()` at and above only, as
 * `Get-AzResourceLock -AtScope` documents it.
 */
export const listLocks: Handler = (call, world) => {
  const missing = missingScope(call, world);
  if (missing !== undefined) return missing;
  const scope = call.route.scope.toLowerCase();
  const isAtScope = call.query.get('$filter')?.toLowerCase() === 'atscope()';
  const found = [...world.store.locks.values()].filter((lock) => {
    const lockScope = lock.scope.toLowerCase();
    return isWithin(scope, lockScope) || (!isAtScope && isWithin(lockScope, scope));
  });
  return answer(200, { value: found.map((lock) => lockBody(lock)) });
};

function findLock(call: Call, world: World): LockSeed | undefined {
  const name = call.route.names.at(-1) ?? '';
  return world.store.locks.get(`${call.route.scope}/locks/${name}`.toLowerCase());
}

/** GET of one lock. */
export const getLock: Handler = (call, world) => {
  const lock = findLock(call, world);
  if (lock !== undefined) return answer(200, lockBody(lock));
  const name = call.route.names.at(-1) ?? '';
  return gatewayError(404, 'LockNotFound', `The lock '${name}' could not be found.`);
};

/** PUT of a lock; in force at once. */
export const putLock: Handler = (call, world) => {
  const properties = isRecord(call.json) ? call.json['properties'] : undefined;
  const level = isRecord(properties) ? properties['level'] : undefined;
  const notes = isRecord(properties) ? properties['notes'] : undefined;
  if (level !== 'CanNotDelete' && level !== 'ReadOnly') {
    return gatewayError(400, 'InvalidRequestContent', 'The lock level is missing or invalid.');
  }
  const before = findLock(call, world);
  const lock: LockSeed = {
    scope: before?.scope ?? call.route.scope,
    name: before?.name ?? call.route.names.at(-1) ?? '',
    level,
    ...(typeof notes === 'string' ? { notes } : {}),
  };
  world.store.addLock(lock);
  note(call, before ?? null, lock);
  return answer(before === undefined ? 201 : 200, lockBody(lock));
};

/** DELETE of a lock; in force at once, 204 where there is none. */
export const deleteLock: Handler = (call, world) => {
  const lock = findLock(call, world);
  if (lock === undefined) return empty(204);
  world.store.removeLock(lock.scope, lock.name);
  note(call, lock, null);
  return empty(200);
};

function note(call: Call, before: LockSeed | null, after: LockSeed | null): void {
  if (call.record === undefined) return;
  call.record.before = before;
  call.record.after = after;
  call.record.effectiveAt = new Date().toISOString();
  call.record.outcome = 'succeeded';
}
