import { type History, partsOf, sentAtOf } from './history';
import type { Activation, Circumstances, Violation } from './judge';

/** What nobody could delete is not opened: not where a lock stood before the activation began. */
export function lockFaults(
  { writes, puts }: Pick<History, 'writes' | 'puts'>,
  activations: readonly Activation[],
  { afflictions }: Pick<Circumstances, 'afflictions'>,
): Violation[] {
  const locks = afflictions.filter(({ kind }) => kind === 'locked before the opening');
  return writes.flatMap((write) => {
    const { by, method, path, status, properties } = write;
    if (by !== 'app' || method !== 'PUT' || status >= 300) return [];
    if (properties?.access === 'Deny') return [];
    const atMs = sentAtOf({ puts }, write);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const activation = activations.find((one) => one.windowId === partsOf(name)?.windowId);
    const lock = locks.find(
      ({ nsgId, ...one }) =>
        path.toLowerCase().startsWith(`${nsgId?.toLowerCase()}/`) &&
        one.atMs < (activation?.startMs ?? 0) &&
        one.untilMs > atMs,
    );
    if (lock === undefined) return [];
    return [{ invariant: 'what is locked is not opened', what: `${name} was put`, atMs }];
  });
}
