/**
 * A path taken apart as Resource Manager reads it: literals and names alternate, `providers` is
 * followed by a namespace, and any resource may carry another provider's resources below it.
 */
export type ArmPath = {
  /** The path as sent, decoded, without empty segments: `/subscriptions/…`. */
  path: string;
  /** The same in lower case: ids are compared without case. */
  lower: string;
  /** Segments as sent. */
  segments: string[];
  /** Key of the route table: lower case, names replaced by `{}`. */
  template: string;
  /** Names in order of appearance, as sent. */
  names: string[];
  subscriptionId?: string;
  resourceGroup?: string;
  /** What the last provider part stands on: `''` for the tenant. Equals `path` without one. */
  scope: string;
  /** Of the last provider part: `Microsoft.Network`, `['networkSecurityGroups','securityRules']`. */
  namespace?: string;
  types: string[];
  /** True where the path ends in a literal: a list, or an action of a resource. */
  endsInType: boolean;
};

const namesByTemplate = new Map<string, string>();

/** Takes a path apart; `undefined` where it cannot be decoded. */
export function parseArmPath(raw: string): ArmPath | undefined {
  const segments: string[] = [];
  for (const segment of raw.split('/')) {
    const text = decode(segment);
    if (text === undefined) return undefined;
    // A scope may arrive as one encoded segment: `%2Fsubscriptions%2F…`.
    for (const part of text.split('/')) if (part !== '') segments.push(part);
  }
  return readSegments(segments);
}

function decode(segment: string): string | undefined {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function readSegments(segments: string[]): ArmPath {
  const names: string[] = [];
  const template: string[] = [];
  let types: string[] = [];
  let namespace: string | undefined;
  let providersAt = -1;
  let isLiteral = true;
  for (let at = 0; at < segments.length; at++) {
    const segment = segments[at] ?? '';
    const lower = segment.toLowerCase();
    if (isLiteral && lower === 'providers') {
      providersAt = at;
      namespace = segments[at + 1];
      types = [];
      template.push('providers');
      if (namespace !== undefined) template.push(namespace.toLowerCase());
      at++;
      continue;
    }
    template.push(isLiteral ? lower : '{}');
    (isLiteral ? types : names).push(segment);
    isLiteral = !isLiteral;
  }
  const path = `/${segments.join('/')}`;
  const below = providersAt < 0 ? segments : segments.slice(0, providersAt);
  const isInSubscription = segments[0]?.toLowerCase() === 'subscriptions';
  const hasGroup = isInSubscription && segments[2]?.toLowerCase() === 'resourcegroups';
  return {
    path,
    lower: path.toLowerCase(),
    segments,
    template: template.join('/'),
    names,
    ...(isInSubscription && segments[1] !== undefined ? { subscriptionId: segments[1] } : {}),
    ...(hasGroup && segments[3] !== undefined ? { resourceGroup: segments[3] } : {}),
    scope: below.length === 0 ? '' : `/${below.join('/')}`,
    ...(namespace === undefined ? {} : { namespace }),
    types,
    endsInType: !isLiteral,
  };
}

/** The path with its names replaced by what they stand for, to print in a 501. */
export function printedTemplate(path: ArmPath): string {
  const known = namesByTemplate.get(path.template);
  if (known !== undefined) return known;
  const parts = path.template.split('/');
  const printed = parts.map((part, at) =>
    part === '{}' ? `{${singular(parts[at - 1] ?? 'name')}}` : part,
  );
  const text = `/${printed.join('/')}`;
  namesByTemplate.set(path.template, text);
  return text;
}

function singular(type: string): string {
  return type.endsWith('s') ? type.slice(0, -1) : type;
}

/** Last segment of an id. */
export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** The resource group that an id names, as written there. */
export function groupOf(id: string): string {
  return id.split('/')[4] ?? '';
}

/** The subscription that an id names, as written there. */
export function subscriptionOf(id: string): string {
  return id.split('/')[2] ?? '';
}

/** True where `id` is `scope` or below it; both in lower case. */
export function isWithin(id: string, scope: string): boolean {
  if (scope === '' || scope === '/') return true;
  return id.startsWith(scope) && (id.length === scope.length || id[scope.length] === '/');
}
