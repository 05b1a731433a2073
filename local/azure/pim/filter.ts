import { PimError } from './errors';
import { scopeKey } from './scopes';
import type { PimState } from './state';

/** A `$filter` of Microsoft.Authorization, read. */
export type Filter = {
  atScope: boolean;
  /** `principalId eq`. */
  principalId?: string;
  /** `assignedTo()`: also through groups. */
  assignedTo?: string;
  /** `asTarget()`: the caller. */
  asTarget: boolean;
  /** `asRequestor()`: the caller. */
  asRequestor: boolean;
  /** `roleName eq`, `type eq` of role definitions. */
  roleName?: string;
  type?: string;
};

const CLAUSES: [RegExp, (found: string) => Partial<Filter>][] = [
  [/^atScope\(\)$/i, () => ({ atScope: true })],
  [/^atScopeAndBelow\(\)$/i, () => ({})],
  [/^asTarget\(\)$/i, () => ({ asTarget: true })],
  [/^asRequestor\(\)$/i, () => ({ asRequestor: true })],
  [/^assignedTo\('([^']*)'\)$/i, (assignedTo) => ({ assignedTo })],
  [/^principalId\s+eq\s+'?([^'\s]+)'?$/i, (principalId) => ({ principalId })],
  [/^roleName\s+eq\s+'([^']*)'$/i, (roleName) => ({ roleName })],
  [/^type\s+eq\s+'([^']*)'$/i, (type) => ({ type })],
];

/** Reads a filter; clauses are joined by `and`. 400 for what Azure does not know either. */
export function parseFilter(text: string | null): Filter {
  const filter: Filter = { atScope: false, asTarget: false, asRequestor: false };
  if (text === null || text.trim() === '') return filter;
  for (const part of text.trim().split(/\s+and\s+/i)) {
    const clause = part.trim();
    const known = CLAUSES.find(([pattern]) => pattern.test(clause));
    if (!known) {
      throw new PimError(400, 'BadRequestFormat', `The filter '${text}' is not supported.`);
    }
    const [pattern, read] = known;
    Object.assign(filter, read(pattern.exec(clause)?.[1] ?? ''));
  }
  return filter;
}

/**
 * Which rows a list at `scope` shows. Without a filter: at the scope and below. `atScope()`: at it
 * and above. `principalId eq`: at, above and below. `assignedTo()`: at and below, and above too
 * where the knob says so, because Azure's documents leave that open.
 */
export function isListed(
  state: PimState,
  filter: Filter,
  scope: string,
  callerId: string,
  row: { scope: string; principalId: string; requestorId?: string },
): boolean {
  const { tree, directory, knobs } = state;
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  const { principalId, assignedTo } = filter;
  if (principalId !== undefined && !same(row.principalId, principalId)) return false;
  if (assignedTo !== undefined && !directory.isOrContains(row.principalId, assignedTo)) {
    return false;
  }
  if (filter.asTarget && !directory.isOrContains(row.principalId, callerId)) return false;
  if (filter.asRequestor && !same(row.requestorId ?? '', callerId)) return false;
  if (scopeKey(row.scope) === scopeKey(scope)) return true;
  const showsAbove =
    filter.atScope ||
    filter.asTarget ||
    filter.principalId !== undefined ||
    (filter.assignedTo !== undefined && knobs.assignedToListsAbove);
  if (showsAbove && tree.isAtOrUnder(scope, row.scope)) return true;
  return !filter.atScope && tree.isAtOrUnder(row.scope, scope);
}
