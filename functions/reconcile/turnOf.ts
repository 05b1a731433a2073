/**
 * What one run looks at of more than it can: the next run goes on where this one stops, so that
 * everything has its turn. `runs` counts the runs of this process.
 */
export function turnOf<Item>(items: readonly Item[], most: number, runs: number): Item[] {
  const from = items.length > most ? (runs * most) % items.length : 0;
  return [...items.slice(from), ...items.slice(0, from)].slice(0, most);
}
