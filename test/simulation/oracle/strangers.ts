import { type History, ownRulePath, partsOf } from './history';
import type { Violation } from './judge';

/** The paths of rules that the app has put, in lower case: only these can be its own. */
export function putPathsOf({ writes }: Pick<History, 'writes'>): Set<string> {
  const puts = writes.filter(({ by, method }) => by === 'app' && method === 'PUT');
  return new Set(puts.map(({ path }) => path.toLowerCase()));
}

/** A name that looks like one of ours is no proof: what the app never put it must not delete. */
export function strangerFaults(history: Pick<History, 'writes'>): Violation[] {
  const own = putPathsOf(history);
  return history.writes
    .filter(
      ({ by, method, path, existed, status }) =>
        by === 'app' &&
        method === 'DELETE' &&
        existed &&
        status < 300 &&
        ownRulePath.test(path) &&
        !own.has(path.toLowerCase()),
    )
    .map(({ path, atMs }) => ({
      invariant: 'foreign rule touched',
      what: `${path} was deleted and had never been put by the app`,
      atMs,
    }));
}

/** Rules of other deployments are nobody's business here: no alarm is raised for one. */
export function otherDeploymentFaults({
  writes,
  lines,
  sweeperLines,
}: Pick<History, 'writes' | 'lines' | 'sweeperLines'>): Violation[] {
  const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const paths = [...putPathsOf({ writes })];
  const own = new Set(paths.map((path) => partsOf(nameOf(path))?.deployment));
  if (own.size === 0) return [];
  return [...lines, ...sweeperLines].flatMap(({ atMs, fields }) => {
    const deployment = partsOf(String(fields['rule']))?.deployment;
    if (fields['alarm'] !== true || deployment === undefined || own.has(deployment)) return [];
    const what = `${String(fields['event'])} was raised for ${String(fields['rule'])}, another's`;
    return [{ invariant: 'other deployments are left alone', what, atMs }];
  });
}
