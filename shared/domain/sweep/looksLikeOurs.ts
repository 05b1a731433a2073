import { markerPrefix } from '../marker';

/** What begins the name of every rule of every deployment. */
const namePrefix = 'postern-';

/**
 * Is this rule worth a look, by its name or its description? The same question that the query of
 * the index asks; without regard to case, as Azure compares names.
 */
export function looksLikeOurs(ruleName: string, description: string): boolean {
  return (
    ruleName.toLowerCase().startsWith(namePrefix) ||
    description.toLowerCase().startsWith(markerPrefix)
  );
}
