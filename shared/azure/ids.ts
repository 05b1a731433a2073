import type { ArmId } from '../domain/armId';
import { formatArmId, parseArmId } from '../domain/armId';
import { Fault } from '../domain/fault';

/**
 * The parts of an id of one kind of resource, for use in a request path. Ids come out of events and
 * indexes, so what does not parse, or is of another kind, never gets as far as a client.
 */
export function partsOf(
  id: string,
  namespace: string,
  ...types: string[]
): { readonly subscriptionId: string; readonly resourceGroup: string; readonly names: string[] } {
  const parsed = parseArmId(id);
  const provider = parsed?.providers[0];
  const found = provider?.segments.map(({ type }) => type.toLowerCase()).join('/');
  const isKind =
    parsed?.providers.length === 1 &&
    provider?.namespace.toLowerCase() === namespace.toLowerCase() &&
    found === types.join('/').toLowerCase();
  if (parsed === null || provider === undefined || !isKind || parsed.resourceGroup === '') {
    throw badId(`an id of ${namespace}/${types.join('/')}`);
  }
  const { subscriptionId, resourceGroup } = parsed;
  return { subscriptionId, resourceGroup, names: provider.segments.map(({ name }) => name) };
}

/** The parts of the id of a resource group; throws `Fault` of kind `invalid` for everything else. */
export function groupOf(id: string): {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
} {
  const parsed = parseArmId(id);
  if (parsed === null || parsed.resourceGroup === '' || parsed.providers.length > 0) {
    throw badId('the id of a resource group');
  }
  return parsed;
}

/** A scope or id rebuilt from its parts; throws `Fault` of kind `invalid` for anything malformed. */
export function rebuilt(id: string): { readonly parsed: ArmId; readonly text: string } {
  const parsed = parseArmId(id);
  if (parsed === null) throw badId('an id');
  return { parsed, text: formatArmId(parsed) };
}

/** `//subscriptions/…` would be sent if a scope kept its first slash (`@azure/arm-authorization` 9). */
export function withoutSlash(scope: string): string {
  return scope.replace(/^\/+/, '');
}

export function badId(what: string): Fault {
  const facts = { kind: 'invalid', code: 'MalformedId', status: 0, retryAfterMs: null } as const;
  return new Fault(facts, `reading ${what}`);
}
