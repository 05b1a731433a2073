/**
 * Resource ids of Azure Resource Manager. Ids come from events, indexes and people, so they are
 * parsed by a strict grammar and rebuilt from the parts, never passed on as text: no `..`, no
 * escapes, no query can reach a request path.
 */
export type ArmId = {
  /** GUID, lower case; `''` for management groups and the tenant. */
  readonly subscriptionId: string;
  /** As spelled; `''` if none. */
  readonly resourceGroup: string;
  /** Provider chain below subscription or group: `Microsoft.Compute`, [`virtualMachines`, `vm-1`]. */
  readonly providers: readonly ArmProvider[];
};

export type ArmProvider = {
  readonly namespace: string;
  /** Pairs of type and name, outermost first. */
  readonly segments: readonly { readonly type: string; readonly name: string }[];
};

const guidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const namespaceForm = /^[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)+$/;
const typeForm = /^[A-Za-z][A-Za-z0-9]*$/;
// Letters, digits and what Azure allows inside names; no slash, percent, question mark, hash or control.
const nameForm = /^[A-Za-z0-9_(][A-Za-z0-9_.()-]{0,89}$/;
const lengthMax = 1_000;

export function isGuid(text: string): boolean {
  return guidForm.test(text);
}

/** Reads an id that begins with `/`; `null` for everything that is not one. Casing is kept. */
export function parseArmId(text: string): ArmId | null {
  if (text.length > lengthMax || !text.startsWith('/') || text.endsWith('/')) return null;
  const parts = text.slice(1).split('/');
  let at = 0;
  let subscriptionId = '';
  let resourceGroup = '';
  if (isWord(parts[at], 'subscriptions')) {
    const id = parts[at + 1] ?? '';
    if (!isGuid(id)) return null;
    subscriptionId = id.toLowerCase();
    at += 2;
    if (isWord(parts[at], 'resourceGroups')) {
      resourceGroup = parts[at + 1] ?? '';
      if (!nameForm.test(resourceGroup)) return null;
      at += 2;
    }
  }
  const providers = parseProviders(parts.slice(at));
  if (providers === null) return null;
  if (subscriptionId === '' && providers.length === 0) return null;
  return { subscriptionId, resourceGroup, providers };
}

/** The subscription that an id lies in, lower case; `''` for the tenant, and for what is no id. */
export function subscriptionOf(id: string): string {
  return parseArmId(id)?.subscriptionId ?? '';
}

/** The id's text again: the inverse of `parseArmId` up to the casing of fixed words. */
export function formatArmId({ subscriptionId, resourceGroup, providers }: ArmId): string {
  const base = subscriptionId === '' ? '' : `/subscriptions/${subscriptionId}`;
  const group = resourceGroup === '' ? '' : `/resourceGroups/${resourceGroup}`;
  const rest = providers.map(
    ({ namespace, segments }) =>
      `/providers/${namespace}${segments.map(({ type, name }) => `/${type}/${name}`).join('')}`,
  );
  return base + group + rest.join('');
}

/** Same resource? Azure compares ids without case. */
export function sameArmId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** True if `id` is `scope` or lies under it. `/` covers everything. Management groups cover only themselves here. */
export function isAtOrUnder(id: string, scope: string): boolean {
  if (scope === '/') return true;
  const [inner, outer] = [id.toLowerCase(), scope.toLowerCase()];
  return inner === outer || inner.startsWith(`${outer}/`);
}

/** The last segment, lower case: what GUID-named things are compared by. `''` for empty text. */
export function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).toLowerCase();
}

function parseProviders(parts: readonly string[]): ArmProvider[] | null {
  const providers: ArmProvider[] = [];
  let at = 0;
  while (at < parts.length) {
    if (!isWord(parts[at], 'providers')) return null;
    const namespace = parts[at + 1] ?? '';
    if (!namespaceForm.test(namespace)) return null;
    at += 2;
    const segments: { type: string; name: string }[] = [];
    while (at < parts.length && !isWord(parts[at], 'providers')) {
      const type = parts[at] ?? '';
      const name = parts[at + 1] ?? '';
      if (!typeForm.test(type) || !nameForm.test(name)) return null;
      segments.push({ type, name });
      at += 2;
    }
    if (segments.length === 0) return null;
    providers.push({ namespace, segments });
  }
  return providers;
}

function isWord(part: string | undefined, word: string): boolean {
  return part?.toLowerCase() === word.toLowerCase();
}
