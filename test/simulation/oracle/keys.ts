import type { History } from './history';
import type { Circumstances, Violation } from './judge';

const marker = /^postern1\|\d{1,11}\|(\d+)\|/;

/** Nothing is signed with a key that the sweeper app has not said it knows: it has the first alone. */
export function keyFaults(
  { writes }: Pick<History, 'writes'>,
  { afflictions }: Pick<Circumstances, 'afflictions'>,
): Violation[] {
  if (!afflictions.some(({ kind }) => kind === 'signing key renewed')) return [];
  return writes.flatMap(({ by, method, path, properties, atMs }) => {
    const version = marker.exec(properties?.description ?? '')?.[1];
    if (by !== 'app' || method !== 'PUT' || version === undefined || version === '1') return [];
    const what = `${path} was signed with key ${version}, which the sweeper app does not know`;
    return [{ invariant: 'the sweeper app knows each key', what, atMs }];
  });
}
