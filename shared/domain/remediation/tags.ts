import type { TagMatch } from './remediationRules';

/**
 * The tag that one of these matches names; `null`: none. Both name and value are compared without
 * case: an owner who wrote `Yes` meant it.
 */
export function findTag(
  tags: Readonly<Record<string, string>>,
  matches: readonly TagMatch[],
): string | null {
  const carried = Object.entries(tags);
  const match = matches.find((wanted) => carried.some((tag) => isTag(tag, wanted)));
  if (match === undefined) return null;
  return match.value === undefined ? match.name : `${match.name}=${match.value}`;
}

function isTag([name, value]: readonly [string, string], wanted: TagMatch): boolean {
  return (
    name.toLowerCase() === wanted.name.toLowerCase() &&
    (wanted.value === undefined || value.toLowerCase() === wanted.value.toLowerCase())
  );
}
