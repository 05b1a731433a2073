import type { ArmResponse } from '../contract';
import { isWithin, nameOf } from './armPath';
import type { Call, World } from './call';
import { answerText, gatewayError } from './http';

/** Items per page of a list: enough to be rare, small enough that paging is met at all. */
const pageSize = 200;

/**
 * The resources of a type below the call's scope that the caller may read, in pages with
 * `nextLink`. Never refused: a caller with fewer rights sees fewer rows.
 */
export function listText<T extends { id: string }>(
  call: Call,
  world: World,
  items: ReadonlyMap<string, T>,
  action: string | ((item: T) => string),
  print: (item: T) => string,
): ArmResponse {
  const missing = missingScope(call, world);
  if (missing !== undefined) return missing;
  const { route } = call;
  // A list across all providers stands right below its scope: `…/resourceGroups/rg-app/resources`.
  const isAcross = route.namespace === undefined;
  const scope = (isAcross ? route.path.replace(/\/[^/]*$/, '') : route.scope).toLowerCase();
  const texts: string[] = [];
  const from = Number(call.query.get('$skiptoken') ?? 0) || 0;
  let seen = 0;
  let hasMore = false;
  for (const [id, item] of items) {
    if (!isWithin(id, scope)) continue;
    const needed = typeof action === 'string' ? action : action(item);
    if (!world.access.mayDo(call.caller.objectId, needed, id)) continue;
    seen++;
    if (seen <= from) continue;
    if (texts.length === pageSize) {
      hasMore = true;
      break;
    }
    texts.push(print(item));
  }
  const next =
    `${call.origin}${call.path}?api-version=${call.apiVersion}` +
    `&%24skiptoken=${from + pageSize}`;
  const link = hasMore ? `,"nextLink":${JSON.stringify(next)}` : '';
  return answerText(200, `{"value":[${texts.join(',')}]${link}}`);
}

/** 404 of a subscription or resource group that is not there. */
export function missingScope(call: Call, world: World): ArmResponse | undefined {
  const { subscriptionId, resourceGroup } = call.route;
  if (subscriptionId === undefined) return undefined;
  if (!world.store.hasSubscription(subscriptionId)) {
    return gatewayError(
      404,
      'SubscriptionNotFound',
      `The subscription '${subscriptionId}' could not be found.`,
    );
  }
  if (resourceGroup !== undefined && !world.store.hasGroup(subscriptionId, resourceGroup)) {
    return gatewayError(
      404,
      'ResourceGroupNotFound',
      `Resource group '${resourceGroup}' could not be found.`,
    );
  }
  return undefined;
}

/** 404 of a resource, or of the group or subscription above it. */
export function notFound(call: Call, world: World): ArmResponse {
  const missing = missingScope(call, world);
  if (missing !== undefined) return missing;
  const { namespace = '', types, resourceGroup = '', path } = call.route;
  return gatewayError(
    404,
    'ResourceNotFound',
    `The Resource '${namespace}/${types[0] ?? ''}/${call.route.names[2] ?? nameOf(path)}' under ` +
      `resource group '${resourceGroup}' was not found. For more details please go to ` +
      'https://aka.ms/ARMResourceNotFoundFix',
  );
}
